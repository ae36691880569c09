/** UDP ports for media, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Even numbers of a range whose odd neighbour lies in it too: RTP on the one, RTCP on the next (RFC 3550 section 11). */
const firstPair = (range: PortRange): number => range.first + (range.first % 2);
const pairsIn = (range: PortRange): number => Math.max(0, Math.floor((range.last - firstPair(range) + 1) / 2));

/** Cuts a range into parts without a common port, so that workers need not ask each other. */
export function splitRange(range: PortRange, parts: number): PortRange[] {
  const first = firstPair(range);
  const cut = (part: number) => first + 2 * Math.floor((pairsIn(range) * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({ first: cut(part), last: cut(part + 1) - 1 }));
}

/**
 * The pairs of ports of a range that nobody of ours uses. They are given out at random: a stranger who knows one call's ports cannot tell
 * those of the next, and late packets of an ended call seldom meet a new one.
 */
export class PortPool {
  /** Pairs in the range. */
  readonly size: number;
  readonly #free: number[];
  readonly #random: () => number;

  constructor(range: PortRange, random: () => number = Math.random) {
    this.#free = Array.from({ length: pairsIn(range) }, (_, n) => firstPair(range) + 2 * n);
    this.size = this.#free.length;
    this.#random = random;
  }

  get free(): number {
    return this.#free.length;
  }

  /**
   * Opens a pair: `open` gets its even port and answers undefined where somebody else of this machine has one of the two; then another pair
   * is tried. Undefined when none is left. What `open` throws is thrown, and the pair is free again.
   */
  async open<T>(open: (even: number) => Promise<T | undefined>): Promise<{ even: number; opened: T } | undefined> {
    const refused: number[] = [];
    try {
      for (let even = this.#take(); even !== undefined; even = this.#take()) {
        const opened = await open(even).catch((error: unknown) => {
          refused.push(even!);
          throw error;
        });
        if (opened !== undefined) return { even, opened };
        refused.push(even);
      }
      return undefined;
    } finally {
      for (const even of refused) this.give(even);
    }
  }

  /** Takes back a pair that is closed. */
  give(even: number): void {
    this.#free.push(even);
  }

  #take(): number | undefined {
    const last = this.#free.length - 1;
    const at = Math.floor(this.#random() * (last + 1));
    const even = this.#free[at];
    if (even === undefined) return undefined;
    this.#free[at] = this.#free[last]!;
    this.#free.pop();
    return even;
  }
}
