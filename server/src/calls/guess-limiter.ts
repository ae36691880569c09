/** Wrong passwords that one address may send in one window before it is turned away. */
const MAX_WRONG = 60;
const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 20_000;

interface Count {
  wrong: number;
  /** Start of the window, ms of the monotonic clock. */
  since: number;
}

/**
 * Counts wrong passwords by address, so that numbers and passwords cannot be tried by the thousand. A whole office behind one address
 * with an old password in a phone stays well below the limit.
 */
export class GuessLimiter {
  readonly #now: () => number;
  readonly #onBlocked: (address: string) => void;
  readonly #counts = new Map<string, Count>();

  /** @param onBlocked told once a window, when an address reaches the limit. */
  constructor(now: () => number, onBlocked: (address: string) => void) {
    this.#now = now;
    this.#onBlocked = onBlocked;
  }

  isBlocked(address: string): boolean {
    if (this.#counts.size === 0) return false;
    const count = this.#counts.get(address);
    return count !== undefined && count.wrong >= MAX_WRONG && this.#now() - count.since < WINDOW_MS;
  }

  wrong(address: string): void {
    const now = this.#now();
    const count = this.#counts.get(address);
    if (!count || now - count.since >= WINDOW_MS) {
      // The newest is last: the first one is the oldest.
      this.#counts.delete(address);
      this.#counts.set(address, { wrong: 1, since: now });
      this.#forgetOld(now);
      return;
    }
    count.wrong++;
    if (count.wrong === MAX_WRONG) this.#onBlocked(address);
  }

  #forgetOld(now: number): void {
    for (const [address, { since }] of this.#counts) {
      if (now - since < WINDOW_MS && this.#counts.size <= MAX_ADDRESSES) return;
      this.#counts.delete(address);
    }
  }
}
