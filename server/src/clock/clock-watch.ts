/** The two clocks, ms: `wall` can be set by anybody, `steady` only runs forward (and on through a suspend). */
export interface Clocks {
  readonly wall: () => number;
  readonly steady: () => number;
}

/** A clock that is put by more than this was wrong before or is wrong now. */
export const STEP_MS = 5 * 60_000;

export type ClockDoubt =
  /** Earlier than this version was built. */
  | { readonly why: 'before-build'; readonly stepSeconds: 0 }
  /** It was set forward (+) or back (-). */
  | { readonly why: 'stepped'; readonly stepSeconds: number };

/** Sees when the wall clock cannot be right. Pure: `look` is called every few seconds. */
export class ClockWatch {
  readonly #clocks: Clocks;
  readonly #builtAt: number;
  /** wall - steady as it was last found good. */
  #offset: number;

  constructor(clocks: Clocks, builtAt: number) {
    this.#clocks = clocks;
    this.#builtAt = builtAt;
    this.#offset = this.#now();
  }

  get beforeBuild(): boolean {
    return this.#clocks.wall() < this.#builtAt;
  }

  /** @returns the doubt, again and again until `trust` is called or the step is taken back */
  look(): ClockDoubt | undefined {
    if (this.beforeBuild) return { why: 'before-build', stepSeconds: 0 };
    const step = this.#now() - this.#offset;
    if (Math.abs(step) > STEP_MS) return { why: 'stepped', stepSeconds: Math.round(step / 1000) };
    // Slow drift and the slewing of a time server are no step.
    this.#offset += step;
    return undefined;
  }

  /** The time of now is right. */
  trust(): void {
    this.#offset = this.#now();
  }

  #now(): number {
    return this.#clocks.wall() - this.#clocks.steady();
  }
}
