import { Controller, Delete, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Actor, type Principal, ReturnsFile, ReturnsNothing } from '../http/index.ts';
import { sendAudio } from '../http/send-audio.ts';
import { RecordingsService } from './recordings.service.ts';

const callId = z.uuid();
const audioQuery = z.strictObject({ download: z.enum(['true']).optional() });

/** What was said in calls that were recorded: for administrators only. */
@ApiTags('recordings')
@Controller('recordings/:callId')
export class RecordingsController {
  readonly #recordings: RecordingsService;

  constructor(recordings: RecordingsService) {
    this.#recordings = recordings;
  }

  @Get('audio')
  @ApiOperation({ summary: 'The recording of a call, the caller to the left; understands ranges' })
  @ReturnsFile('audio/wav')
  async audio(
    @Param('callId', { schema: callId }) id: string,
    @Query({ schema: audioQuery }) { download }: z.infer<typeof audioQuery>,
    @Actor() actor: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const path = await this.#recordings.open(id, actor, download ? 'download' : 'listen');
    await sendAudio(request, reply, path, download && `call-${id}.wav`);
  }

  @Delete()
  @ApiOperation({ summary: 'Delete the recording of a call; the call itself stays listed' })
  @ReturnsNothing()
  async remove(@Param('callId', { schema: callId }) id: string, @Actor() actor: Principal): Promise<void> {
    await this.#recordings.remove(id, actor);
  }
}
