import { Dialog, DialogError, hasToken } from '../../sip/dialog/index.ts';
import type { SipResponse } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import { callerWay } from '../dialog/caller-way.ts';
import { bodyOf, hasSession } from '../dialog/headers.ts';
import { Leg } from '../dialog/leg.ts';
import { ownContact } from '../dialog/own-contact.ts';
import type { BridgeJob, BridgePorts } from '../stage.ts';
import type { GatewayAttempt } from './gateway-attempt.ts';

/** A dialog with a gateway and the one with the caller that mirrors it. */
export interface Pair {
  readonly attempt: GatewayAttempt;
  readonly caller: Leg;
  readonly gateway: Leg;
  /** The session description that answers the caller's INVITE (or the offer, when he made none) has passed. */
  described: boolean;
}

export interface PairEvents {
  onRefresh: (leg: Leg) => void;
  onExpired: (leg: Leg) => void;
  added: (leg: Leg) => void;
}

/**
 * The early dialogs of a call. Each one that a gateway opens, by forking or after another gateway failed, is one of its own towards the
 * caller too, so that no side ever sees two answers to one offer in one dialog.
 */
export class Pairs {
  readonly #ports: BridgePorts;
  readonly #job: BridgeJob;
  readonly #events: PairEvents;
  readonly #byRemoteTag = new Map<string, Pair>();
  readonly #callerContact: string;

  constructor(ports: BridgePorts, job: BridgeJob, events: PairEvents) {
    this.#ports = ports;
    this.#job = job;
    this.#events = events;
    this.#callerContact = ownContact(ports.transactions, job.tx.request);
  }

  get all(): Iterable<Pair> {
    return this.#byRemoteTag.values();
  }

  /** The pair of a response's dialog, made when it is new; undefined for a response that makes none. */
  find(attempt: GatewayAttempt, response: SipResponse): Pair | undefined {
    try {
      return this.#of(attempt, response);
    } catch (error) {
      if (error instanceof DialogError) return undefined;
      throw error;
    }
  }

  ofLeg(leg: Leg): Pair | undefined {
    for (const pair of this.#byRemoteTag.values()) if (pair.gateway === leg || pair.caller === leg) return pair;
    return undefined;
  }

  #of(attempt: GatewayAttempt, response: SipResponse): Pair {
    const key = `${attempt.sent.request.callId} ${response.to.tag ?? ''}`;
    let pair = this.#byRemoteTag.get(key);
    if (!pair) {
      pair = this.#make(attempt, response);
      this.#byRemoteTag.set(key, pair);
      this.#events.added(pair.caller);
      this.#events.added(pair.gateway);
    }
    return pair;
  }

  #make(attempt: GatewayAttempt, response: SipResponse): Pair {
    const { call } = this.#job;
    const { request: invite, localTag } = this.#job.tx;
    const { onRefresh, onExpired } = this.#events;
    const tag = this.#byRemoteTag.size === 0 ? localTag : token(12);
    const caller = new Leg(this.#ports, {
      ...{ call, side: 'caller' },
      dialog: Dialog.answering(invite, tag, this.#callerContact),
      ...callerWay(invite, invite.source!, call, this.#ports.flows),
      onRefresh,
      onExpired,
    });
    const { request, target } = attempt.sent;
    const dialog = Dialog.calling(request, response, attempt.contact);
    const gateway = new Leg(this.#ports, { call, side: 'gateway', dialog, target, auth: attempt.auth, onRefresh, onExpired });
    caller.peer = gateway;
    gateway.peer = caller;
    caller.learn(invite);
    caller.inviteIn = this.#job.tx;
    gateway.inviteOut = true;
    gateway.lastSent = attempt.offer ?? bodyOf(invite);
    const described = hasSession(invite);
    if (described) {
      caller.offers.received();
      gateway.offers.sent();
    }
    return { attempt, caller, gateway, described: false };
  }
}

/** A session description in a reliable response passes from the gateway to the caller: the answer, or the first offer (RFC 6337 2.2). */
export function describe(pair: Pair, response: SipResponse): void {
  if (pair.described || !hasSession(response)) return;
  if (response.status < 200 && !hasToken(response, 'Require', '100rel')) return;
  pair.described = true;
  pair.gateway.offers.received();
  pair.caller.offers.sent();
}
