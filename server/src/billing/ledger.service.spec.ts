import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { type Micros, micros } from '../money/money.ts';
import { AccountBook } from './account-book.ts';
import { AccountCharging } from './account-charging.ts';
import { AccountsService, loadAccounts } from './accounts.service.ts';
import { recoverCalls } from './call-recovery.ts';
import { CallStore } from './call-store.ts';
import { LedgerService } from './ledger.service.ts';
import type { NewEntry } from './ledger-entries.ts';
import { callRecord, HandClock, money, paidCall, rateOf } from './testing.ts';

let db: TestDatabase;
let book: AccountBook;
let ledger: LedgerService;
let accounts: AccountsService;

beforeEach(async () => {
  db = await openTestDatabase();
  house();
});
afterEach(() => db.close());

function house(): void {
  book = new AccountBook();
  ledger = new LedgerService(db.uow, db.reader, book);
  accounts = new AccountsService(db.uow, book);
}

const open = (subscriberId: number, o: { openingBalance?: Micros; kind?: 'prepaid' | 'postpaid'; creditLimit?: Micros } = {}) =>
  db.uow.write((m) => accounts.createFor(m, subscriberId, { kind: 'prepaid', actor: 'admin:anna', ...o }));

const entry = (accountId: number, amount: string, key: string): NewEntry => ({
  accountId,
  type: 'topup',
  amount: money(amount),
  reason: 'cash',
  actor: 'admin:anna',
  idempotencyKey: key,
});

const list = (accountId: number, o: object = {}) => ledger.list(accountId, { page: 1, pageSize: 50, sort: '-createdAt', ...o });

