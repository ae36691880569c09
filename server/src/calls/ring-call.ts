import type { CallEnd } from '../billing/call-record.ts';
import { otherSide, type Side } from '../media/engine.ts';
import { readSessionExpires } from '../sip/dialog/index.ts';
import { NameAddr, type SipRequest, type SipResponse } from '../sip/message/index.ts';
import type { ForwardHandle, ResponseGate } from '../sip/proxy/index.ts';
import type { Cancel, ServerTransaction } from '../sip/transaction/index.ts';
import type { Target } from '../sip/transport/types.ts';
import type { Call } from './call.ts';
import { shiftCSeq } from './cseq-ahead.ts';
import { type Body, hasSession } from './dialog/headers.ts';
import type { Passage } from './media/call-media.ts';
import { SecondOffers } from './media/second-offers.ts';
import { dropPhoneCommands } from './phone-commands.ts';
import { endOf, type PhoneBranch } from './phone-target.ts';
import { RingDialogs } from './ring-dialogs.ts';
import type { RingJob, RingPorts } from './ring-job.ts';
import { byeTo, leadsTo, mediaTarget, type Party, show } from './ring-party.ts';
import type { StageFailure } from './stage.ts';

/** A refresh may be late by so much before the call counts as dead. */
const GRACE_MS = 32_000;

/**
 * A call proxied between phones. The proxy only knows transactions (G-5); this watches the dialog through it, so that the call has a
 * beginning and one end, also when an administrator ends it or the BYE is lost.
 */
export class RingCall {
  readonly call: Call;
  readonly #ports: RingPorts;
  readonly #job: RingJob;
  readonly #dialogs: RingDialogs;
  readonly #released: (call: RingCall) => void;
  readonly #second: SecondOffers;
  #callee: Party | undefined;
  #forward: ForwardHandle | undefined;
  #deadline: Cancel = () => undefined;
  #hungUp = false;
  #cancelledBy: CallEnd = 'caller';

  /** @param released called when nothing more is expected of this dialog. */
  constructor(ports: RingPorts, job: RingJob, released: (call: RingCall) => void) {
    this.#ports = ports;
    this.#job = job;
    this.#released = released;
    this.call = job.call;
    this.#dialogs = new RingDialogs(ports, job);
    this.#second = new SecondOffers(ports.relays, job.call, job.tx.request, job.groups.flat().length === 1);
  }

  get callId(): string {
    return this.#job.tx.request.callId;
  }

