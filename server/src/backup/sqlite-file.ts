import sqlite3 from 'sqlite3';

/** A connection of our own to a SQLite file, apart from TypeORM's: for copying, checking and restoring whole databases. */
export class SqliteFile {
  readonly #db: sqlite3.Database;

  private constructor(db: sqlite3.Database) {
    this.#db = db;
  }

  static open(path: string, mode: 'read' | 'write'): Promise<SqliteFile> {
    return new Promise((resolve, reject) => {
      const db = new sqlite3.Database(path, mode === 'read' ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE, (error) => {
        if (error) reject(error);
        else resolve(new SqliteFile(db));
      });
    });
  }

  all<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return new Promise((resolve, reject) => {
      this.#db.all(sql, parameters, (error: Error | null, rows: T[]) => (error ? reject(error) : resolve(rows)));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.#db.close((error) => (error ? reject(error) : resolve())));
  }
}

/** @returns undefined when every page, index and constraint of the file is in order, else what SQLite found */
export async function integrityFault(path: string): Promise<string | undefined> {
  try {
    const file = await SqliteFile.open(path, 'read');
    try {
      const rows = await file.all<{ integrity_check: string }>('PRAGMA integrity_check');
      const found = rows.map((row) => row.integrity_check).join('; ');
      return found === 'ok' ? undefined : found.slice(0, 500);
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
