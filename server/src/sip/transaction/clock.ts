/** Stops a timer. Calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/** Monotonic time and timers; passed into every state machine, so that tests own the time. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `fn` once, not before `ms` milliseconds from now. */
  after(ms: number, fn: () => void): Cancel;
}
