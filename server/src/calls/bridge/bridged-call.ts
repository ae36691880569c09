import type { CallEnd } from '../../billing/call-record.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import type { Cancel, ServerTransaction } from '../../sip/transaction/index.ts';
import { admit, type CallerSession } from '../dialog/admit.ts';
import { AnswerRetransmitter } from '../dialog/answer-retransmitter.ts';
import { bodyOf, causeHeaders, type Headers, hasSession, passedHeaders, reasonHeader } from '../dialog/headers.ts';
import type { Leg } from '../dialog/leg.ts';
import type { Passage } from '../media/call-media.ts';
import type { BridgeJob, BridgePorts, StageFailure, StageHandle } from '../stage.ts';
import { type BridgeEvent, type BridgeState, nextState } from './bridge-state.ts';
import { CallLegs, type LegRegistry } from './call-legs.ts';
import { CallerResponses } from './caller-responses.ts';
import type { GatewayAttempt } from './gateway-attempt.ts';
import { GatewaySearch } from './gateway-search.ts';
import { describe, type Pair, Pairs } from './pairs.ts';
import { Relay } from './relay.ts';
import { SetUp } from './set-up.ts';

interface Ending {
  readonly by: CallEnd;
  readonly reason: string;
  /** The side that said BYE itself. */
  readonly from?: Leg;
  readonly causes: Headers;
}

/** A call through a gateway: one dialog with the caller, one with the gateway, and everything that is said between them. */
export class BridgedCall implements StageHandle {
  readonly #ports: BridgePorts;
  readonly #job: SetUp;
  readonly #relay: Relay;
  readonly #pairs: Pairs;
  readonly #search: GatewaySearch;
  readonly #toCaller: CallerResponses;
  readonly #legs: CallLegs;
  #state: BridgeState = 'inviting';
  #pair: Pair | undefined;
  /** The caller's wish for a session timer, answered in our 200. */
  #session: CallerSession = { headers: [], timer: undefined };
  /** CSeq number of the gateway's INVITE whose ACK waits for the answer in the caller's ACK (late offer). */
  #ackWaits: number | undefined;
  /** The caller is to get a BYE as soon as his ACK is here (RFC 3261 15). */
  #byeWaits: Headers | undefined;
  /** The end that came while the answer was being written down: it takes its course when that is done. */
  #endWaits: Ending | undefined;
  #stopLimit: Cancel | undefined;

