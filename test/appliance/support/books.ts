import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseReader } from '../../support/database.ts';
import { replayAndCheck, takeFolder, takePartition } from '../machine/disk.ts';

/** Invariants 1 and 2 of the money rules: every balance is the sum of its ledger, and nothing is overdrawn. */
export function booksBalance(database: DatabaseReader): void {
  const wrong = database.all(
    `SELECT a.id, a.balance, COALESCE(SUM(l.amount), 0) AS total FROM accounts a LEFT JOIN ledger_entries l ON l."accountId" = a.id
     GROUP BY a.id HAVING total <> a.balance`,
  );
  assert.deepEqual(wrong, [], 'accounts whose balance is not the sum of their ledger');
  assert.deepEqual(database.all('SELECT id FROM accounts WHERE balance < -"creditLimit"'), [], 'overdrawn accounts');
}

/**
 * Looks into the data disk of a machine without power, on a copy: the file system is checked from end to end after the replay of its journal, the
 * database must be whole and its books balance. Then `look` may ask more.
 */
export async function inspect(
  disk: string,
  look: (database: DatabaseReader, folder: string) => void | Promise<void> = () => undefined,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-inspect-'));
  try {
    const partition = await takePartition(disk, join(folder, 'partition'));
    await replayAndCheck(partition);
    const data = await takeFolder(partition, '/server', join(folder, 'data'));
    const database = new DatabaseReader(join(data, 'dialtone.sqlite'));
    try {
      assert.equal(database.one('PRAGMA integrity_check').integrity_check, 'ok', 'integrity of the database');
      assert.deepEqual(database.all('PRAGMA foreign_key_check'), [], 'foreign keys');
      booksBalance(database);
      await look(database, data);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
