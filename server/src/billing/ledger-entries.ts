import type { EntityManager } from 'typeorm';
import { chunks, inList, insertRows, isPostgres, valuesList } from '../database/sql.ts';
import { type Micros, micros } from '../money/money.ts';

/** Kinds of movements (5-rating C2, ledger). */
export const ENTRY_TYPES = ['opening', 'topup', 'adjust', 'charge', 'correction'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

export interface NewEntry {
  accountId: number;
  type: EntryType;
  /** Positive = in favour of the subscriber. */
  amount: Micros;
  reason: string;
  /** `admin:anna`, `subscriber:1001`, `system`. */
  actor: string;
  /** Unique for ever: what is retried makes one entry. */
  idempotencyKey: string;
  callId?: string | null;
  correctsId?: number | null;
}

const COLUMNS = [
  'accountId',
  'type',
  'amount',
  'endingBalance',
  'reason',
  'actor',
  'idempotencyKey',
  'callId',
  'correctsId',
  'createdAt',
] as const;

/**
 * The only place that changes a balance: appends the entries, each with its ending balance, and moves the accounts, inside the caller's
 * transaction. A key that exists already violates the unique index and undoes the transaction.
 * @throws Error when an account does not exist
 */
export async function appendEntries(manager: EntityManager, entries: readonly NewEntry[], now: number): Promise<void> {
  if (entries.length === 0) return;
  const balances = await balancesOf(manager, [...new Set(entries.map((entry) => entry.accountId))]);
  const rows = entries.map((entry) => {
    const balance = balances.get(entry.accountId);
    if (balance === undefined) throw new Error(`no account ${entry.accountId}`);
    const ending = micros(balance + entry.amount);
    balances.set(entry.accountId, ending);
    const { accountId, type, amount, reason, actor, idempotencyKey } = entry;
    return [accountId, type, amount, ending, reason, actor, idempotencyKey, entry.callId ?? null, entry.correctsId ?? null, now];
  });
  await insertRows(manager, 'ledger_entries', COLUMNS, rows);
  for (const chunk of chunks([...balances], 5000)) {
    const values = valuesList(manager, chunk.length, 2, 'bigint');
    await manager.query(
      `UPDATE "accounts" SET "balance" = v.column2 FROM (VALUES ${values}) AS v WHERE "accounts"."id" = v.column1`,
      chunk.flat(),
    );
  }
}

/** PostgreSQL: nobody else posts to this account until the transaction ends. SQLite has one writer anyway. */
export async function lockAccount(manager: EntityManager, accountId: number): Promise<void> {
  if (isPostgres(manager)) await manager.query('SELECT 1 FROM "accounts" WHERE "id" = $1 FOR UPDATE', [accountId]);
}

/** Current balances; on PostgreSQL the rows are locked, in one order, until the transaction ends. */
async function balancesOf(manager: EntityManager, ids: number[]): Promise<Map<number, Micros>> {
  const balances = new Map<number, Micros>();
  for (const chunk of chunks(ids, 5000)) {
    const lock = isPostgres(manager) ? ' ORDER BY "id" FOR UPDATE' : '';
    const rows: { id: number; balance: number | string }[] = await manager.query(
      `SELECT "id", "balance" FROM "accounts" WHERE "id" IN ${inList(manager, chunk.length)}${lock}`,
      [...chunk],
    );
    for (const row of rows) balances.set(row.id, micros(Number(row.balance)));
  }
  return balances;
}
