import { flat } from '../flat.ts';

const WINDOW = 32;

interface Seen {
  highest: number;
  /** Bit i: the count `highest - i` was used. */
  mask: number;
  issuedAt: number;
}

/**
 * Which nonce counts were used (RFC 7616 3.3 `nc`): every (nonce, nc) passes once. Requests overtaking each other on UDP are allowed
 * for within a window of 32 counts. Memory is bounded: when a nonce has to be forgotten, every nonce as old as it becomes unusable,
 * so that forgetting never makes a replay possible.
 */
export class NonceCounts {
  readonly #seen = new Map<string, Seen>();
  readonly #capacity: number;
  #floor = Number.NEGATIVE_INFINITY;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#seen.size;
  }

  /**
   * Marks `count` as used. False when it was used before, is older than the window, or its nonce was forgotten.
   * @param issuedAt when the nonce was made, in ms of the verifier's clock.
   */
  use(nonce: string, issuedAt: number, count: number): boolean {
    const seen = this.#seen.get(nonce);
    if (!seen) {
      if (issuedAt <= this.#floor) return false;
      if (this.#seen.size >= this.#capacity) this.#forgetOldest();
      // Of its own memory: the nonce as it came is part of the text of a whole request.
      this.#seen.set(flat(nonce), { highest: count, mask: 1, issuedAt });
      return true;
    }
    const ahead = count - seen.highest;
    if (ahead > 0) {
      seen.mask = ahead >= WINDOW ? 1 : ((seen.mask << ahead) | 1) >>> 0;
      seen.highest = count;
      return true;
    }
    if (ahead <= -WINDOW) return false;
    const bit = (1 << -ahead) >>> 0;
    if ((seen.mask & bit) !== 0) return false;
    seen.mask = (seen.mask | bit) >>> 0;
    return true;
  }

  /** Forgets the nonces made before `issuedBefore`: they are expired and refused for that already. */
  sweep(issuedBefore: number): void {
    for (const [nonce, seen] of this.#seen) {
      if (seen.issuedAt < issuedBefore) this.#seen.delete(nonce);
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#seen;
    if (!oldest) return;
    this.#seen.delete(oldest[0]);
    this.#floor = Math.max(this.#floor, oldest[1].issuedAt);
  }
}
