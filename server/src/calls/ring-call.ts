import type { CallEnd } from '../billing/call-record.ts';
import { otherSide, type Side } from '../media/engine.ts';
import { readSessionExpires } from '../sip/dialog/index.ts';
import { NameAddr, readable, type SipRequest, type SipResponse, type SipUri } from '../sip/message/index.ts';
import type { ForwardHandle, Locator, ProxyCore, ResponseGate } from '../sip/proxy/index.ts';
import type { Cancel, ServerTransaction, TransactionLayer } from '../sip/transaction/index.ts';
import type { Target } from '../sip/transport/types.ts';
import { type Body, hasSession } from './bridge/headers.ts';
import type { Call } from './call.ts';
import type { Passage } from './media/call-media.ts';
import type { Relays } from './media/relays.ts';
import type { PhoneFlows } from './nat/phone-flows.ts';
import { openReach, type Reach } from './nat/reach.ts';
import { dropPhoneCommands } from './phone-commands.ts';
import type { PhoneBranch } from './phone-target.ts';
import { byeTo, contactOf, instanceOf, leadsTo, learnContact, mediaTarget, type Party, show, targetOf, toOwnContact } from './ring-party.ts';
import type { StageFailure } from './stage.ts';

export interface RingPorts {
  readonly proxy: ProxyCore;
  readonly transactions: TransactionLayer;
  readonly locator: Locator;
  readonly isOurs: (uri: SipUri) => boolean;
  readonly relays: Relays;
  readonly flows: PhoneFlows;
  /** Takes off what goes on what is nobody else's business: our credentials, orders to phones. */
  readonly strip: (request: SipRequest) => void;
}

export interface RingJob {
  readonly call: Call;
  readonly tx: ServerTransaction;
  readonly groups: readonly (readonly PhoneBranch[])[];
  readonly ringMs: number;
  /** Longest talk; a call whose BYE was lost ends with it. null = no limit. */
  readonly maxMs: number | null;
  /** The caller sits behind a NAT or on a connection: requests to him go back the way he came. */
  readonly callerPinned: boolean;
  readonly onFailed: (failure: StageFailure) => void;
}

/** A refresh may be late by so much before the call counts as dead. */
const GRACE_MS = 32_000;

/**
 * A call proxied between phones. The proxy only knows transactions (G-5); this watches the dialog through it, so that the call has a
 * beginning and one end, also when an administrator ends it or the BYE is lost.
 */
