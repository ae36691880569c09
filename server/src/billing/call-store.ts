import type { EntityManager } from 'typeorm';
import { GroupWriter } from '../database/group-writer.ts';
import { inList, insertRows } from '../database/sql.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import type { Micros } from '../money/money.ts';
import type { CallRecord, PaidCall, UnpaidCall } from './call-record.ts';
import { appendEntries } from './ledger-entries.ts';

/** A call that was answered: enough to write its CDR should the process die. */
export interface JournalEntry {
  /** Counts from 1 in each run of the process; a rising number keeps the table compact. */
  id: number;
  /** Monotonic ms and epoch ms of the answer. */
  answeredMono: number;
  answeredAt: number;
  /** A paid one with the rate and the gateway that are in force. */
  call: PaidCall | UnpaidCall;
}

/** A call that is over, with its price. */
export interface FinishedCall {
  record: CallRecord;
  cost: Micros;
  billedSeconds: number;
  /** The journal row to take away; null = there is none. */
  journalId: number | null;
}

const CDR_COLUMNS = [
  'callId',
  'sipCallId',
  'fromSubscriberId',
  'toSubscriberId',
  'accountId',
  'fromUser',
  'dialled',
  'e164',
  'destination',
  'gatewayId',
  'direction',
  'startedAt',
  'answeredAt',
  'endedAt',
  'talkMs',
  'billedSeconds',
  'cost',
  'status',
  'reason',
  'endedBy',
  'missed',
  'refusal',
  'app',
  'userAgent',
  'rate',
] as const;

/**
 * Journal rows wait this long for company, and the 200 OK with them. A commit wakes two sleeping threads several times, which costs more
 * than ten rows, so a busy house waits longer; still too short for the ear.
 */
const journalDelayMs = (lastGroup: number) => (lastGroup < 4 ? 5 : 60);
/** Nobody waits for a CDR; in larger groups calls share the statements and the pages that are written. */
const closeDelayMs = (lastGroup: number) => (lastGroup < 20 ? 100 : 1000);

/** The call journal and the call records on disk, written in groups. */
export class CallStore {
  readonly #uow: Pick<UnitOfWork, 'write' | 'statement'>;
  readonly #journal: GroupWriter<JournalEntry>;
  readonly #closed: GroupWriter<FinishedCall>;

  constructor(uow: Pick<UnitOfWork, 'write' | 'statement'>) {
    this.#uow = uow;
    const single = { write: <T>(work: (manager: EntityManager) => Promise<T>) => uow.statement(work) };
    this.#journal = new GroupWriter({ uow: single, flush: writeJournal, maxDelayMs: journalDelayMs, maxItems: 500 });
    this.#closed = new GroupWriter({
      uow,
      flush: (manager, calls) => writeFinished(manager, calls, Date.now()),
      maxDelayMs: closeDelayMs,
      maxItems: 500,
    });
  }

  /** Calls whose CDR is not on disk yet. */
  get waiting(): number {
    return this.#closed.waiting;
  }

  /** Resolves when the journal row is on disk. */
  open(entry: JournalEntry): Promise<void> {
    return this.#journal.push(entry);
  }

  /** CDR, ledger entry, balance and the end of the journal row in one transaction. */
  close(call: FinishedCall): Promise<void> {
    return this.#closed.push(call);
  }

  /**
   * Notes that the process lived at `mono`: every call in the journal was still talking then. What had ended before is written first, so
   * that a crash right after never charges an ended call up to this heartbeat.
   */
  async heartbeat(mono: number): Promise<void> {
    await this.#closed.drain();
    await this.#uow.statement((manager) => writeHeartbeat(manager, mono));
  }

  /** The journal rows on disk. */
  async journalIds(): Promise<number[]> {
    const rows: { id: number }[] = await this.#uow.statement((manager) => manager.query('SELECT "id" FROM "call_journal"'));
    return rows.map((row) => row.id);
  }

  async drain(): Promise<void> {
    await this.#journal.drain();
    await this.#closed.drain();
  }
}

async function writeJournal(manager: EntityManager, entries: JournalEntry[]): Promise<void> {
  const rows = entries.map((entry) => [entry.id, Math.round(entry.answeredMono), entry.answeredAt, JSON.stringify(entry.call)]);
  await insertRows(manager, 'call_journal', ['id', 'answeredMono', 'answeredAt', 'call'], rows);
}

async function writeHeartbeat(manager: EntityManager, mono: number): Promise<void> {
  const whole = Math.round(mono);
  await manager.query(
    `INSERT INTO "call_heartbeat" ("id", "mono") VALUES (1, ${whole}) ON CONFLICT ("id") DO UPDATE SET "mono" = excluded."mono"`,
  );
}

/** Writes finished calls inside the caller's transaction. */
export async function writeFinished(manager: EntityManager, calls: readonly FinishedCall[], now: number): Promise<void> {
  await insertRows(manager, 'cdrs', CDR_COLUMNS, calls.map(cdrRow));
  const charges = calls.flatMap(({ record, cost }) =>
    cost > 0 && record.accountId !== null
      ? [
          {
            accountId: record.accountId,
            type: 'charge' as const,
            amount: -cost as Micros,
            reason: text(`${record.e164 ?? record.dialled} ${record.rate?.name ?? ''}`.trim(), 200),
            actor: 'system',
            idempotencyKey: `call:${record.callId}:charge`,
            callId: record.callId,
          },
        ]
      : [],
  );
  await appendEntries(manager, charges, now);
  const ended = calls.flatMap(({ journalId }) => (journalId === null ? [] : [journalId]));
  if (ended.length > 0) await manager.query(`DELETE FROM "call_journal" WHERE "id" IN ${inList(manager, ended.length)}`, ended);
}

function cdrRow({ record, cost, billedSeconds }: FinishedCall) {
  return [
    record.callId,
    text(record.sipCallId, 255),
    record.fromSubscriberId,
    record.toSubscriberId,
    record.accountId,
    text(record.fromUser, 255),
    text(record.dialled, 255),
    record.e164 === null ? null : text(record.e164, 32),
    record.rate?.name ?? null,
    record.gatewayId,
    record.direction,
    record.startedAt,
    record.answeredAt,
    record.endedAt,
    record.talkMs,
    billedSeconds,
    cost,
    record.status,
    text(record.reason, 255),
    record.endedBy,
    record.missed,
    record.refusal,
    record.app,
    record.userAgent === undefined ? null : text(record.userAgent, 255),
    record.rate === null ? null : JSON.stringify(record.rate),
  ];
}

/** What came off the wire, cut to its column; PostgreSQL refuses NUL in text. */
const text = (value: string, length: number): string => value.replaceAll('\0', '').slice(0, length);
