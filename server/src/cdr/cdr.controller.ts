import type { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { idParam, Returns, ReturnsFile, Roles, SubscriberActor, type SubscriberPrincipal } from '../http/index.ts';
import { RecordingsService } from '../recordings/recordings.service.ts';
import { MessagesService } from '../voicemail/messages.service.ts';
import { type CallsQuery, callDetail, callPage, callsQuery, type MyCallsQuery, myCallPage, myCallsQuery } from './cdr.schemas.ts';
import { CdrService } from './cdr.service.ts';
import { callsCsv } from './cdr-csv.ts';

@ApiTags('calls')
@Controller()
export class CdrController {
  readonly #cdrs: CdrService;
  readonly #recordings: RecordingsService;
  readonly #messages: MessagesService;

  constructor(cdrs: CdrService, recordings: RecordingsService, messages: MessagesService) {
    this.#cdrs = cdrs;
    this.#recordings = recordings;
    this.#messages = messages;
  }

  @Get('calls')
  @ApiOperation({ summary: 'Calls that are over' })
  @Returns(callPage)
  async list(@Query({ schema: callsQuery }) query: CallsQuery) {
    return this.#cdrs.list(query);
  }

  @Get('calls.csv')
  @ApiOperation({ summary: 'All calls of the filter as CSV' })
  @ReturnsFile('text/csv')
  export(@Query({ schema: callsQuery }) query: CallsQuery) {
    return csvFile(callsCsv(this.#cdrs.export(query)));
  }

  @Get('calls/:id')
  @ApiOperation({ summary: 'One call, with its rating step by step' })
  @Returns(callDetail)
  async detail(@Param('id', { schema: idParam }) id: number) {
    const call = await this.#cdrs.detail(id);
    const recording = await this.#recordings.of(call.callId);
    return { ...call, recording: recording && { seconds: recording.seconds, bytes: recording.bytes } };
  }

  @Get('me/calls')
  @Roles('subscriber')
  @ApiOperation({ summary: 'My calls; `missed=true`: those that did not reach me' })
  @Returns(myCallPage)
  async mine(@SubscriberActor() { subscriberId }: SubscriberPrincipal, @Query({ schema: myCallsQuery }) query: MyCallsQuery) {
    const page = await this.#cdrs.list(query, subscriberId);
    const messages = await this.#messages.ofCalls(
      subscriberId,
      page.items.map(({ callId }) => callId),
    );
    return { ...page, items: page.items.map((row) => ({ ...row, voicemailMessageId: messages.get(row.callId) ?? null })) };
  }

  @Get('me/calls.csv')
  @Roles('subscriber')
  @ApiOperation({ summary: 'My calls of the filter as CSV' })
  @ReturnsFile('text/csv')
  exportMine(@SubscriberActor() me: SubscriberPrincipal, @Query({ schema: myCallsQuery }) query: MyCallsQuery) {
    return csvFile(callsCsv(this.#cdrs.export(query, me.subscriberId)));
  }

  @Get('me/calls/:id')
  @Roles('subscriber')
  @ApiOperation({ summary: 'One call of mine' })
  @Returns(callDetail)
  async myDetail(@SubscriberActor() me: SubscriberPrincipal, @Param('id', { schema: idParam }) id: number) {
    return this.#cdrs.detail(id, me.subscriberId);
  }
}

const csvFile = (stream: Readable) =>
  new StreamableFile(stream, { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="calls.csv"' });