export class RingCall {
  readonly call: Call;
  readonly callerTag: string;
  readonly #ports: RingPorts;
  readonly #job: RingJob;
  /** Who answered, by To tag: several phones may ring, each in an early dialog of its own. */
  readonly #callees = new Map<string, Party>();
  readonly #caller: Party;
  readonly #released: (call: RingCall) => void;
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
    const { request } = job.tx;
    this.callerTag = request.from.tag ?? '';
    this.#caller = {
      address: request.from,
      contact: contactOf(request) ?? '',
      subscriberId: job.call.fromSubscriberId ?? undefined,
      instance: instanceOf(request),
      behindNat: ports.flows.sendsThroughNat(request, job.call.start.caller.kind),
      shown: undefined,
      ip: request.source?.address,
      pinned: job.callerPinned && request.source ? targetOf(request.source) : undefined,
      routes: request.recordRoutes.map(String),
      seq: request.cseq.seq,
    };
  }

  get callId(): string {
    return this.#job.tx.request.callId;
  }

  start(): void {
    const { call, tx, groups } = this.#job;
    call.kind = 'ring';
    call.hangup = (by, reason) => this.#hangup(by, reason);
    tx.onCancel = () => this.cancel('caller');
    this.#ports.relays.prepare(call, tx, calleeOf(groups.flat()), {
      go: (offer) => this.#ring(offer),
      fail: (failure) => this.#fail(failure),
    });
  }

  #ring(offer: Body | undefined): void {
    const { tx, groups, ringMs } = this.#job;
    const { strip } = this.#ports;
    const exchange = (request: SipRequest) => {
      strip(request);
      show(request, this.#caller, tx.request.source);
      if (offer) request.setBody(offer.content, offer.type);
    };
    this.#forward = this.#ports.proxy.forward(tx, groups, {
      recordRoute: true,
      ringTimeout: ringMs,
      edit: exchange,
      editResponse: dropPhoneCommands,
      gate: this.#gate('callee', tx.request),
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
    const from = request.from.tag ?? '';
    const to = request.to.tag ?? '';
    if (from === this.callerTag && this.#callees.has(to)) return 'caller';
    if (to === this.callerTag && this.#callees.has(from)) return 'callee';
    return undefined;
  }

  /** Does the request come from where this side has been all along? A re-INVITE from elsewhere has to prove who sends it. */
  isAtHome(request: SipRequest, side: Side): boolean {
    const ip = this.#parties(request, side)[0].ip;
    return ip === undefined || ip === request.source?.address;
  }

  handle(request: SipRequest, tx: ServerTransaction, side: Side): void {
    this.#throughMedia(request, side, { next: () => this.#handle(request, tx, side), refuse: (status) => tx.reply(status) });
  }

  handleAck(ack: SipRequest, side: Side): void {
    // The answer of a late offer that cannot be relayed: the other side waits for it in vain.
    this.#throughMedia(ack, side, { next: () => this.#handleAck(ack, side), refuse: (_, why) => this.#hangup('error', why) });
  }

  #throughMedia(request: SipRequest, side: Side, passage: Passage): void {
    this.#ports.relays.pass(this.call, side, request, () => mediaTarget(this.#parties(request, side)[1]), passage);
  }

  /** Takes responses through the relay of the call, if it has one. `from`: who sends them. */
  #gate(from: Side, request: SipRequest): ResponseGate {
    const offered = hasSession(request);
    return (response, passage) => {
      const { media } = this.call;
      const answered = this.#callee?.address.tag;
      // Another phone that answered at the same moment: the caller hangs up on it.
      const late = from === 'callee' && answered !== undefined && response.to.tag !== answered && request === this.#job.tx.request;
      if (!media || late) {
        passage.next();
        return;
      }
      const refuse = (_: number, why: string) => {
        passage.refuse();
        if (this.#callee) this.#hangup('error', why);
      };
      media.response(from, response, offered, { next: passage.next, refuse });
    };
  }

  /** Forwards a request of the dialog, and learns from it. */
  #handle(request: SipRequest, tx: ServerTransaction, side: Side): void {
    const [sender, other] = this.#parties(request, side);
    if (request.cseq.seq > sender.seq) sender.seq = request.cseq.seq;
    if (this.#hungUp) {
      // We have ended the call on both sides already.
      if (request.method === 'BYE') tx.reply(200);
      else tx.reply(481);
      return;
    }
    this.#address(request, other);
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
          show(copy, sender, request.source);
        },
        editResponse: dropPhoneCommands,
        gate: this.#gate(otherSide(side), request),
        ...(refreshes && { onAnswered: (response) => this.#onRefreshed(request, response, side) }),
      },
      way,
    );
    if (request.method === 'BYE' && this.#isMainDialog(request)) this.#finish(side);
  }

  #handleAck(ack: SipRequest, side: Side): void {
    const [, other] = this.#parties(ack, side);
    this.#address(ack, other);
    if (!leadsTo(ack, other)) return;
    const way = this.#ports.flows.way(ack, other);
    if (way === 'flow-failed') return;
    this.#ports.strip(ack);
    this.#ports.proxy.forwardAck(ack, way);
  }

  /** Simple phones overlook Record-Route and Contact, and send what belongs to the dialog where they sent the INVITE: to us. */
  #address(request: SipRequest, other: Party): void {
    toOwnContact(request, other);
    if (request.has('Route') || !this.#ports.isOurs(request.uri)) return;
    request.uriText = other.contact;
    for (const route of other.routes) request.append('Route', route);
  }

  #onProvisional(response: SipResponse, branch: PhoneBranch): void {
    show(response, this.#meet(response, branch), response.source);
    if (response.status >= 180) this.call.ringing();
  }

  /** Each 2xx: the first one is the call; the caller ends what other phones answered at the same moment. */
  #onAnswered(response: SipResponse, branch: PhoneBranch): void {
    const party = this.#meet(response, branch);
    show(response, party, response.source);
    if (this.#callee) return;
    this.#callee = party;
    this.call.answered();
    this.#watch(response);
  }

  /** The dialog that a response makes, early or not, or has made already. */
  #meet(response: SipResponse, branch: PhoneBranch): Party {
    const tag = response.to.tag ?? '';
    const known = this.#callees.get(tag);
    if (known) {
      learnContact(known, response);
      if (response.status >= 200) known.routes = this.#routesToCallee(response);
      return known;
    }
    const { flows } = this.#ports;
    const routes = this.#routesToCallee(response);
    const behindNat = (branch.pinned && branch.reach?.behindNat) || (routes.length === 0 && flows.answersThroughNat(response));
    const party: Party = {
      address: response.to,
      contact: contactOf(response) ?? branch.uri,
      ...{ subscriberId: branch.subscriberId, instance: instanceOf(response), behindNat, shown: undefined },
      ip: response.source?.address,
      pinned: branch.pinned ? branch.target : behindNat && response.source ? targetOf(response.source) : undefined,
      routes,
      seq: 0,
    };
    if (tag !== '') this.#callees.set(tag, party);
    return party;
  }

  #onRefreshed(request: SipRequest, response: SipResponse, side: Side): void {
    const [sender, other] = this.#parties(request, side);
    learnContact(sender, request);
    learnContact(other, response);
    // A router may have given the phone another port meanwhile, or the phone itself another connection.
    if (sender.pinned && request.source && this.isAtHome(request, side)) sender.pinned = targetOf(request.source);
    show(response, other, response.source);
    if (this.#callee) this.#watch(response);
  }

  #fail(failure: StageFailure): void {
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
    this.#bye(this.#caller, callee, reason);
    this.#bye(callee, this.#caller, reason);
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

  /** Sender and receiver of a request inside the dialog. */
  #parties(request: SipRequest, side: Side): [sender: Party, other: Party] {
    const tag = side === 'caller' ? request.to.tag : request.from.tag;
    // sideOf has found it.
    const callee = this.#callees.get(tag ?? '') as Party;
    return side === 'caller' ? [this.#caller, callee] : [callee, this.#caller];
  }

  /** Of the recorded routes those beyond us, nearest first (RFC 3261 12.1.2). */
  #routesToCallee(response: SipResponse): string[] {
    const routes = readable(() => response.recordRoutes) ?? [];
    const beyond = routes.slice(0, Math.max(0, routes.length - this.#caller.routes.length));
    return beyond
      .filter(({ uri }) => !this.#ports.isOurs(uri))
      .map(String)
      .reverse();
  }
}

/** How the media of the phones that are about to ring is reached: for all of them in one way, as the caller has one offer. */
function calleeOf(branches: readonly PhoneBranch[]): { target: Target | undefined; reach: Reach } {
  const target = branches.find((branch) => branch.target)?.target;
  const reaches = branches.map((branch) => branch.reach ?? openReach(branch.target?.address));
  const [first] = reaches;
  return {
    target,
    reach: {
      address: reaches.every(({ address }) => address === first?.address) ? first?.address : undefined,
      behindNat: reaches.some(({ behindNat }) => behindNat),
      rtpAsymmetric: reaches.some(({ rtpAsymmetric }) => rtpAsymmetric),
    },
  };
}

function whyOf(status: number): StageFailure['why'] {
  if (status === 486 || status === 600) return 'busy';
  return status === 408 ? 'no-answer' : 'refused';
}
