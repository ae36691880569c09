import { Body, Controller, Get, Param, Patch, Put, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  idParam,
  Returns,
  ReturnsFile,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
  skipTake,
} from '../http/index.ts';
import { sendAudio } from '../http/send-audio.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessagesService } from './messages.service.ts';
import {
  type AudioQuery,
  audioQuery,
  type MessagePatch,
  type MyVoicemailPatch,
  messagePatch,
  myVoicemail,
  myVoicemailPatch,
  type NewPin,
  newPin,
  type VoicemailQuery,
  voicemailMessage,
  voicemailPage,
  voicemailQuery,
} from './voicemail.schemas.ts';
import { VoicemailViews } from './voicemail-view.service.ts';

/** The own mailbox: nobody else's can be reached from here. */
@ApiTags('voicemail')
@Controller('me/voicemail')
@Roles('subscriber')
export class MyVoicemailController {
  readonly #views: VoicemailViews;
  readonly #boxes: MailboxesService;
  readonly #messages: MessagesService;

  constructor(views: VoicemailViews, boxes: MailboxesService, messages: MessagesService) {
    this.#views = views;
    this.#boxes = boxes;
    this.#messages = messages;
  }

  @Get()
  @ApiOperation({ summary: 'My mailbox: how full it is, and how it is set' })
  @Returns(myVoicemail)
  read(@SubscriberActor() me: SubscriberPrincipal) {
    return this.#views.mine(me.subscriberId);
  }

  @Patch()
  @Returns(myVoicemail)
  change(@SubscriberActor() me: SubscriberPrincipal, @Body({ schema: myVoicemailPatch }) body: MyVoicemailPatch) {
    return this.#views.changeMine(me.subscriberId, body, me);
  }

  @Put('pin')
  @ApiOperation({ summary: 'Sets the PIN for calls from the phones of others, or takes it away' })
  @ReturnsNothing()
  async setPin(@SubscriberActor() me: SubscriberPrincipal, @Body({ schema: newPin }) { pin }: NewPin): Promise<void> {
    await this.#boxes.setPin(me.subscriberId, pin, me);
  }

  @Get('messages')
  @ApiOperation({ summary: 'My messages, the newest first' })
  @Returns(voicemailPage)
  async list(@SubscriberActor() me: SubscriberPrincipal, @Query({ schema: voicemailQuery }) query: VoicemailQuery) {
    const states = query.state && [query.state];
    const [rows, total] = await this.#messages.list(me.subscriberId, { ...(states && { states }), ...skipTake(query) });
    return { items: await this.#views.shown(rows), total, page: query.page, pageSize: query.pageSize };
  }

  @Get('messages/:id')
  @Returns(voicemailMessage)
  async one(@SubscriberActor() me: SubscriberPrincipal, @Param('id', { schema: idParam }) id: number) {
    return (await this.#views.shown([await this.#messages.one(me.subscriberId, id)]))[0];
  }

  @Patch('messages/:id')
  @ApiOperation({ summary: 'Marks a message as new or saved, deletes it, or takes that back' })
  @Returns(voicemailMessage)
  async mark(
    @SubscriberActor() me: SubscriberPrincipal,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: messagePatch }) { state }: MessagePatch,
  ) {
    return (await this.#views.shown([await this.#messages.setState(me.subscriberId, id, state)]))[0];
  }

  @Get('messages/:id/audio')
  @ApiOperation({ summary: 'What was said; understands ranges' })
  @ReturnsFile('audio/wav')
  async audio(
    @SubscriberActor() me: SubscriberPrincipal,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: audioQuery }) { download }: AudioQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const path = await this.#messages.path(me.subscriberId, id);
    await sendAudio(request, reply, path, download && `message-${id}.wav`);
  }
}
