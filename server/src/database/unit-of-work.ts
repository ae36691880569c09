import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type DataSourceOptions, type EntityManager, QueryFailedError } from 'typeorm';

interface OpenWrite {
  manager: EntityManager | undefined;
  readonly committed: (() => void)[];
}

/**
 * The only way to write. TypeORM has one connection to a SQLite file, and two transactions over it interleave (the second becomes a
 * savepoint of the first), so write transactions run one after the other, in the order they were asked for. Reads go through the
 * read-only data source and do not wait. Keep network calls and password hashing out of `write`.
 */
export class UnitOfWork {
  readonly #writer: DataSource;
  readonly #open = new AsyncLocalStorage<OpenWrite>();
  #tail: Promise<unknown> = Promise.resolve();
  readonly #closers: (() => Promise<void>)[] = [];
  #makeRoom: () => boolean = () => false;

  private constructor(writer: DataSource) {
    this.#writer = writer;
  }

  /** Opens the database and brings its schema up to date. */
  static async open(options: DataSourceOptions): Promise<UnitOfWork> {
    const writer = await new DataSource(options).initialize();
    // Acknowledged money must survive a power cut: WAL with FULL syncs the log at every commit.
    if (options.type === 'sqlite') {
      await writer.query('PRAGMA synchronous = FULL');
      // Hot index pages are written back once a checkpoint; larger gaps (16 MB) mean less of it. 32 MB of cache keep those pages at hand.
      await writer.query('PRAGMA wal_autocheckpoint = 4000');
      await writer.query('PRAGMA cache_size = -32000');
    }
    return new UnitOfWork(writer);
  }

  get dialect(): 'sqlite' | 'postgres' {
    return this.#writer.options.type === 'sqlite' ? 'sqlite' : 'postgres';
  }

  /** Runs `work` in one transaction; a write inside a write joins it. Inside, use the manager given, which sees what is not committed yet. */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const joined = this.#open.getStore()?.manager;
    if (joined) return work(joined);
    const run = async () => {
      const mark: OpenWrite = { manager: undefined, committed: [] };
      const value = await this.#writer.transaction((manager) => {
        mark.manager = manager;
        return this.#open
          .run(mark, () => work(manager))
          .finally(() => {
            mark.manager = undefined; // a late callback of this work must not join a transaction that is over
          });
      });
      for (const tell of mark.committed) tell();
      return value;
    };
    return this.#inTurn(() => this.#withRoom(run));
  }

  /** For work that is one single statement: it is a transaction by itself, and saves BEGIN and COMMIT. It never joins a write: waited for inside one, it waits for ever. */
  statement<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#withRoom(() => work(this.#writer.manager)));
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.dialect !== 'sqlite') return run();
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** `makeRoom` is asked when the disk is full; when it made some (true), what failed is done once more. */
  onFull(makeRoom: () => boolean): void {
    this.#makeRoom = makeRoom;
  }

  /** A transaction that the disk refused has left nothing behind. */
  async #withRoom<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!isDiskFull(error) || !this.#makeRoom()) throw error;
      return run();
    }
  }

  /**
   * Inside a write: runs `tell` (which must not throw) when the outermost write has committed, before its promise resolves; never after a
   * rollback. What is in memory is changed here.
   * @throws Error outside a write
   */
  afterCommit(tell: () => void): void {
    const open = this.#open.getStore();
    if (!open?.manager) throw new Error('afterCommit outside a write');
    open.committed.push(tell);
  }

  /** Runs `drain` before the database is closed: what waits in a queue is still written, whatever the order of the shutdown hooks. */
  onClose(drain: () => Promise<void>): void {
    this.#closers.push(drain);
  }

  /** Drains the queues, waits for the writes under way, then closes the database. */
  async close(): Promise<void> {
    for (const drain of this.#closers.splice(0)) await drain();
    await this.#tail;
    await this.#writer.destroy();
  }
}

/** SQLITE_FULL; where the disk refuses a sync or the growth of the shared memory, SQLite says SQLITE_IOERR. */
function isDiskFull(error: unknown): boolean {
  const { code } = (error instanceof QueryFailedError ? error.driverError : error) as { code?: unknown };
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR' || code === 'ENOSPC';
}
