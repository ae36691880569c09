import type { SipRequest } from '../../sip/message/index.ts';
import type { Leg } from './leg.ts';

/** A leg of ours, and the call it belongs to. */
export interface LegEntry<C> {
  readonly leg: Leg;
  readonly call: C;
}

/** Where requests inside dialogs find their leg and its call. */
export class LegTable<C> {
  readonly #legs = new Map<string, LegEntry<C>>();

  /** Dialogs that are known, ending ones included. */
  get size(): number {
    return this.#legs.size;
  }

  add(leg: Leg, call: C): void {
    this.#legs.set(keyOf(leg), { leg, call });
  }

  remove(leg: Leg): void {
    this.#legs.delete(keyOf(leg));
  }

  find(request: SipRequest): LegEntry<C> | undefined {
    const entry = this.#legs.get(`${request.callId} ${request.to.tag ?? ''}`);
    // RFC 3261 12.2.2: both tags have to fit.
    return entry && entry.leg.dialog.remoteTag === (request.from.tag ?? '') ? entry : undefined;
  }

  /**
   * Does a request inside a dialog come from where that side has been all along? One from elsewhere has to prove who sends it.
   * undefined: it is of none of our dialogs.
   */
  isAtHome(request: SipRequest): boolean | undefined {
    return this.find(request)?.leg.livesAt(request.source?.address);
  }
}

const keyOf = ({ dialog }: Leg): string => `${dialog.callId} ${dialog.localTag}`;
