import { chunks } from '../database/sql.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import type { PaidCall } from './call-record.ts';
import { type FinishedCall, writeFinished } from './call-store.ts';
import { price } from './price.ts';

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
    const rows: JournalRow[] = await manager.query('SELECT "id", "answeredMono", "answeredAt", "call" FROM "call_journal"');
    const [heartbeat]: { mono: number | string }[] = await manager.query('SELECT "mono" FROM "call_heartbeat" WHERE "id" = 1');
    const lastAlive = heartbeat === undefined ? Number.NEGATIVE_INFINITY : Number(heartbeat.mono);
    for (const chunk of chunks(rows, 500))
      await writeFinished(
        manager,
        chunk.map((row) => recovered(row, lastAlive)),
        now,
      );
    // The monotonic clock starts anew: an old heartbeat must not be compared with the answers of this run.
    await manager.query('DELETE FROM "call_heartbeat"');
    return rows.length;
  });
}

function recovered(row: JournalRow, lastAlive: number): FinishedCall {
  const call: PaidCall = JSON.parse(row.call);
  // The journal row itself shows that the call was answered, so its first increment counts.
  const talkMs = Math.max(1, lastAlive - Number(row.answeredMono));
  const answeredAt = Number(row.answeredAt);
  const { cost, billedSeconds } = price(call.rate, talkMs);
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
      endedAt: answeredAt + talkMs,
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
