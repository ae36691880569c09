import type {} from '@fastify/multipart';
import { Controller, Delete, Get, Param, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  BodyLimit,
  fieldProblem,
  problem,
  ReturnsFile,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
} from '../http/index.ts';
import { sendAudio } from '../http/send-audio.ts';
import { GreetingsService } from './greetings.service.ts';
import { greetingKind } from './voicemail.schemas.ts';
import type { GreetingKind } from './voicemail-files.ts';

/** A minute of 16 bit at 16 kHz is 1.9 MB; with two channels twice that. */
const MAX_BYTES = 4_000_000;

/** What callers hear before the beep. */
@ApiTags('voicemail')
@Controller('me/voicemail/greetings/:kind')
@Roles('subscriber')
export class MyGreetingsController {
  readonly #greetings: GreetingsService;

  constructor(greetings: GreetingsService) {
    this.#greetings = greetings;
  }

  @Put()
  @ApiOperation({ summary: 'Puts a greeting in place: a WAV file of 8 or 16 kHz' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } } })
  @BodyLimit(MAX_BYTES + 10_000)
  @ReturnsNothing()
  async upload(
    @SubscriberActor() me: SubscriberPrincipal,
    @Param('kind', { schema: greetingKind }) kind: GreetingKind,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    if (!request.isMultipart()) throw problem(415, 'wrong-content-type', 'Send the file as multipart/form-data, in a part named file.');
    const part = await request.file({ limits: { fileSize: MAX_BYTES, files: 1 }, throwFileSizeLimit: false });
    if (part?.fieldname !== 'file') throw fieldProblem('file', 'required', 'The file is missing: send it in a part named file');
    const wav = await part.toBuffer();
    if (part.file.truncated) throw problem(413, 'too-large', 'The recording is too large. A minute is enough.');
    await this.#greetings.store(me.subscriberId, kind, wav);
  }

  @Get('audio')
  @ReturnsFile('audio/wav')
  async audio(
    @SubscriberActor() me: SubscriberPrincipal,
    @Param('kind', { schema: greetingKind }) kind: GreetingKind,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendAudio(request, reply, await this.#greetings.path(me.subscriberId, kind));
  }

  @Delete()
  @ReturnsNothing()
  async remove(@SubscriberActor() me: SubscriberPrincipal, @Param('kind', { schema: greetingKind }) kind: GreetingKind): Promise<void> {
    await this.#greetings.remove(me.subscriberId, kind);
  }
}
