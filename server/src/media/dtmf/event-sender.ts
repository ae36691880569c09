/** Digits as RFC 4733 telephone-event packets: what to send at each tick of 20 ms. */
import { FRAME_MS, RTP_CLOCK } from '../codecs/codec.ts';
import { DIGITS } from './digits.ts';

const TICK = (RTP_CLOCK * FRAME_MS) / 1000;
const DIGIT_TICKS = 6;
const GAP_TICKS = 4;
/** -10 dBm0, as phones send. */
const VOLUME = 10;
/** RFC 4733 section 2.5.1.4: the end is sent three times, as nothing comes after it that would say the same. */
const END_COPIES = 3;
/** More than anybody types before they are sent. */
const MOST_QUEUED = 64;

export interface OutgoingEvent {
  readonly payload: Uint8Array;
  /** Of the beginning of the digit, for all its packets. */
  readonly timestamp: number;
  readonly marker: boolean;
}

export class EventSender {
  private queue: { event: number; done: () => void }[] = [];
  private tick = 0;
  private startedAt = 0;

  /** @returns when the last of them was sent; those beyond what is kept are not */
  send(digits: string): Promise<void> {
    const events = [...digits]
      .map((digit) => DIGITS.indexOf(digit.toUpperCase()))
      .filter((event) => event >= 0)
      .slice(0, Math.max(0, MOST_QUEUED - this.queue.length));
    if (events.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      events.forEach((event, i) => {
        this.queue.push({ event, done: i === events.length - 1 ? resolve : () => {} });
      });
    });
  }

  get busy(): boolean {
    return this.queue.length > 0;
  }

  /** The packets of this tick; none in the pause after a digit. Called at every tick while busy. @param now RTP timestamp of the tick */
  next(now: number): OutgoingEvent[] {
    const current = this.queue[0];
    if (current === undefined) return [];
    if (this.tick === 0) this.startedAt = now;
    const tick = this.tick++;
    if (tick >= DIGIT_TICKS + GAP_TICKS - 1) {
      this.tick = 0;
      this.queue.shift();
      current.done();
    }
    if (tick >= DIGIT_TICKS) return [];
    const over = tick === DIGIT_TICKS - 1;
    const duration = (tick + 1) * TICK;
    const payload = Uint8Array.from([current.event, (over ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff]);
    const packet = { payload, timestamp: this.startedAt, marker: tick === 0 };
    return over ? Array<OutgoingEvent>(END_COPIES).fill(packet) : [packet];
  }

  /** Nothing more is sent; who waits need not. */
  clear(): void {
    for (const { done } of this.queue) done();
    this.queue = [];
    this.tick = 0;
  }
}
