import { Body, Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { ActiveCalls } from '../calls/active-calls.ts';
import type { Call } from '../calls/call.ts';
import { Directory } from '../directory/directory.ts';
import {
  Actor,
  formatMoney,
  type Principal,
  problem,
  Returns,
  ReturnsNothing,
  Roles,
  SubscriberActor,
  type SubscriberPrincipal,
  timeOf,
  timeOrNull,
} from '../http/index.ts';
import type { RelaySideStats } from '../media/engine.ts';
import {
  type ActiveCallDto,
  type ActiveCallQuery,
  activeCallList,
  activeCallPage,
  activeCallQuery,
  type HangUp,
  hangUp,
} from './active-call.schemas.ts';

const callId = z.string().min(1).max(64);

@ApiTags('calls')
@Controller()
export class ActiveCallsController {
  readonly #calls: ActiveCalls;
  readonly #directory: Directory;
  readonly #charging: AccountCharging;
  readonly #audit: AuditService;

  constructor(calls: ActiveCalls, directory: Directory, charging: AccountCharging, audit: AuditService) {
    this.#calls = calls;
    this.#directory = directory;
    this.#charging = charging;
    this.#audit = audit;
  }

  @Get('active-calls')
  @ApiOperation({ summary: 'Calls going on now, the newest first, with what they cost so far' })
  @Returns(activeCallPage)
  async list(@Query({ schema: activeCallQuery }) query: ActiveCallQuery) {
    const found = [...this.#calls.list()].filter((call) => matches(call, query)).reverse();
    const from = (query.page - 1) * query.pageSize;
    const items = await Promise.all(found.slice(from, from + query.pageSize).map((call) => this.#dto(call)));
    return { items, total: found.length, page: query.page, pageSize: query.pageSize };
  }

  @Delete('active-calls/:id')
  @ApiOperation({ summary: 'End a call on both sides. The reason is kept in the audit' })
  @ReturnsNothing()
  async hangUp(
    @Param('id', { schema: callId }) id: string,
    @Body({ schema: hangUp }) body: HangUp,
    @Actor() actor: Principal,
  ): Promise<void> {
    const call = this.#calls.get(id);
    const reason = body?.reason ?? 'Ended by the operator';
    if (!call || !this.#calls.hangup(id, 'admin', reason)) throw problem(404, 'not-found', 'This call is over already.');
    const { start } = call;
    await this.#audit.record(actor, 'call.hangup', 'call', id, undefined, { from: start.fromUser, dialled: start.dialled, reason });
  }

  @Get('me/active-calls')
  @Roles('subscriber')
  @ApiOperation({ summary: 'My calls going on now, made and received' })
  @Returns(activeCallList)
  async mine(@SubscriberActor() { subscriberId }: SubscriberPrincipal) {
    return {
      items: await Promise.all([...this.#calls.ofSubscriber(subscriberId)].reverse().map((call) => this.#ownDto(call, subscriberId))),
    };
  }

  /** What a call costs is shown to the one who pays; which gateway carries it is nobody's business but ours. */
  async #ownDto(call: Call, subscriberId: number): Promise<ActiveCallDto> {
    const dto = { ...(await this.#dto(call)), gatewayId: null, gatewayName: null };
    return call.fromSubscriberId === subscriberId ? dto : { ...dto, pricePerMinute: null, runningCost: null, held: null };
  }

  async #dto(call: Call): Promise<ActiveCallDto> {
    const money = this.#charging.snapshot(call.id);
    return {
      id: call.id,
      state: call.state,
      direction: call.direction,
      from: call.start.fromUser,
      fromName: call.start.fromName,
      fromSubscriberId: call.fromSubscriberId,
      dialled: call.start.dialled,
      destination: call.destination,
      app: call.app,
      toSubscriberId: call.toSubscriberId,
      gatewayId: call.gatewayId,
      gatewayName: call.gatewayId === null ? null : (this.#directory.gatewayName(call.gatewayId) ?? null),
      startedAt: timeOf(call.start.startedAt),
      answeredAt: timeOrNull(call.answeredAt),
      talkSeconds: Math.floor(call.talkMs / 1000),
      pricePerMinute: money ? formatMoney(money.rate.pricePerMinute) : null,
      runningCost: money ? formatMoney(money.runningCost) : null,
      held: money ? formatMoney(money.held) : null,
      media: await mediaOf(call),
    };
  }
}

async function mediaOf({ media }: Call): Promise<ActiveCallDto['media']> {
  // Lost meanwhile: the call ends.
  const stats = await media?.session.stats().catch(() => undefined);
  if (!media || !stats) return null;
  const heard = ({ packets, lost, jitterMs }: RelaySideStats) => ({ packets, lost, jitterMs });
  return { recorded: media.order.record !== undefined, caller: heard(stats.caller), callee: heard(stats.callee) };
}

function matches(call: Call, query: ActiveCallQuery): boolean {
  if (query.subscriberId !== undefined && call.fromSubscriberId !== query.subscriberId && call.toSubscriberId !== query.subscriberId)
    return false;
  if (query.gatewayId !== undefined && call.gatewayId !== query.gatewayId) return false;
  if (query.state !== undefined && call.state !== query.state) return false;
  if (!query.q) return true;
  const text = `${call.start.fromUser} ${call.start.fromName} ${call.start.dialled} ${call.destination ?? ''}`.toLowerCase();
  return text.includes(query.q.toLowerCase());
}
