/** Something that is due at a time; -1 = not waiting. The list owns the field. */
export interface Due {
  dueAt: number;
}

/**
 * One list for the slices and cut-offs of all calls instead of a timer a call: buckets of 50 ms. Setting and clearing are constant work;
 * an entry that was moved stays in its old bucket until that is looked at, and is passed over there.
 */
export class DueList<T extends Due> {
  static readonly bucketMs = 50;
  readonly #buckets = new Map<number, T[]>();
  #next = Number.NEGATIVE_INFINITY;

  /** Never early: an entry comes out at the first `take` at or after its time, at most one bucket late. */
  set(entry: T, at: number): void {
    entry.dueAt = at;
    const bucket = Math.max(Math.ceil(at / DueList.bucketMs), this.#next);
    const entries = this.#buckets.get(bucket);
    if (entries) entries.push(entry);
    else this.#buckets.set(bucket, [entry]);
  }

  clear(entry: T): void {
    entry.dueAt = -1;
  }

  /** Takes out what is due at `now`. */
  take(now: number): T[] {
    const last = Math.floor(now / DueList.bucketMs);
    const due: T[] = [];
    // After a long pause there are fewer buckets than steps.
    const buckets = last - this.#next < this.#buckets.size ? range(this.#next, last) : [...this.#buckets.keys()].filter((b) => b <= last);
    for (const bucket of buckets) {
      for (const entry of this.#buckets.get(bucket) ?? []) {
        if (entry.dueAt < 0 || entry.dueAt > now) continue;
        entry.dueAt = -1;
        due.push(entry);
      }
      this.#buckets.delete(bucket);
    }
    this.#next = last + 1;
    return due;
  }
}

function* range(from: number, to: number): Generator<number> {
  for (let n = from; n <= to; n += 1) yield n;
}
