import type { EntityManager } from 'typeorm';
import { chunks, inList } from '../database/sql.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { type Micros, micros, ZERO } from '../money/money.ts';
import type { PaidCall, UnpaidCall } from './call-record.ts';
import { type FinishedCall, writeFinished } from './call-store.ts';
import { affordableSeconds, price } from './price.ts';

interface JournalRow {
  id: number;
  answeredMono: number | string;
  answeredAt: number | string;
  call: string;
}

/**
 * At start, before the accounts are read: every call that was talking when the process died gets its one CDR, marked `recovered`, and is charged, if
 * anybody pays it, up to the last heartbeat. Its hold was in memory and is gone.
 * @returns how many calls were recovered
 */
export async function recoverCalls(uow: UnitOfWork, now = Date.now()): Promise<number> {
  return uow.write(async (manager) => {
    const rows: JournalRow[] = await manager.query('SELECT "id", "answeredMono", "answeredAt", "call" FROM "call_journal" ORDER BY "id"');
    if (rows.length > 0) await recoverRows(manager, rows, now);
    // The monotonic clock starts anew: an old heartbeat must not be compared with the answers of this run.
    await manager.query('DELETE FROM "call_heartbeat"');
    return rows.length;
  });
}

async function recoverRows(manager: EntityManager, rows: JournalRow[], now: number): Promise<void> {
  const [heartbeat]: { mono: number | string }[] = await manager.query('SELECT "mono" FROM "call_heartbeat" WHERE "id" = 1');
  const lastAlive = heartbeat === undefined ? Number.NEGATIVE_INFINITY : Number(heartbeat.mono);
  const funds = await fundsOf(manager);
  for (const chunk of chunks(rows, 500)) {
    const calls = chunk.map((row) => ({ row, call: JSON.parse(row.call) as PaidCall | UnpaidCall }));
    const callIds = calls.map(({ call }) => call.callId);
    const written = await withCdr(manager, callIds);
    const missing = calls.filter(({ call }) => !written.has(call.callId));
    await writeFinished(
      manager,
      missing.map(({ row, call }) => recovered(row, call, lastAlive, funds)),
      now,
    );
  }
  await manager.query('DELETE FROM "call_journal"');
}

/** A row can outlive its call only when its own commit was in doubt; the CDR that is there counts. */
async function withCdr(manager: EntityManager, callIds: string[]): Promise<Set<string>> {
  const rows: { callId: string }[] = await manager.query(
    `SELECT "callId" FROM "cdrs" WHERE "callId" IN ${inList(manager, callIds.length)}`,
    callIds,
  );
  return new Set(rows.map((row) => row.callId));
}

/** What each account may spend: a call that was being cut when the process died is not charged past its last paid second. */
async function fundsOf(manager: EntityManager): Promise<Map<number, Micros>> {
  const rows: { id: number; funds: number | string }[] = await manager.query(
    `SELECT "id", CASE WHEN "kind" = 'prepaid' THEN "balance" ELSE "balance" + "creditLimit" END AS "funds" FROM "accounts"`,
  );
  return new Map(rows.map((row) => [row.id, micros(Number(row.funds))]));
}

function recovered(row: JournalRow, call: PaidCall | UnpaidCall, lastAlive: number, funds: Map<number, Micros>): FinishedCall {
  // The journal row itself shows that the call was answered, so its first increment counts.
  const alive = Math.max(1, lastAlive - Number(row.answeredMono));
  const answeredAt = Number(row.answeredAt);
  const endedAt = answeredAt + alive;
  const ended = { answeredAt, endedAt, status: 200, reason: 'OK', endedBy: 'recovered', missed: false, refusal: null } as const;
  const { callId } = call;
  if ('unpaid' in call) {
    const { app = null } = call.unpaid;
    // What a mailbox took is missed (M-25).
    const missed = app === 'voicemail';
    const record = { ...call.unpaid, ...ended, app, missed, callId, accountId: null, talkMs: alive, rate: null };
    return { cost: ZERO, billedSeconds: 0, journalId: row.id, record };
  }
  const { accountId, e164, startedAt, rate } = call;
  const left = funds.get(accountId) ?? ZERO;
  const affordable = affordableSeconds(rate, left);
  const talkMs = Math.min(alive, affordable.ok ? affordable.seconds * 1000 : 0);
  const { cost, billedSeconds } = price(rate, talkMs);
  funds.set(accountId, micros(left - cost));
  const record = { ...call.record, ...ended, app: null, callId, accountId, toSubscriberId: null, e164, startedAt, talkMs, rate };
  return { cost, billedSeconds, journalId: row.id, record };
}