describe('LedgerService', () => {
  it('R-58: two top-ups with one key, three retries, make one entry', async () => {
    const { id } = await open(11);
    const results = await Promise.all(Array.from({ length: 5 }, () => ledger.post(entry(id, '10', 'same'))));
    expect(results.filter((result) => !result.replayed)).toHaveLength(1);
    expect(new Set(results.map((result) => result.entry.id)).size).toBe(1);
    expect((await list(id)).total).toBe(1);
    expect(book.balance(id)).toBe(money('10'));
  });

  it('refuses a key that made a different entry', async () => {
    const { id } = await open(11);
    await ledger.post(entry(id, '10', 'k'));
    await expect(ledger.post(entry(id, '11', 'k'))).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await expect(ledger.post(entry(id, '-10', 'k'))).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('keeps the ending balance of every entry, newest first', async () => {
    const { id } = await open(11, { openingBalance: money('5') });
    await ledger.post(entry(id, '10', 'a'));
    await ledger.post(entry(id, '-3.5', 'b'));
    const { items, total } = await list(id);
    expect(items.map((row) => [row.type, row.amount, row.endingBalance])).toEqual([
      ['topup', money('-3.5'), money('11.5')],
      ['topup', money('10'), money('15')],
      ['opening', money('5'), money('5')],
    ]);
    expect(total).toBe(3);
    expect((await list(id, { type: 'opening' })).items).toHaveLength(1);
    expect((await list(id, { q: 'nothing' })).items).toHaveLength(0);
    expect((await list(id, { sort: 'createdAt', pageSize: 1, page: 2 })).items[0]?.amount).toBe(money('10'));
  });

  it('does not take what is not there, or what a call holds', async () => {
    const { id } = await open(11, { openingBalance: money('1') });
    await expect(ledger.post(entry(id, '-1.01', 'a'))).rejects.toMatchObject({ code: 'balance-too-low' });
    book.authorise({ callId: 'x', accountId: id, rate: rateOf('0.60', '60/60') });
    await expect(ledger.post(entry(id, '-0.41', 'b'))).rejects.toMatchObject({ code: 'balance-too-low' });
    await ledger.post(entry(id, '-0.40', 'c'));
    expect([book.balance(id), book.available(id)]).toEqual([money('0.60'), 0]);
  });

  it('lets one of two debits of the whole balance through', async () => {
    const { id } = await open(11, { openingBalance: money('1') });
    const results = await Promise.allSettled([ledger.post(entry(id, '-1', 'a')), ledger.post(entry(id, '-1', 'b'))]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([book.balance(id), book.held(id)]).toEqual([0, 0]);
  });

  it('corrects by a new entry that points at the old one', async () => {
    const { id } = await open(11);
    const first = await ledger.post(entry(id, '100', 'typo'));
    const fixed = await ledger.correct(first.entry.id, {
      amount: money('-90'),
      reason: '10 was meant',
      actor: 'admin:anna',
      idempotencyKey: 'c',
    });
    expect(fixed.entry).toMatchObject({ type: 'correction', correctsId: first.entry.id, endingBalance: money('10') });
    expect((await list(id)).items.map((row) => row.correctedById)).toEqual([null, fixed.entry.id]);
    await expect(ledger.correct(999, { amount: money('1'), reason: 'x', actor: 'y', idempotencyKey: 'z' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('takes an entry back once, in parts or whole, and not once more', async () => {
    const { id } = await open(11);
    const { entry: typo } = await ledger.post(entry(id, '100', 'typo'));
    await ledger.post(entry(id, '50', 'meant'));
    const take = (amount: string, idempotencyKey: string) =>
      ledger.correct(typo.id, { amount: money(amount), reason: 'back', actor: 'admin:anna', idempotencyKey });
    await take('-60', 'c1');
    await expect(take('-41', 'c2')).rejects.toMatchObject({ code: 'over-corrected' });
    await take('-40', 'c3');
    await expect(take('-1', 'c4')).rejects.toMatchObject({ code: 'over-corrected' });
    expect((await take('-40', 'c3')).replayed).toBe(true);
    expect((await list(id)).items[0]?.endingBalance).toBe(money('50'));
  });

  it('leaves the memory alone when the transaction around it is undone', async () => {
    const { id } = await open(11, { openingBalance: money('1') });
    const failing = db.uow.write(async (m) => {
      await accounts.createFor(m, 12, { kind: 'prepaid', actor: 'system', openingBalance: money('3') });
      await ledger.post(entry(id, '5', 'a'));
      await ledger.post(entry(id, '-1', 'b'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([book.balance(id), book.held(id), book.accountOf(12)]).toEqual([money('1'), 0, undefined]);
  });
});

describe('AccountsService', () => {
  it('opens many accounts at once, and changes their terms for the next call', async () => {
    const rows = await db.uow.write((m) =>
      accounts.createMany(
        m,
        Array.from({ length: 7000 }, (_, n) => ({
          subscriberId: 100 + n,
          kind: 'prepaid' as const,
          actor: 'admin:anna',
          openingBalance: micros(n),
        })),
      ),
    );
    expect([rows.length, book.size, book.balance(rows[6999]?.id ?? 0)]).toEqual([7000, 7000, 6999]);
    await db.uow.write((m) => accounts.updateTerms(m, 100, { kind: 'postpaid', creditLimit: money('20'), dailyCap: money('5') }));
    const id = book.accountOf(100) ?? 0;
    expect([book.available(id), book.dailyLeft(id)]).toEqual([money('20'), money('5')]);
    expect(await accounts.termsOf(db.reader.manager, 100)).toEqual({ kind: 'postpaid', creditLimit: money('20'), dailyCap: money('5') });
    await expect(accounts.termsOf(db.reader.manager, 1)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves the terms alone that a change does not name', async () => {
    const [row] = await db.uow.write((m) =>
      accounts.createMany(m, [
        { subscriberId: 9001, kind: 'postpaid' as const, creditLimit: money('20'), dailyCap: money('5'), actor: 'admin:anna' },
      ]),
    );
    const id = row?.id ?? 0;
    await db.uow.write((m) => accounts.updateTerms(m, 9001, { kind: undefined, creditLimit: money('30'), dailyCap: undefined }));
    expect([book.available(id), book.dailyLeft(id)]).toEqual([money('30'), money('5')]);
    await db.uow.write((m) => accounts.updateTerms(m, 9001, { kind: undefined, creditLimit: undefined, dailyCap: null }));
    expect([book.available(id), book.dailyLeft(id)]).toEqual([money('30'), null]);
    expect(await accounts.termsOf(db.reader.manager, 9001)).toEqual({ kind: 'postpaid', creditLimit: money('30'), dailyCap: null });
  });

  it('makes nobody prepaid who owes something', async () => {
    await db.uow.write((m) =>
      accounts.createMany(m, [{ subscriberId: 9002, kind: 'postpaid' as const, creditLimit: money('20'), actor: 'admin:anna' }]),
    );
    const id = book.accountOf(9002) ?? 0;
    await ledger.post({
      accountId: id,
      type: 'adjust',
      amount: money('-3'),
      reason: 'equipment',
      actor: 'admin:anna',
      idempotencyKey: 'owes',
    });
    await expect(db.uow.write((m) => accounts.updateTerms(m, 9002, { kind: 'prepaid' }))).rejects.toMatchObject({
      code: 'balance-negative',
    });
    expect(book.available(id)).toBe(money('17'));
  });
});

/** Small random numbers from a seed. */
function dice(seed: number) {
  let state = seed >>> 0 || 1;
  return (sides: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

describe('ledger and balance (C4.1, C4.2)', () => {
  it('agree after 1,000 random parallel calls, top-ups, debits, hang-ups and crashes', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), randomDay), { numRuns: 3 });
  }, 30_000);

  async function randomDay(seed: number): Promise<void> {
    await db.close();
    db = await openTestDatabase();
    house();
    const roll = dice(seed);
    for (let n = 1; n <= 8; n += 1) {
      await open(n, n % 2 === 0 ? { openingBalance: money('2') } : { kind: 'postpaid', creditLimit: money('1.5') });
    }
    let kill = () => {};
    let clock = new HandClock();
    let cut: string[] = [];
    let charging = start(clock);
    let calls = new Map<string, { answeredAt: number | null; call: ReturnType<typeof paidCall> }>();
    const pending: Promise<unknown>[] = [];

    function start(at: HandClock): AccountCharging {
      let dead = false;
      const until = <T>(work: () => Promise<T>) => (dead ? new Promise<T>(() => {}) : work());
      const store = new CallStore({
        write: (work) => until(() => db.uow.write(work)),
        statement: (work) => until(() => db.uow.statement(work)),
      });
      const fresh = new AccountCharging({ book, store, clock: at });
      kill = () => {
        dead = true;
      };
      fresh.onCutOff = (callId) => cut.push(callId);
      fresh.start();
      return fresh;
    }

    const finish = (callId: string) => {
      const open = calls.get(callId);
      if (!open) return;
      calls.delete(callId);
      // Without an answer, or a BYE a little after the cut.
      const talk = open.answeredAt === null ? 0 : Math.max(1, clock.now() - open.answeredAt + roll(300));
      charging.finished(callRecord(open.call, talk));
    };

    for (let n = 0; n < 1000; n += 1) {
      const accountId = 1 + roll(8);
      const kind = roll(100);
      if (kind < 35) {
        const call = paidCall(
          `${seed}-${n}`,
          accountId,
          rateOf(`0.${10 + roll(80)}`, ['1/1', '60/60', '30/6'][roll(3)], { connectFee: micros(roll(3) * 10_000) }),
        );
        if (charging.authorise(call).ok) calls.set(call.callId, { answeredAt: null, call });
      } else if (kind < 60) {
        const [ringing] = [...calls.values()].filter((open) => open.answeredAt === null);
        if (ringing) {
          ringing.answeredAt = clock.now();
          pending.push(charging.answered(ringing.call.callId, { mono: clock.now(), wall: Date.now() }));
        }
      } else if (kind < 75) {
        const open = [...calls.keys()];
        finish(open[roll(open.length)] ?? '');
      } else if (kind < 90) {
        const amount = micros((roll(3) - 1) * roll(900_000));
        const key = `${seed}-${roll(400)}-${accountId}-${amount}`;
        pending.push(
          ledger.post({ accountId, type: 'topup', amount, reason: 'r', actor: 'a', idempotencyKey: key }).catch(() => undefined),
        );
      } else if (kind < 99) {
        clock.advance(roll(9000));
        for (const callId of cut.splice(0)) finish(callId);
      } else {
        // The process dies: what is in memory is gone, what is on disk counts.
        await Promise.all(pending.splice(0));
        kill();
        await db.uow.statement((m) => m.query('SELECT 1'));
        await recoverCalls(db.uow);
        calls = new Map();
        cut = [];
        house();
        await loadAccounts((sql) => db.reader.query(sql), book, 0);
        clock = new HandClock();
        charging = start(clock);
      }
      for (let id = 1; id <= 8; id += 1) expect(book.balance(id)).toBeGreaterThanOrEqual(id % 2 === 0 ? 0 : -1_500_000);
    }
    for (const callId of [...calls.keys()]) finish(callId);
    await Promise.all(pending);
    await charging.stop();
    const rows = await db.reader.query(
      `SELECT a."id", a."balance", a."creditLimit", (SELECT COALESCE(SUM(l."amount"), 0) FROM "ledger_entries" l WHERE l."accountId" = a."id") AS "sum" FROM "accounts" a`,
    );
    expect(rows).toHaveLength(8);
    for (const row of rows) {
      expect(row.sum).toBe(row.balance);
      expect(row.balance).toBeGreaterThanOrEqual(-row.creditLimit);
      expect([book.balance(row.id), book.held(row.id)]).toEqual([row.balance, 0]);
    }
    expect([...book.holds()]).toEqual([]);
    expect(await db.reader.query('SELECT * FROM "call_journal"')).toEqual([]);
  }
});
