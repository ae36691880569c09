import { Params, type SipRequest, type SipResponse } from '../message/index.ts';
import type { Cancel, Clock } from '../transaction/clock.ts';

/** RFC 4028 4: the smallest Session-Expires anyone may ask for, in seconds. */
export const SMALLEST_MIN_SE = 90;

export type Refresher = 'uac' | 'uas';

export interface SessionExpires {
  seconds: number;
  refresher: Refresher | undefined;
}

/** Reads `Session-Expires: 1800;refresher=uas`; undefined when missing or malformed. */
export function readSessionExpires(message: SipRequest | SipResponse): SessionExpires | undefined {
  const value = message.get('Session-Expires');
  const match = value === undefined ? null : /^(\d{1,9})\s*(;.*)?$/.exec(value);
  if (!match) return undefined;
  const refresher = match[2] === undefined ? undefined : Params.parseHeader(match[2], 0).get('refresher');
  return { seconds: Number(match[1]), refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

/** Reads Min-SE, by RFC 4028 5 not below 90 s. */
export function readMinSe(message: SipRequest | SipResponse): number {
  const match = /^(\d{1,9})/.exec(message.get('Min-SE') ?? '');
  return Math.max(SMALLEST_MIN_SE, match ? Number(match[1]) : 0);
}

/** The headers that ask for a session timer in an INVITE or UPDATE of ours (RFC 4028 7.1). */
export function sessionTimerRequestHeaders(seconds: number, minSe = SMALLEST_MIN_SE, refresher?: Refresher): [string, string][] {
  return [
    ['Session-Expires', `${seconds}${refresher ? `;refresher=${refresher}` : ''}`],
    ['Min-SE', String(minSe)],
  ];
}

export type SessionTimerAnswer =
  | { ok: true; timer: { seconds: number; refresher: Refresher } | undefined; headers: [string, string][] }
  /** 422 with these headers (RFC 4028 9). */
  | { ok: false; status: 422; headers: [string, string][] };

/**
 * How a UAS answers a session refresh request (RFC 4028 9).
 * @param wanted our own interval in seconds, or undefined when we want none and only follow the peer.
 */
export function answerSessionTimer(request: SipRequest, wanted: number | undefined, minSe = SMALLEST_MIN_SE): SessionTimerAnswer {
  const asked = readSessionExpires(request);
  const supports = request.tokens('Supported').some((token) => token.toLowerCase() === 'timer');
  if (asked && asked.seconds < minSe) {
    // RFC 4028 9: the 422 only helps a UAC that knows the extension; for another the proxy that wrote it would have raised it.
    return { ok: false, status: 422, headers: [['Min-SE', String(minSe)]] };
  }
  if (!asked && wanted === undefined) return { ok: true, timer: undefined, headers: [] };
  const floor = Math.max(minSe, readMinSe(request));
  const seconds = Math.max(floor, Math.min(asked?.seconds ?? Number.POSITIVE_INFINITY, wanted ?? Number.POSITIVE_INFINITY));
  // RFC 4028 table 2: a UAC without the extension cannot refresh; the refresher it named is kept.
  const refresher: Refresher = supports ? (asked?.refresher ?? 'uac') : 'uas';
  const headers: [string, string][] = [['Session-Expires', `${seconds};refresher=${refresher}`]];
  // RFC 4028 9: Require only when it is the UAC that has to act.
  if (supports && refresher === 'uac') headers.push(['Require', 'timer']);
  return { ok: true, timer: { seconds, refresher }, headers };
}

/** What the 2xx to our session refresh request means (RFC 4028 7.2); undefined: no session timer. */
export function readSessionTimerAnswer(response: SipResponse): { seconds: number; refresher: Refresher } | undefined {
  const answer = readSessionExpires(response);
  return answer && { seconds: answer.seconds, refresher: answer.refresher ?? 'uac' };
}

/** Runs the timer of one dialog: tells when to refresh, or when the session has to end. */
export class SessionTimer {
  readonly #clock: Clock;
  readonly #onRefresh: () => void;
  readonly #onExpired: () => void;
  #stop: Cancel[] = [];

  constructor(clock: Clock, handlers: { onRefresh: () => void; onExpired: () => void }) {
    this.#clock = clock;
    this.#onRefresh = handlers.onRefresh;
    this.#onExpired = handlers.onExpired;
  }

  get running(): boolean {
    return this.#stop.length > 0;
  }

  /**
   * Starts over after every successful refresh. The refresher acts at half of the interval; either side ends the session shortly before
   * it runs out, by min(32 s, a third) (RFC 4028 10).
   */
  start(seconds: number, weRefresh: boolean): void {
    this.stop();
    const end = seconds - Math.min(32, seconds / 3);
    this.#stop.push(
      this.#clock.after(end * 1000, () => {
        this.stop();
        this.#onExpired();
      }),
    );
    if (weRefresh) this.#stop.push(this.#clock.after((seconds / 2) * 1000, this.#onRefresh));
  }

  stop(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }
}
