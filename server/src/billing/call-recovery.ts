import type { EntityManager } from 'typeorm';
import { chunks, inList } from '../database/sql.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { type Micros, micros, ZERO } from '../money/money.ts';
import type { PaidCall } from './call-record.ts';
import { type FinishedCall, writeFinished } from './call-store.ts';
import { affordableSeconds, price } from './price.ts';

interface JournalRow {
  id: number;
  answeredMono: number | string;
  answeredAt: number | string;
  call: string;
}

/**
 * At start, before the accounts are read: every call that was talking when the process died gets its one CDR, marked `recovered`, charged
 * up to the last heartbeat. Its hold was in memory and is gone.
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
    const calls = chunk.map((row) => ({ row, call: JSON.parse(row.call) as PaidCall }));
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

function recovered(row: JournalRow, call: PaidCall, lastAlive: number, funds: Map<number, Micros>): FinishedCall {
  const left = funds.get(call.accountId) ?? ZERO;
  const affordable = affordableSeconds(call.rate, left);
  // The journal row itself shows that the call was answered, so its first increment counts.
  const alive = Math.max(1, lastAlive - Number(row.answeredMono));
  const talkMs = Math.min(alive, affordable.ok ? affordable.seconds * 1000 : 0);
  const { cost, billedSeconds } = price(call.rate, talkMs);
  funds.set(call.accountId, micros(left - cost));
  const answeredAt = Number(row.answeredAt);
  return {
    cost,
    billedSeconds,
    journalId: row.id,
    record: {
      ...call.record,
      callId: call.callId,
      accountId: call.accountId,
      toSubscriberId: null,
      e164: call.e164,
      startedAt: call.startedAt,
      answeredAt,
      endedAt: answeredAt + alive,
      talkMs,
      status: 200,
      reason: 'OK',
      endedBy: 'recovered',
      rate: call.rate,
      missed: false,
      refusal: null,
    },
  };
}
