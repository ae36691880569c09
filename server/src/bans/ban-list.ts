import { addressKey } from '../http/rate-limiter.ts';

/** One address (for IPv6 its /64) that is not talked to until a moment. */
export interface Ban {
  /** As `addressKey` writes it: 203.0.113.7, or 2001:db8:0:1::/64. */
  readonly address: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** The banned addresses in memory, asked for every datagram and every request: while there are none it costs nothing. */
export class BanList {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();
  readonly #listeners = new Set<(ban: Ban) => void>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get size(): number {
    return this.#until.size;
  }

  has(address: string): boolean {
    if (this.#until.size === 0) return false;
    return (this.#until.get(addressKey(address)) ?? 0) > this.#now();
  }

  /** Epoch ms of the end of its ban; undefined when it is not banned. */
  until(address: string): number | undefined {
    return this.has(address) ? this.#until.get(addressKey(address)) : undefined;
  }

  add(ban: Ban): void {
    this.#until.set(ban.address, ban.expiresAt);
    for (const listener of this.#listeners) listener(ban);
  }

  remove(address: string): void {
    this.#until.delete(address);
  }

  /** Told of each new ban, at once. @returns stops it */
  onBan(listener: (ban: Ban) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
