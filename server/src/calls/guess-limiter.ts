import ipaddr from 'ipaddr.js';

/** Wrong passwords that one address may send in one window before it is turned away. */
export const MAX_WRONG = 60;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 20_000;

interface Count {
  wrong: number;
  /** Start of the window, ms of the monotonic clock. */
  since: number;
}

/** A wrong SIP password from an address that is proved to be the sender's: a forged source never shows here. */
export interface AuthFailure {
  /** Textual IP address. */
  readonly address: string;
  /** Wrong passwords from there in this window of a minute, this one included. */
  readonly count: number;
  /** It is turned away now, until the window ends. */
  readonly blocked: boolean;
}

/** Called at each failure, on the SIP path: it must return at once. */
export type AuthFailureWatcher = (failure: AuthFailure) => void;

/**
 * Counts wrong passwords by address, so that numbers and passwords cannot be tried by the thousand. A whole office behind one address
 * with an old password in a phone stays well below the limit. An IPv6 address counts with all others of its /64: they are one subscriber's.
 */
export class GuessLimiter {
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  readonly #watchers = new Set<AuthFailureWatcher>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the function that ends it. */
  watch(watcher: AuthFailureWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  isBlocked(address: string): boolean {
    if (this.#counts.size === 0) return false;
    const count = this.#counts.get(keyOf(address));
    return count !== undefined && count.wrong >= MAX_WRONG && this.#now() - count.since < WINDOW_MS;
  }

  wrong(address: string): void {
    const now = this.#now();
    const key = keyOf(address);
    let count = this.#counts.get(key);
    if (!count || now - count.since >= WINDOW_MS) {
      // The newest is last: the first one is the oldest.
      this.#counts.delete(key);
      count = { wrong: 0, since: now };
      this.#counts.set(key, count);
      this.#forgetOld(now);
    }
    count.wrong++;
    for (const watcher of this.#watchers) watcher({ address, count: count.wrong, blocked: count.wrong >= MAX_WRONG });
  }

  #forgetOld(now: number): void {
    for (const [address, { since }] of this.#counts) {
      if (now - since < WINDOW_MS && this.#counts.size <= MAX_ADDRESSES) return;
      this.#counts.delete(address);
    }
  }
}

function keyOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const known = ipaddr.process(address);
  return known.kind() === 'ipv6' ? (known as ipaddr.IPv6).parts.slice(0, 4).join(':') : known.toString();
}
