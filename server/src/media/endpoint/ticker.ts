import { FRAME_MS } from '../codecs/codec.ts';

/** Further behind than this it does not catch up: a machine that slept owes nobody the frames of the night. */
const MOST_BEHIND = 10;

/**
 * One timer for all endpoints: a tick every 20 ms, counted from the start, so that timers that fire late do not add up. Runs only while
 * something is to be done.
 */
export class Ticker {
  private readonly tick: () => void;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;

  constructor(tick: () => void) {
    this.tick = tick;
  }

  start(): void {
    if (this.timer !== undefined) return;
    this.due = performance.now() + FRAME_MS;
    this.wait();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait(): void {
    this.timer = setTimeout(() => this.work(), Math.max(0, this.due - performance.now()));
  }

  private work(): void {
    const now = performance.now();
    if (now - this.due > MOST_BEHIND * FRAME_MS) this.due = now;
    // Timers count whole milliseconds and may fire a little early.
    while (this.timer !== undefined && this.due <= performance.now() + 1) {
      this.due += FRAME_MS;
      this.tick();
    }
    if (this.timer !== undefined) this.wait();
  }
}
