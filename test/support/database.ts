import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export type Row = Record<string, string | number | null>;

/** Looks into the server's database from outside, read only. Money columns are micro-units, times are milliseconds since 1970. */
export class DatabaseReader {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true });
    this.#database.exec('PRAGMA busy_timeout = 5000');
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values) as Row[];
  }

  one(sql: string, ...values: SQLInputValue[]): Row {
    const rows = this.all(sql, ...values);
    if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one: ${sql}`);
    return rows[0]!;
  }

  number(sql: string, ...values: SQLInputValue[]): number {
    return Number(Object.values(this.one(sql, ...values))[0]);
  }

  close(): void {
    this.#database.close();
  }
}
