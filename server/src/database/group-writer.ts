import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from './unit-of-work.ts';

interface Queued<T> {
  item: T;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Writes items in groups: what is pushed within `maxDelayMs` goes to disk in one transaction, in the order it was pushed.
 * A group that fails is tried again item by item, so that one bad item does not take its neighbours along.
 */
export class GroupWriter<T> {
  readonly #write: UnitOfWork['write'];
  /** A push may come from inside somebody's write; the group must not join that transaction, so it runs in the context of its birth. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #flush: (manager: EntityManager, items: T[]) => Promise<void>;
  readonly #delay: (lastGroup: number) => number;
  readonly #maxItems: number;
  #queue: Queued<T>[] = [];
  #lastGroup = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(o: {
    uow: Pick<UnitOfWork, 'write'>;
    flush: (manager: EntityManager, items: T[]) => Promise<void>;
    /** How long the first item waits for company; may depend on the size of the group before. */
    maxDelayMs?: number | ((lastGroup: number) => number);
    maxItems?: number;
  }) {
    this.#write = (work) => o.uow.write(work);
    this.#flush = o.flush;
    const delay = o.maxDelayMs ?? 5;
    this.#delay = typeof delay === 'function' ? delay : () => delay;
    this.#maxItems = o.maxItems ?? 200;
  }

  /** Items that are not committed yet and wait for their group. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves when the item is committed; rejects with the error of its own write. */
  push(item: T): Promise<void> {
    return new Promise((done, failed) => {
      this.#queue.push({ item, done, failed });
      if (this.#running !== undefined) return; // the group under way starts the next one
      if (this.#queue.length >= this.#maxItems) this.#start();
      else this.#timer ??= setTimeout(() => this.#start(), this.#delay(this.#lastGroup));
    });
  }

  /** Writes everything pushed so far without waiting for the delay. */
  async drain(): Promise<void> {
    while (this.#running !== undefined || this.#queue.length > 0) {
      if (this.#running === undefined) this.#start();
      await this.#running;
    }
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#queue.splice(0, this.#maxItems);
    this.#lastGroup = group.length;
    this.#running = this.#outside(() => this.#writeGroup(group)).finally(() => {
      this.#running = undefined;
      if (this.#queue.length >= this.#maxItems) this.#start();
      else if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#start(), this.#delay(this.#lastGroup));
    });
  }

  async #writeGroup(group: Queued<T>[]): Promise<void> {
    try {
      const items = group.map((queued) => queued.item);
      await this.#write((manager) => this.#flush(manager, items));
      for (const queued of group) queued.done();
    } catch (error) {
      if (group.length === 1) group[0]?.failed(error);
      else for (const queued of group) await this.#writeGroup([queued]);
    }
  }
}
