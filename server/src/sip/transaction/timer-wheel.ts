import type { Cancel, Clock } from './clock.ts';

const TICK_MS = 5;
const SLOTS = 8192; // a turn of 41 s: every RFC 3261 timer but C fires in its first turn
const MASK = SLOTS - 1;
/** Timers of a second and more may fire this many ticks late, so that those of many calls share one wake-up of the process. */
const COARSE_TICKS = 20;
const COARSE_FROM_MS = 1_000;

interface Entry {
  tick: number;
  fn: (() => void) | undefined;
  previous: Entry;
  next: Entry;
}

function emptyList(): Entry {
  const head = { tick: 0, fn: undefined } as Entry;
  head.previous = head;
  head.next = head;
  return head;
}

export interface WheelOptions {
  now?: () => number;
  onError?: (error: unknown) => void;
}

/**
 * A hashed timer wheel: starting and cancelling a timer costs a few pointers, however many run. SIP starts a dozen timers a call and
 * cancels nearly all of them, which makes one `setTimeout` each the dearest part of a transaction.
 * The wheel sleeps on one unref'd `setTimeout` until its next used slot; an idle process is not woken.
 */
export class TimerWheel implements Clock {
  readonly #slots: Entry[] = Array.from({ length: SLOTS }, emptyList);
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  #tick: number;
  #pending = 0;
  #wake: NodeJS.Timeout | undefined;
  #wakeTick = Number.POSITIVE_INFINITY;

  constructor(options: WheelOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#onError =
      options.onError ??
      ((error) => {
        // As an error in a plain setTimeout callback: it must not stop the other timers of this tick.
        queueMicrotask(() => {
          throw error;
        });
      });
    this.#tick = Math.floor(this.#now() / TICK_MS);
  }

  /** Timers that are running. */
  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#now();
  }

  after(ms: number, fn: () => void): Cancel {
    // The wheel may lag behind the time while it sleeps: the due tick counts from the real time, never from the wheel's.
    let due = Math.max(Math.ceil((this.#now() + Math.max(ms, 0)) / TICK_MS), this.#tick + 1);
    if (ms >= COARSE_FROM_MS) due = Math.ceil(due / COARSE_TICKS) * COARSE_TICKS;
    const head = this.#slots[due & MASK]!;
    const entry: Entry = { tick: due, fn, previous: head.previous, next: head };
    head.previous.next = entry;
    head.previous = entry;
    this.#pending++;
    if (due < this.#wakeTick) this.#sleepUntil(due);
    return () => {
      if (entry.fn === undefined) return;
      this.#unlink(entry);
      entry.fn = undefined;
    };
  }

  /** Fires everything that is due. Called by the wheel's own alarm; public for tests with a time of their own. */
  advance(): void {
    this.#wakeTick = Number.POSITIVE_INFINITY;
    const until = Math.floor(this.#now() / TICK_MS);
    // After a long sleep one turn visits every slot; more turns would find nothing else.
    if (until - this.#tick > SLOTS) this.#tick = until - SLOTS;
    while (this.#tick < until) {
      this.#tick++;
      this.#fire(this.#slots[this.#tick & MASK]!, until);
    }
    if (this.#pending > 0) this.#sleepUntil(this.#nextUsedTick());
  }

  #fire(head: Entry, until: number): void {
    let entry = head.next;
    while (entry !== head) {
      const following = entry.next;
      if (entry.tick <= until && entry.fn !== undefined) {
        const { fn } = entry;
        this.#unlink(entry);
        entry.fn = undefined;
        try {
          fn();
        } catch (error) {
          this.#onError(error);
        }
        // The callback may have cancelled `following`, which leads nowhere then: begin again.
        entry = following.fn === undefined && following !== head ? head.next : following;
      } else {
        entry = following;
      }
    }
  }

  #unlink(entry: Entry): void {
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
    // Who still holds the cancelled timer must not hold its former neighbours too.
    entry.previous = entry;
    entry.next = entry;
    this.#pending--;
  }

  #nextUsedTick(): number {
    for (let tick = this.#tick + 1; tick <= this.#tick + SLOTS; tick++) {
      const head = this.#slots[tick & MASK]!;
      if (head.next !== head) return tick;
    }
    return this.#tick + SLOTS;
  }

  #sleepUntil(tick: number): void {
    this.#wakeTick = tick;
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => this.advance(), Math.max(1, tick * TICK_MS - this.#now()));
    this.#wake.unref();
  }
}

let shared: TimerWheel | undefined;

/** The clock of the running process: one wheel for everybody, made at first use. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, fn) {
    shared ??= new TimerWheel();
    return shared.after(ms, fn);
  },
};