  constructor(ports: BridgePorts, job: BridgeJob, registry: LegRegistry) {
    this.#ports = ports;
    this.#job = new SetUp(job);
    this.#toCaller = new CallerResponses(this.#job);
    this.#legs = new CallLegs(this, registry);
    const gatewayInvite = (leg: Leg) => this.#pairs.ofLeg(leg)?.attempt.sent.request.cseq.seq ?? 0;
    const lost = (_leg: Leg, why: string) => this.#end('session-timeout', why);
    this.#relay = new Relay(ports.transactions, { rseqs: this.#toCaller.rseqs, gatewayInvite, lost }, ports.session());
    this.#search = new GatewaySearch(ports, this.#job, {
      onProvisional: (attempt, response) => this.#onProvisional(attempt, response),
      onAnswered: (attempt, response) => this.#onAnswered(attempt, response),
      onPassedOver: (attempt) => {
        for (const pair of this.#pairs.all) if (pair.attempt === attempt) this.#legs.drop(pair.caller, pair.gateway);
      },
      onFailed: (failure) => this.#fail(failure),
    });
    this.#pairs = new Pairs(ports, this.#job, {
      onRefresh: (leg) => this.#relay.refresh(leg),
      onExpired: () => this.#end('session-timeout', 'Session timer expired'),
      added: (leg) => this.#legs.add(leg),
    });
  }

  get state(): BridgeState {
    return this.#state;
  }

  start(): void {
    const { call, tx } = this.#job;
    call.hangup = (by, reason) => this.cancel(by, reason);
    tx.onCancel = () => this.cancel('caller');
    const admission = admit(tx, this.#ports.session());
    if (admission.ok) {
      this.#session = admission.session;
      this.#search.callNext();
    } else {
      const { response } = admission;
      this.#fail({ why: 'refused', status: response.status, reason: response.reason, response, endedBy: 'error' });
    }
  }

  /** Before the answer: the INVITE ends in 487 (a CANCEL) or 480. A caller's CANCEL after it changes nothing, any other wish ends the call. */
  cancel(by: CallEnd, reason?: string): void {
    if (!this.#move('cancelled')) {
      if (by !== 'caller') this.#end(by, reason ?? 'Call ended');
      return;
    }
    this.#search.abandon();
    this.#legs.dropAll();
    if (by === 'caller') this.#job.onFailed({ why: 'cancelled', status: 487, reason: 'Request Terminated', endedBy: by });
    else this.#job.onFailed({ why: 'cancelled', ...this.#toCaller.refusal(480, reason ?? 'Call ended'), endedBy: by });
  }

  /** A request inside one of the dialogs. */
  receive(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    this.#throughMedia(leg, request, { next: () => this.#receive(leg, request, tx), refuse: (status) => tx.reply(status) });
  }

  receiveAck(leg: Leg, ack: SipRequest): void {
    // The answer of a late offer that cannot be relayed: the other side waits for it in vain.
    const refuse = (_: number, why: string) => this.#end('error', why);
    this.#throughMedia(leg, ack, { next: () => leg.answer?.receive(ack), refuse });
  }

  #throughMedia(leg: Leg, request: SipRequest, passage: Passage): void {
    this.#ports.relays.pass(this.#job.call, leg.mediaSide, request, () => leg.peer?.target, passage);
  }

  #receive(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    if (request.method === 'BYE') this.#receiveBye(leg, request, tx);
    else if (this.#state === 'ended') tx.reply(481);
    else this.#relay.receive(leg, request, tx);
  }

  #move(event: BridgeEvent): boolean {
    const next = nextState(this.#state, event);
    if (next) this.#state = next;
    return next !== undefined;
  }

  #fail(failure: StageFailure): void {
    if (!this.#move('failed')) return;
    this.#legs.dropAll();
    this.#job.onFailed(failure);
  }

  #onProvisional(attempt: GatewayAttempt, response: SipResponse): void {
    if (this.#state !== 'inviting') return;
    if (response.status >= 180) this.#job.call.ringing();
    // RFC 3261 12.1: without a To tag it makes no dialog, and can tell no more than that it goes on.
    if (response.to.tag === undefined) return;
    const pair = this.#pairs.find(attempt, response);
    if (!pair) return;
    this.#toCaller.provisional(pair, response);
  }

  #onAnswered(attempt: GatewayAttempt, response: SipResponse): void {
    if (this.#state !== 'inviting') {
      this.#onAnsweredAgain(attempt, response);
      return;
    }
    const pair = this.#pairs.find(attempt, response);
    if (!pair) {
      attempt.hangUp(response);
      return;
    }
    this.#move('answered');
    this.#pair = pair;
    for (const other of this.#pairs.all) if (other !== pair) this.#legs.drop(other.caller, other.gateway);
    const { call, tx } = this.#job;
    const { gateway } = pair;
    const { seq } = response.cseq;
    gateway.dialog.receiveResponse(response);
    gateway.retarget();
    gateway.learn(response);
    // With the caller's offer in the INVITE our ACK needs nothing of his; else it has to carry the answer that his ACK brings.
    describe(pair, response);
    if (hasSession(tx.request) || gateway.offers.state === 'idle') gateway.sendAck(seq, [], undefined, attempt.authHeaders);
    else this.#ackWaits = seq;
    this.#relay.startSession(gateway, response);
    const at = call.answered();
    this.#ports.charging.answered(call.id, { ...at, gatewayId: attempt.leg.gateway.id }).then(
      () => this.#onWritten(pair, response),
      () => this.#onNotWritten(),
    );
  }

  /** lost-ack of the gateway, or another branch behind it that answered too. */
  #onAnsweredAgain(attempt: GatewayAttempt, response: SipResponse): void {
    const ours = this.#pair?.gateway;
    if (ours && ours.dialog.callId === response.callId && ours.dialog.remoteTag === response.to.tag) ours.resendAck(response.cseq.seq);
    else attempt.hangUp(response);
  }

  /** The answer is on disk: now the caller may hear of it. */
  #onWritten(pair: Pair, response: SipResponse): void {
    if (!this.#move('written')) return;
    const { call, tx, maxSeconds } = this.#job;
    const { clock, timers } = this.#ports.transactions;
    const { caller } = pair;
    const answer = this.#toCaller.answer(pair, response, this.#session.headers);
    caller.dialog.confirm();
    caller.inviteIn = undefined;
    caller.lastSent = bodyOf(response);
    tx.respond(answer);
    caller.answer = new AnswerRetransmitter(clock, timers, tx, answer, {
      onAck: (ack) => this.#onAck(pair, ack),
      onLost: () => this.#onAckLost(),
    });
    const { timer } = this.#session;
    if (timer) caller.session.start(timer.seconds, timer.refresher === 'uas');
    if (maxSeconds !== null) {
      const left = Math.max(0, maxSeconds * 1000 - call.talkMs);
      this.#stopLimit = clock.after(left, () => this.#end('session-timeout', 'Longest duration reached'));
    }
    this.#job.done();
    // Whoever pays for an answer has heard of it: 200 first, then the BYE.
    if (this.#endWaits) this.#close(this.#endWaits);
  }

  /** The gateway is told that it is over, the caller never hears that it began, and nobody pays. */
  #onNotWritten(): void {
    if (this.#state !== 'answering') return;
    this.#close(this.#endWaits ?? { by: 'error', reason: 'The call could not be written down', causes: [] });
  }

  #onAck(pair: Pair, ack: SipRequest): void {
    if (this.#byeWaits) {
      this.#legs.bye(pair.caller, this.#byeWaits);
      return;
    }
    this.#ackGateway(pair, ack);
  }

  #ackGateway({ caller, gateway }: Pair, ack?: SipRequest): void {
    const seq = this.#ackWaits;
    if (seq === undefined) return;
    this.#ackWaits = undefined;
    if (ack && hasSession(ack)) {
      caller.offers.received();
      gateway.offers.sent();
    }
    const body = ack && bodyOf(ack);
    gateway.lastSent = body;
    gateway.sendAck(seq, ack ? passedHeaders(ack) : [], body, this.#pair?.attempt.authHeaders);
  }

  /** lost-ack: our 200 was repeated for 64*T1 and nobody acknowledged it (RFC 3261 13.3.1.4). */
  #onAckLost(): void {
    const caller = this.#pair?.caller;
    if (this.#byeWaits && caller) this.#legs.bye(caller, this.#byeWaits);
    else this.#end('error', 'No ACK for the answer');
  }

  #receiveBye(leg: Leg, request: SipRequest, tx: ServerTransaction): void {
    if (leg.dialog.receive(request) === 'out-of-order') {
      tx.reply(500, 'CSeq Out Of Order');
      return;
    }
    tx.reply(200);
    // RFC 3261 15: the caller may give up an early dialog by BYE; it means what a CANCEL means.
    if (this.#state === 'inviting') {
      if (leg.side === 'caller') this.cancel('caller');
    } else if (this.#state !== 'ended') this.#end(leg.side === 'caller' ? 'caller' : 'callee', '', leg, causeHeaders(request));
  }

  /** Ends an answered call. `from`: the side that said BYE itself. */
  #end(by: CallEnd, reason: string, from?: Leg, causes: Headers = []): void {
    // hang-up-while-writing: the answer is a matter of milliseconds, and the caller hears of it before he hears of the end. A caller who
    // gives up his early dialog wants no answer any more.
    if (this.#state !== 'answering' || from?.side === 'caller') this.#close({ by, reason, from, causes });
    else this.#endWaits ??= { by, reason, from, causes };
  }

  /** The call is written down here, once. */
  #close({ by, reason, from, causes }: Ending): void {
    const unheard = this.#state === 'answering';
    const pair = this.#pair;
    if (!pair || !this.#move('ended')) return;
    this.#stopLimit?.();
    const { caller, gateway, attempt } = pair;
    caller.session.stop();
    gateway.session.stop();
    const outcome = unheard ? this.#refuseUnheard(from, reason) : { status: 200, reason: 'OK' };
    if (outcome.response) this.#job.tx.respond(outcome.response);
    else caller.inviteIn?.reply(487);
    gateway.inviteIn?.reply(487);
    // A 2xx of the gateway without an ACK would be repeated: late offer, and the answer never came.
    this.#ackGateway(pair);
    attempt.release();
    if (from === gateway) this.#legs.drop(gateway);
    else this.#legs.bye(gateway, causes);
    this.#byeCaller(caller, unheard || from === caller, from ? causes : [reasonHeader(by === 'credit' ? 402 : 200, reason)]);
    // What nobody of the call said has its reason in the CDR.
    const unasked = by === 'error' || by === 'media-timeout';
    this.#job.call.finish({ status: outcome.status, reason: unasked && reason !== '' ? reason : outcome.reason, endedBy: by });
  }

  /** The caller was never told of the answer: to him the call has failed (RFC 3261 15.1.2 for his own BYE). */
  #refuseUnheard(from: Leg | undefined, reason: string): Pick<StageFailure, 'status' | 'reason' | 'response'> {
    return from?.side === 'caller'
      ? this.#toCaller.refusal(487, 'Request Terminated')
      : this.#toCaller.refusal(503, reason === '' ? 'Call ended' : reason);
  }

  #byeCaller(caller: Leg, gone: boolean, headers: Headers): void {
    if (gone) this.#legs.drop(caller);
    // RFC 3261 15: no BYE of the answering side before the ACK, or before there is no hope of one.
    else if (caller.answer?.waiting) this.#byeWaits = headers;
    else this.#legs.bye(caller, headers);
  }
}
