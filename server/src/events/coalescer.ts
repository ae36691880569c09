/** What is sent instead of a storm: the first at once, then at most one each `windowMs` and key, the newest of them. */
interface Slot<T> {
  closesAt: number;
  pending: { value: T } | undefined;
}

/**
 * Thins out storms of the same news. A key that is quiet gets through at once (the first caller sees no delay); while a key is busy only
 * the newest value is kept and sent when the window closes. One timer serves all keys, and none runs while nothing happens.
 */
export class Coalescer<T> {
  readonly #windowMs: number;
  readonly #send: (value: T) => void;
  readonly #slots = new Map<string, Slot<T>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(windowMs: number, send: (value: T) => void) {
    this.#windowMs = windowMs;
    this.#send = send;
  }

  push(key: string, value: T): void {
    const slot = this.#slots.get(key);
    if (slot) {
      slot.pending = { value };
      return;
    }
    this.#slots.set(key, { closesAt: Date.now() + this.#windowMs, pending: undefined });
    this.#timer ??= setInterval(() => this.#sweep(), Math.max(20, this.#windowMs / 4)).unref();
    this.#send(value);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#slots.clear();
  }

  #sweep(): void {
    const now = Date.now();
    for (const [key, slot] of this.#slots) {
      if (slot.closesAt > now) continue;
      if (!slot.pending) {
        this.#slots.delete(key);
        continue;
      }
      const { value } = slot.pending;
      slot.pending = undefined;
      slot.closesAt = now + this.#windowMs;
      this.#send(value);
    }
    if (this.#slots.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
