import type { Clock } from './clock.ts';

const STEP_MS = 100;

/**
 * Frees keys after a while. Those of the same tenth of a second share one timer, as thousands of finished transactions wait at a time:
 * each costs its key and nothing else.
 */
export class Expiry {
  readonly #clock: Clock;
  readonly #free: (key: string) => void;
  readonly #due = new Map<number, string[]>();

  constructor(clock: Clock, free: (key: string) => void) {
    this.#clock = clock;
    this.#free = free;
  }

  /** Frees `key` after `ms` milliseconds or up to a tenth of a second later. */
  after(ms: number, key: string): void {
    const now = this.#clock.now();
    const step = Math.ceil((now + ms) / STEP_MS);
    const due = this.#due.get(step);
    if (due) {
      due.push(key);
      return;
    }
    this.#due.set(step, [key]);
    this.#clock.after(step * STEP_MS - now, () => this.#expire(step));
  }

  #expire(step: number): void {
    const keys = this.#due.get(step)!;
    this.#due.delete(step);
    for (const key of keys) this.#free(key);
  }
}
