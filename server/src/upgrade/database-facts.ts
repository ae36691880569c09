import { existsSync } from 'node:fs';
import { SqliteFile } from '../backup/sqlite-file.ts';
import { migrations } from '../database/migrations/index.ts';
import type { RowCounts } from './data-version.ts';

export interface DatabaseFacts {
  /** Migrations that were applied and this version does not know, oldest first. */
  readonly unknown: readonly string[];
  /** Migrations of this version that the database has not had. */
  readonly pending: readonly string[];
  readonly counts: RowCounts;
}

const COUNTED = { calls: 'cdrs', ledgerEntries: 'ledger_entries', subscribers: 'subscribers' } as const;

/** Looks into a SQLite database that nobody has open. @returns undefined when there is none, or one that never had a migration */
export async function databaseFacts(databaseFile: string): Promise<DatabaseFacts | undefined> {
  if (!existsSync(databaseFile)) return undefined;
  // Opened for writing: after a power cut the log of the last run is folded in by whoever opens it first.
  const file = await SqliteFile.open(databaseFile, 'write');
  try {
    const tables = new Set(
      (await file.all<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)).map((row) => row.name),
    );
    if (!tables.has('migrations')) return undefined;
    const applied = (await file.all<{ name: string }>('SELECT name FROM migrations ORDER BY timestamp')).map((row) => row.name);
    const known = migrations.map((migration) => new migration().name ?? migration.name);
    const count = async (table: string): Promise<number> => {
      if (!tables.has(table)) return 0;
      return (await file.all<{ count: number }>(`SELECT COUNT(*) AS count FROM "${table}"`))[0]?.count ?? 0;
    };
    return {
      unknown: applied.filter((name) => !known.includes(name)),
      pending: known.filter((name) => !applied.includes(name)),
      counts: {
        calls: await count(COUNTED.calls),
        ledgerEntries: await count(COUNTED.ledgerEntries),
        subscribers: await count(COUNTED.subscribers),
      },
    };
  } finally {
    await file.close();
  }
}
