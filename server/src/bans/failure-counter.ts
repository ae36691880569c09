import { RecentMap } from '../http/recent-map.ts';

const MAX_ADDRESSES = 20_000;

/** Wrong passwords by address, in a sliding time. In memory, the least recently guilty are forgotten first. */
export class FailureCounter {
  readonly #now: () => number;
  readonly #failures = new RecentMap<number[]>(MAX_ADDRESSES);

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts one.
   * @param limit failures after which it is enough
   * @returns how many there were in the last `windowMs`, this one included; from `limit` on they start anew
   */
  count(address: string, limit: number, windowMs: number): number {
    const now = this.#now();
    const recent = (this.#failures.get(address) ?? []).filter((at) => at > now - windowMs);
    recent.push(now);
    if (recent.length >= limit) this.#failures.delete(address);
    else this.#failures.set(address, recent);
    return recent.length;
  }

  forget(address: string): void {
    this.#failures.delete(address);
  }
}