  start(): void {
    const { call, tx, groups } = this.#job;
    call.kind = 'ring';
    call.hangup = (by, reason) => this.#hangup(by, reason);
    tx.onCancel = () => this.cancel('caller');
    this.#ports.relays.prepare(call, tx, endOf(groups.flat()), {
      go: (offer) => this.#ring(offer),
      fail: (failure) => this.#fail(failure),
    });
  }

  #ring(offer: Body | undefined): void {
    const { tx, groups, ringMs } = this.#job;
    const { strip } = this.#ports;
    const exchange = (request: SipRequest, target: PhoneBranch) => {
      strip(request);
      shiftCSeq(request, target.seqAhead);
      show(request, this.#dialogs.caller, tx.request.source);
      const body = this.#second.offerTo(target) ?? offer;
      if (body) request.setBody(body.content, body.type);
    };
    this.#forward = this.#ports.proxy.forward(tx, groups, {
      recordRoute: true,
      ringTimeout: ringMs,
      edit: (request, target) => exchange(request, target as PhoneBranch),
      editResponse: dropPhoneCommands,
      gate: this.#gate('callee', tx.request),
      instead: (_, target) => this.#second.instead(target),
      onFailure: 'hold',
      onProvisional: (response, target) => this.#onProvisional(response, target as PhoneBranch),
      onAnswered: (response, target) => this.#onAnswered(response, target as PhoneBranch),
      onFailed: (best, cancelled) => this.#onFailed(best, cancelled),
    });
    // Refused by the proxy itself: the loop of a request that came back unchanged.
    if (this.#forward.state === 'failed' && tx.answered) this.#onFailed(undefined, false);
  }

  cancel(by: CallEnd): void {
    this.#cancelledBy = by;
    if (this.#forward) this.#forward.cancel();
    else this.#onFailed(undefined, true);
  }

  /** Which side sent this request of the dialog; undefined when it is not of this dialog. */
  sideOf(request: SipRequest): Side | undefined {
    return this.#dialogs.sideOf(request);
  }

  /** Does the request come from where this side has been all along? A re-INVITE from elsewhere has to prove who sends it. */
  isAtHome(request: SipRequest, side: Side): boolean {
    return this.#dialogs.isAtHome(request, side);
  }

  handle(request: SipRequest, tx: ServerTransaction, side: Side): void {
    this.#throughMedia(request, side, { next: () => this.#handle(request, tx, side), refuse: (status) => tx.reply(status) });
  }

  handleAck(ack: SipRequest, side: Side): void {
    // The answer of a late offer that cannot be relayed: the other side waits for it in vain.
    this.#throughMedia(ack, side, { next: () => this.#handleAck(ack, side), refuse: (_, why) => this.#hangup('error', why) });
  }

  #throughMedia(request: SipRequest, side: Side, passage: Passage): void {
    this.#ports.relays.pass(this.call, side, request, () => mediaTarget(this.#dialogs.parties(request, side)[1]), passage);
  }

  /** Takes responses through the relay of the call, if it has one. `from`: who sends them. */
  #gate(from: Side, request: SipRequest, seqAhead = 0): ResponseGate {
    const offered = hasSession(request);
    const isFirst = request === this.#job.tx.request;
    return (response, passage, phone) => {
      const target = phone as PhoneBranch;
      shiftCSeq(response, -(target.seqAhead ?? seqAhead));
      const media = this.#second.mediaOf(target) ?? this.call.media;
      const answered = this.#callee?.address.tag;
      // Another phone that answered at the same moment: the caller hangs up on it.
      const late = isFirst && answered !== undefined && response.to.tag !== answered;
      const refuse = (_: number, why: string) => {
        passage.refuse();
        if (this.#callee) this.#hangup('error', why);
      };
      const next = isFirst ? () => this.#second.prepare(response.status, target, passage.next) : passage.next;
      if (!media || late) next();
      else media.response(from, response, offered, { next, refuse });
    };
  }

  /** Forwards a request of the dialog, and learns from it. */
  #handle(request: SipRequest, tx: ServerTransaction, side: Side): void {
    const [sender, other] = this.#dialogs.parties(request, side);
    if (request.cseq.seq > sender.seq) sender.seq = request.cseq.seq;
    if (this.#hungUp) {
      // We have ended the call on both sides already.
      if (request.method === 'BYE') tx.reply(200);
      else tx.reply(481);
      return;
    }
    this.#dialogs.address(request, other);
    if (!leadsTo(request, other)) {
      tx.reply(403, 'Not the other side of this dialog');
      return;
    }
    const way = this.#ports.flows.way(request, other);
    if (way === 'flow-failed') {
      tx.reply(430, 'Flow Failed');
      return;
    }
    const refreshes = request.method === 'INVITE' || request.method === 'UPDATE';
    if (refreshes) sender.behindNat = this.#isBehindNat(request, side);
    this.#ports.proxy.forwardInDialog(
      tx,
      {
        recordRoute: request.method === 'INVITE',
        edit: (copy) => {
          this.#ports.strip(copy);
          shiftCSeq(copy, other.seqAhead);
          show(copy, sender, request.source);
        },
        editResponse: dropPhoneCommands,
        gate: this.#gate(otherSide(side), request, other.seqAhead),
        ...(refreshes && { onAnswered: (response) => this.#onRefreshed(request, response, side) }),
      },
      way,
    );
    if (request.method === 'BYE' && this.#isMainDialog(request)) this.#finish(side);
  }

  #handleAck(ack: SipRequest, side: Side): void {
    const [, other] = this.#dialogs.parties(ack, side);
    this.#dialogs.address(ack, other);
    if (!leadsTo(ack, other)) return;
    const way = this.#ports.flows.way(ack, other);
    if (way === 'flow-failed') return;
    this.#ports.strip(ack);
    shiftCSeq(ack, other.seqAhead);
    this.#ports.proxy.forwardAck(ack, way);
  }

  #onProvisional(response: SipResponse, branch: PhoneBranch): void {
    show(response, this.#dialogs.meet(response, branch), response.source);
    if (response.status >= 180) this.call.ringing();
  }

  /** Each 2xx: the first one is the call; the caller ends what other phones answered at the same moment. */
  #onAnswered(response: SipResponse, branch: PhoneBranch): void {
    const party = this.#dialogs.meet(response, branch);
    show(response, party, response.source);
    if (this.#callee) return;
    this.#callee = party;
    this.#second.end(branch);
    this.call.answered();
    this.#watch(response);
  }

  #onRefreshed(request: SipRequest, response: SipResponse, side: Side): void {
    this.#dialogs.refresh(request, response, side);
    show(response, this.#dialogs.parties(request, side)[1], response.source);
    if (this.#callee) this.#watch(response);
  }

  #fail(failure: StageFailure): void {
    this.#second.end();
    this.#released(this);
    this.#job.onFailed(failure);
  }

  #onFailed(best: SipResponse | undefined, cancelled: boolean): void {
    const status = best?.status ?? 482;
    const reason = best?.reason ?? 'Loop Detected';
    // A 500 of our own (its To tag tells): no phone could be reached, as after a connection that broke.
    const unreachable = status === 500 && best?.to.tag === this.#job.tx.localTag;
    if (unreachable) this.#fail({ why: 'not-registered', status: 480, reason: 'Temporarily Unavailable' });
    else if (cancelled) this.#fail({ why: 'cancelled', status: 487, reason: 'Request Terminated', endedBy: this.#cancelledBy });
    else this.#fail({ why: whyOf(status), status, reason, response: best, endedBy: status === 408 ? 'session-timeout' : 'callee' });
  }

  /** Ends by itself: when the session timer that the phones agreed on is not refreshed, or at the longest duration (RFC 4028 8). */
  #watch(response: SipResponse): void {
    const session = readSessionExpires(response);
    const left = this.#job.maxMs === null ? Number.POSITIVE_INFINITY : Math.max(0, this.#job.maxMs - this.call.talkMs);
    const refresh = session ? session.seconds * 1000 + GRACE_MS : Number.POSITIVE_INFINITY;
    this.#deadline();
    const ms = Math.min(left, refresh);
    if (ms === Number.POSITIVE_INFINITY) return;
    const reason = refresh < left ? 'Session timer expired' : 'Longest duration reached';
    this.#deadline = this.#ports.transactions.clock.after(ms, () => this.#hangup('session-timeout', reason));
  }

  #hangup(by: CallEnd, reason: string): void {
    if (this.call.state === 'ended') return;
    const callee = this.#callee;
    if (!callee) {
      this.cancel(by);
      return;
    }
    this.#hungUp = true;
    const { caller } = this.#dialogs;
    this.#bye(caller, callee, reason);
    this.#bye(callee, caller, reason);
    // What nobody of the call said has its reason in the CDR.
    this.#finish(by, by === 'error' || by === 'media-timeout' ? reason : undefined);
  }

  /** A BYE to one side in the name of the other. */
  #bye(to: Party, from: Party, reason: string): void {
    const bye = byeTo(to, from, this.callId, reason);
    const { transactions, locator, flows } = this.#ports;
    const send = (target: Target | undefined) => {
      if (target) transactions.send(bye, target, { onResponse() {}, onTimeout() {}, onTransportError() {} });
    };
    const next = to.routes[0] === undefined ? bye.uri : NameAddr.parse(to.routes[0]).uri;
    const way = flows.way(bye, to);
    const known = way ?? locator.locateNow(next);
    if (known === 'flow-failed') return;
    if (known) send(known);
    else
      locator.locate(next).then(
        ([first]) => send(first),
        () => undefined,
      );
  }

  #finish(endedBy: CallEnd, reason = 'OK'): void {
    this.#deadline();
    this.call.finish({ status: 200, reason, endedBy });
    // A BYE that crosses, and what was sent again, still belong here.
    this.#ports.transactions.clock.after(64 * this.#ports.transactions.timers.t1, () => this.#released(this));
  }

  #isMainDialog(request: SipRequest): boolean {
    const main = this.#callee?.address.tag;
    return main !== undefined && (request.to.tag === main || request.from.tag === main);
  }

  /** The caller may be a gateway, which never counts as behind NAT. */
  #isBehindNat(request: SipRequest, side: Side): boolean {
    return this.#ports.flows.sendsThroughNat(request, side === 'caller' ? this.call.start.caller.kind : 'subscriber');
  }
}

function whyOf(status: number): StageFailure['why'] {
  if (status === 486 || status === 600) return 'busy';
  return status === 408 ? 'no-answer' : 'refused';
}
