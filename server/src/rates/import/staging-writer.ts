import { pathToFileURL } from 'node:url';
import sqlite3 from 'sqlite3';
import type { StagedRate } from './rate-row.ts';
import { CREATE_STAGED, differs, quoted, STAGED_COLUMNS } from './staging-sql.ts';

const BATCH = 500;

/** A sqlite3 connection with promises. */
class Connection {
  readonly #db: sqlite3.Database;

  private constructor(db: sqlite3.Database) {
    this.#db = db;
  }

  static open(file: string): Promise<Connection> {
    const flags = sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE | sqlite3.OPEN_URI;
    return new Promise((resolve, reject) => {
      const db: sqlite3.Database = new sqlite3.Database(file, flags, (error) => (error ? reject(error) : resolve(new Connection(db))));
    });
  }

  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => this.#db.exec(sql, (error) => (error ? reject(error) : resolve())));
  }

  get<T>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    return new Promise((resolve, reject) => this.#db.get(sql, parameters, (error, row) => (error ? reject(error) : resolve(row as T))));
  }

  prepare(sql: string): Promise<sqlite3.Statement> {
    return new Promise((resolve, reject) => {
      const statement: sqlite3.Statement = this.#db.prepare(sql, (error) => (error ? reject(error) : resolve(statement)));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.#db.close((error) => (error ? reject(error) : resolve())));
  }
}

const run = (statement: sqlite3.Statement, parameters: readonly unknown[]): Promise<void> =>
  new Promise((resolve, reject) => statement.run(parameters, (error: Error | null) => (error ? reject(error) : resolve())));

const insertSql = (rows: number): string => {
  const row = `(${STAGED_COLUMNS.map(() => '?').join(',')})`;
  return `INSERT OR REPLACE INTO "staged" (${quoted(STAGED_COLUMNS)}) VALUES ${Array(rows).fill(row).join(',')}`;
};

/**
 * The file between an upload and its commit: good rows in a SQLite table of their own, written by the worker's own connection, so that
 * the house's one writer is taken only for the commit itself.
 */
export class StagingWriter {
  readonly #db: Connection;
  readonly #many: sqlite3.Statement;
  readonly #one: sqlite3.Statement;
  #waiting: (string | number)[] = [];
  #rows = 0;

  private constructor(db: Connection, many: sqlite3.Statement, one: sqlite3.Statement) {
    this.#db = db;
    this.#many = many;
    this.#one = one;
  }

  /** @param file must not exist yet */
  static async create(file: string): Promise<StagingWriter> {
    const db = await Connection.open(file);
    // Of no worth after a crash: no journal, no syncing.
    await db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ${CREATE_STAGED}; BEGIN`);
    return new StagingWriter(db, await db.prepare(insertSql(BATCH)), await db.prepare(insertSql(1)));
  }

  async add(rate: StagedRate): Promise<void> {
    for (const column of STAGED_COLUMNS) {
      const value = rate[column];
      this.#waiting.push(typeof value === 'boolean' ? Number(value) : value);
    }
    if (++this.#rows < BATCH) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    await run(this.#many, batch);
  }

  /** Writes what is left; call it once, after the last `add`. */
  async end(): Promise<void> {
    const width = STAGED_COLUMNS.length;
    for (let at = 0; at < this.#waiting.length; at += width) await run(this.#one, this.#waiting.slice(at, at + width));
    for (const statement of [this.#many, this.#one]) await new Promise<void>((resolve) => statement.finalize(() => resolve()));
    await this.#db.exec('COMMIT');
  }

  /**
   * Compares with the rates of a tariff as they are now.
   * @param database the SQLite file of the house, opened for reading only
   * @param columns those that make a difference
   */
  async compare(
    database: string,
    tariffId: number,
    columns: readonly string[],
  ): Promise<{ staged: number; matched: number; same: number; held: number }> {
    await this.#db.exec(`ATTACH DATABASE '${pathToFileURL(database).href.replaceAll("'", "''")}?mode=ro' AS "live"`);
    const pairs = await this.#db.get<{ matched: number; changed: number }>(
      `SELECT COUNT(*) AS "matched", COALESCE(SUM(${differs('s', 'r', columns)}), 0) AS "changed" FROM "staged" s CROSS JOIN "live"."rates" r
        WHERE r."tariffId" = ? AND r."prefix" = s."prefix" AND r."effectiveFrom" = s."effectiveFrom"`,
      [tariffId],
    );
    const { staged } = await this.#db.get<{ staged: number }>('SELECT COUNT(*) AS "staged" FROM "staged"');
    const { held } = await this.#db.get<{ held: number }>('SELECT COUNT(*) AS "held" FROM "live"."rates" WHERE "tariffId" = ?', [tariffId]);
    return { staged, matched: pairs.matched, same: pairs.matched - pairs.changed, held };
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
