/**
 * A map that holds at most `max` entries: the one used longest ago is forgotten first. It takes memory for what is in it, not for what may come: a
 * cache that sets its places aside from the start costs an idle server half a megabyte each.
 */
export class RecentMap<V> {
  readonly #max: number;
  /** In the order of use: a Map keeps that of insertion. */
  readonly #entries = new Map<string, V>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
