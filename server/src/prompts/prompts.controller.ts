import type {} from '@fastify/multipart';
import { Controller, Delete, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Actor, BodyLimit, fieldProblem, type Principal, problem, Returns, ReturnsFile, ReturnsNothing } from '../http/index.ts';
import { promptAudioQuery, promptLanguage, promptList, promptName, promptQuery } from './prompts.schemas.ts';
import { PromptsService } from './prompts.service.ts';

/** Ten minutes of 16 bit at 16 kHz are 19 MB. */
const MAX_BYTES = 40_000_000;

/** What callers hear: replaced, listened to, given back. For administrators only. */
@ApiTags('prompts')
@Controller('prompts')
export class PromptsController {
  readonly #prompts: PromptsService;

  constructor(prompts: PromptsService) {
    this.#prompts = prompts;
  }

  @Get()
  @ApiOperation({ summary: 'Prompts of a language, and where each comes from' })
  @Returns(promptList)
  list(@Query({ schema: promptQuery }) { language = 'en' }: z.infer<typeof promptQuery>) {
    return this.#prompts.list(language);
  }

  @Get(':language/:name/audio')
  @ApiOperation({ summary: 'A prompt as it is heard' })
  @ReturnsFile('audio/wav')
  async audio(
    @Param('language', { schema: promptLanguage }) language: string,
    @Param('name', { schema: promptName }) name: string,
    @Query({ schema: promptAudioQuery }) { original }: z.infer<typeof promptAudioQuery>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wav = await this.#prompts.audio(language, name, original !== undefined);
    await reply.headers({ 'content-type': 'audio/wav', 'cache-control': 'no-store' }).code(200).send(wav);
  }

  @Put(':language/:name')
  @ApiOperation({ summary: 'Puts a WAV file in the place of a prompt; it is converted to what telephones are played' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } } })
  @BodyLimit(MAX_BYTES + 10_000)
  @ReturnsNothing()
  async replace(
    @Param('language', { schema: promptLanguage }) language: string,
    @Param('name', { schema: promptName }) name: string,
    @Actor() actor: Principal,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if (!request.isMultipart()) throw problem(415, 'wrong-content-type', 'Send the file as multipart/form-data, in a part named file.');
    const part = await request.file({ limits: { fileSize: MAX_BYTES, files: 1 }, throwFileSizeLimit: false });
    if (part?.fieldname !== 'file') throw fieldProblem('file', 'required', 'The file is missing: send it in a part named file');
    const wav = await part.toBuffer();
    if (part.file.truncated) throw problem(413, 'too-large', 'The file is too large.');
    await this.#prompts.replace(language, name, wav, actor);
  }

  @Delete(':language/:name')
  @ApiOperation({ summary: 'Back to the original prompt' })
  @ReturnsNothing()
  async restore(
    @Param('language', { schema: promptLanguage }) language: string,
    @Param('name', { schema: promptName }) name: string,
    @Actor() actor: Principal,
  ): Promise<void> {
    await this.#prompts.restore(language, name, actor);
  }
}
