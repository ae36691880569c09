import type { AnsweredAt, UnpaidCall } from './call-record.ts';
import type { JournalEntry } from './call-store.ts';

/** A journal row on its way to the disk, or there. */
export interface UnpaidRow {
  readonly id: number;
  /** Is it on disk? Never rejects. */
  readonly written: Promise<boolean>;
}

/** A call that ends sooner leaves no trace in the journal; a longer one is lost with the process for so long. */
const WAIT_MS = 500;

/**
 * The answered calls that nobody pays, on their way into the call journal: written behind, as nobody waits for it, and only those that
 * last. Their CDR costs nothing, yet a process that dies must not lose it.
 */
export class UnpaidJournal {
  readonly #open: (entry: JournalEntry) => Promise<void>;
  readonly #nextId: () => number;
  readonly #onFault: (error: unknown) => void;
  /** In the order of their answers. */
  readonly #waiting = new Map<string, { readonly call: UnpaidCall; readonly at: AnsweredAt }>();
  readonly #rows = new Map<string, UnpaidRow>();

  constructor(o: { open: (entry: JournalEntry) => Promise<void>; nextId: () => number; onFault: (error: unknown) => void }) {
    this.#open = o.open;
    this.#nextId = o.nextId;
    this.#onFault = o.onFault;
  }

  /** Calls that talk. */
  get size(): number {
    return this.#waiting.size + this.#rows.size;
  }

  /** The journal rows of calls that talk. */
  *ids(): Iterable<number> {
    for (const { id } of this.#rows.values()) yield id;
  }

  answered(call: UnpaidCall, at: AnsweredAt): void {
    this.#waiting.set(call.callId, { call, at });
  }

  /** Sends those to the disk that have talked for a while. `now`: monotonic ms. */
  tick(now: number): void {
    for (const [callId, { call, at }] of this.#waiting) {
      if (now - at.mono < WAIT_MS) return;
      this.#waiting.delete(callId);
      const id = this.#nextId();
      const written = this.#open({ id, answeredMono: at.mono, answeredAt: at.wall, call }).then(
        () => true,
        (error: unknown) => {
          this.#onFault(error);
          return false;
        },
      );
      this.#rows.set(callId, { id, written });
    }
  }

  /** The call is over: its row, which is to be taken away with its CDR; undefined when it has none. */
  take(callId: string): UnpaidRow | undefined {
    if (this.#waiting.delete(callId)) return undefined;
    const row = this.#rows.get(callId);
    this.#rows.delete(callId);
    return row;
  }
}
