import type { Side } from '../media/engine.ts';
import { readable, type SipRequest, type SipResponse } from '../sip/message/index.ts';
import type { PhoneBranch } from './phone-target.ts';
import type { RingJob, RingPorts } from './ring-job.ts';
import { contactOf, instanceOf, learnContact, type Party, targetOf, toOwnContact } from './ring-party.ts';

/** The dialogs of a proxied call: the caller's with each phone that has responded, as several may ring. */
export class RingDialogs {
  readonly caller: Party;
  readonly #callerTag: string;
  readonly #callees = new Map<string, Party>();
  readonly #ports: Pick<RingPorts, 'flows' | 'isOurs'>;

  constructor(ports: Pick<RingPorts, 'flows' | 'isOurs'>, { call, tx: { request }, callerPinned }: RingJob) {
    this.#ports = ports;
    this.#callerTag = request.from.tag ?? '';
    this.caller = {
      address: request.from,
      contact: contactOf(request) ?? '',
      subscriberId: call.fromSubscriberId ?? undefined,
      instance: instanceOf(request),
      behindNat: ports.flows.sendsThroughNat(request, call.start.caller.kind),
      shown: undefined,
      ip: request.source?.address,
      pinned: callerPinned && request.source ? targetOf(request.source) : undefined,
      routes: request.recordRoutes.map(String),
      seq: request.cseq.seq,
    };
  }

  /** Which side sent this request of the dialog; undefined when it is not of this dialog. */
  sideOf(request: SipRequest): Side | undefined {
    const from = request.from.tag ?? '';
    const to = request.to.tag ?? '';
    if (from === this.#callerTag && this.#callees.has(to)) return 'caller';
    if (to === this.#callerTag && this.#callees.has(from)) return 'callee';
    return undefined;
  }

  /** Sender and receiver of a request inside the dialog. */
  parties(request: SipRequest, side: Side): [sender: Party, other: Party] {
    const tag = side === 'caller' ? request.to.tag : request.from.tag;
    // sideOf has found it.
    const callee = this.#callees.get(tag ?? '') as Party;
    return side === 'caller' ? [this.caller, callee] : [callee, this.caller];
  }

  /** Does the request come from where this side has been all along? A re-INVITE from elsewhere has to prove who sends it. */
  isAtHome(request: SipRequest, side: Side): boolean {
    const ip = this.parties(request, side)[0].ip;
    return ip === undefined || ip === request.source?.address;
  }

  /** The phone that responds; its dialog, early or not, is made when it is new. */
  meet(response: SipResponse, branch: PhoneBranch): Party {
    const tag = response.to.tag ?? '';
    const known = this.#callees.get(tag);
    // Asked again with another offer, some answer with the tag they had.
    if (known && known.seqAhead === branch.seqAhead) {
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
      seqAhead: branch.seqAhead,
    };
    if (tag !== '') this.#callees.set(tag, party);
    return party;
  }

  /** A re-INVITE or UPDATE was taken: where each side is from now on. */
  refresh(request: SipRequest, response: SipResponse, side: Side): void {
    const [sender, other] = this.parties(request, side);
    learnContact(sender, request);
    learnContact(other, response);
    // The router may have given the phone another port, or the phone moved to another network: its re-INVITE from there has proved who sends it.
    const { source } = request;
    const believed = request.method === 'INVITE' || this.isAtHome(request, side);
    if (!source || !believed || !(sender.pinned || sender.behindNat)) return;
    sender.pinned = targetOf(source);
    sender.ip = source.address;
  }

  /** Simple phones overlook Record-Route and Contact, and send what belongs to the dialog where they sent the INVITE: to us. */
  address(request: SipRequest, other: Party): void {
    toOwnContact(request, other);
    if (request.has('Route') || !this.#ports.isOurs(request.uri)) return;
    request.uriText = other.contact;
    for (const route of other.routes) request.append('Route', route);
  }

  /** Of the recorded routes those beyond us, nearest first (RFC 3261 12.1.2). */
  #routesToCallee(response: SipResponse): string[] {
    const routes = readable(() => response.recordRoutes) ?? [];
    const beyond = routes.slice(0, Math.max(0, routes.length - this.caller.routes.length));
    return beyond
      .filter(({ uri }) => !this.#ports.isOurs(uri))
      .map(String)
      .reverse();
  }
}
