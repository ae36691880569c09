import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { micros } from '../money/money.ts';
import { AccountBook } from './account-book.ts';
import { AccountCharging, type ChargingOptions } from './account-charging.ts';
import { recoverCalls } from './call-recovery.ts';
import { CallStore } from './call-store.ts';
import { appendEntries } from './ledger-entries.ts';
import { callRecord, HandClock, money, paidCall, rateOf } from './testing.ts';

const second = 1000;
const wall = 1_780_000_002_000;
const rate = rateOf('0.60', '1/1');

let db: TestDatabase;
beforeEach(async () => {
  db = await openTestDatabase();
});
afterEach(() => db.close());

const query = (sql: string) => db.reader.query(sql);

/** Accounts 1..n with the same balance, and the charging as a server runs it. */
async function house(balance: string, count = 1, options: Partial<ChargingOptions> = {}) {
  await db.uow.write(async (m) => {
    for (let id = 1; id <= count; id += 1) {
      await m.query(
        `INSERT INTO "accounts" ("id", "subscriberId", "kind", "balance", "creditLimit", "createdAt") VALUES (${id}, ${id}, 'prepaid', 0, 0, 0)`,
      );
      const amount = money(balance);
      await appendEntries(
        m,
        [{ accountId: id, type: 'topup', amount, reason: 'cash', actor: 'admin:anna', idempotencyKey: `t${id}` }],
        wall,
      );
    }
  });
  return start(options);
}

/** What a start does: recover, read the accounts, go. */
async function start(options: Partial<ChargingOptions> = {}) {
  const recovered = await recoverCalls(db.uow, wall);
  const book = new AccountBook({ wall: () => wall });
  for (const row of await query('SELECT "id", "balance" FROM "accounts"')) {
    book.upsert({ ...row, subscriberId: row.id, kind: 'prepaid', creditLimit: money('0'), dailyCap: null });
  }
  const clock = new HandClock();
  const store = new CallStore(db.uow);
  const charging = new AccountCharging({ book, store, clock, ...options });
  charging.start();
  const cuts: string[] = [];
  charging.onCutOff = (callId, why) => cuts.push(`${callId} ${why}`);
  return { book, clock, store, charging, cuts, recovered };
}

const sums = () =>
  query(
    `SELECT a."id", a."balance", (SELECT SUM(l."amount") FROM "ledger_entries" l WHERE l."accountId" = a."id") AS "sum" FROM "accounts" a`,
  );

describe('AccountCharging', () => {
  it('lets no new call cost money while it is blocked, and goes on with the running ones (A-25)', async () => {
    const { book, clock, charging } = await house('1.00');
    const call = paidCall('a', 1, rate);
    expect(charging.authorise(call)).toEqual({ ok: true });
    await charging.answered('a', { mono: 0, wall });
    charging.blocked = 'clock-not-set';
    expect(charging.authorise(paidCall('b', 1, rate))).toEqual({ ok: false, code: 'clock-not-set' });
    clock.advance(30 * second);
    // The wall clock went back a day meanwhile: only the monotonic one counts.
    charging.finished({ ...callRecord(call, 30 * second), endedAt: wall - 86_400_000 });
    await charging.stop();
    expect(book.balance(1)).toBe(money('0.70'));
    charging.blocked = undefined;
    expect(charging.authorise(paidCall('c', 1, rate))).toEqual({ ok: true });
  });

  it('writes CDR, ledger entry and balance that agree to the last micro-unit', async () => {
    const { book, clock, charging } = await house('1.00');
    const call = paidCall('a', 1, rateOf('0.0105', '1/1'));
    expect(charging.authorise(call)).toEqual({ ok: true });
    await charging.answered('a', { mono: 0, wall, gatewayId: 9 });
    expect(await query('SELECT "id", "answeredAt" FROM "call_journal"')).toEqual([{ id: 1, answeredAt: wall }]);
    clock.advance(94_500);
    expect(charging.snapshot('a')).toMatchObject({ runningCost: money('0.0166'), paidSeconds: 120 });
    charging.finished(callRecord(call, 94_500));
    await charging.stop();
    expect(await query('SELECT "callId", "accountId", "cost", "billedSeconds", "talkMs", "destination" FROM "cdrs"')).toEqual([
      { callId: 'a', accountId: 1, cost: 16_600, billedSeconds: 95, talkMs: 94_500, destination: 'United Kingdom' },
    ]);
    expect(await query(`SELECT "amount", "endingBalance", "idempotencyKey", "actor" FROM "ledger_entries" WHERE "callId" = 'a'`)).toEqual([
      { amount: -16_600, endingBalance: 983_400, idempotencyKey: 'call:a:charge', actor: 'system' },
    ]);
    expect(await sums()).toEqual([{ id: 1, balance: 983_400, sum: 983_400 }]);
    expect([book.balance(1), book.held(1)]).toEqual([983_400, 0]);
    expect(await query('SELECT * FROM "call_journal"')).toEqual([]);
  });

  it('cuts at zero: the CDR has the whole balance, not a micro-unit more', async () => {
    const { book, clock, charging, cuts } = await house('1.00');
    const call = paidCall('a', 1, rate);
    charging.authorise(call);
    await charging.answered('a', { mono: 0, wall });
    clock.advance(120 * second);
    expect(cuts).toEqual(['a credit']);
    charging.finished(callRecord(call, 100_240, { endedBy: 'credit' }));
    await charging.stop();
    expect(book.balance(1)).toBe(0);
    expect(await query('SELECT "cost", "talkMs", "endedBy" FROM "cdrs"')).toEqual([
      { cost: 1_000_000, talkMs: 100_000, endedBy: 'credit' },
    ]);
  });

  it('records calls that nobody pays and calls that were not answered, without a charge', async () => {
    const { book, charging } = await house('1.00');
    const unanswered = paidCall('b', 1, rate);
    charging.authorise(unanswered);
    charging.finished(callRecord(unanswered, 0));
    charging.finished(callRecord(paidCall('c', 1, rate), 30_000, { accountId: null, rate: null, direction: 'internal', e164: null }));
    await charging.answered('c', { mono: 0, wall }); // not authorised: nothing to wait for
    await charging.stop();
    expect(await query('SELECT "callId", "cost", "accountId" FROM "cdrs" ORDER BY "callId"')).toEqual([
      { callId: 'b', cost: 0, accountId: 1 },
      { callId: 'c', cost: 0, accountId: null },
    ]);
    expect([book.held(1), await query('SELECT COUNT(*) AS n FROM "ledger_entries"')]).toEqual([0, [{ n: 1 }]]);
  });

  it('charges the first increment of a call that ended in the millisecond of its answer', async () => {
    const { charging } = await house('1.00');
    const call = paidCall('a', 1, rate);
    charging.authorise(call);
    await charging.answered('a', { mono: 0, wall });
    charging.finished(callRecord(call, 0, { answeredAt: wall, status: 200 }));
    await charging.stop();
    expect(await query('SELECT "cost", "billedSeconds" FROM "cdrs"')).toEqual([{ cost: 10_000, billedSeconds: 1 }]);
  });

  it('does not charge a call that could not be written down', async () => {
    const { book, charging, store } = await house('1.00');
    store.open = () => Promise.reject(new Error('disk full'));
    const call = paidCall('a', 1, rate);
    charging.authorise(call);
    await expect(charging.answered('a', { mono: 0, wall })).rejects.toThrow('disk full');
    charging.finished(callRecord(call, 3, { status: 500 }));
    await charging.stop();
    expect(await query('SELECT "cost", "status" FROM "cdrs"')).toEqual([{ cost: 0, status: 500 }]);
    expect([book.balance(1), book.held(1)]).toEqual([money('1.00'), 0]);
  });

  it('R-35: rates by the version in force when the call was answered', async () => {
    const newer = rateOf('0.90', '1/1', { version: 2 });
    const { charging } = await house('5.00', 1, {
      rateAt: (tariffId, e164, at) => (tariffId === 3 && e164.startsWith('44') && at === wall ? newer : undefined),
    });
    const call = paidCall('a', 1, rate, { tariffId: 3 });
    charging.authorise(call);
    await charging.answered('a', { mono: 0, wall });
    charging.finished(callRecord(call, 20 * second));
    await charging.stop();
    const [cdr] = await query('SELECT "cost", "rate" FROM "cdrs"');
    expect([cdr.cost, JSON.parse(cdr.rate)]).toEqual([300_000, newer]);
  });

  it('R-57: a power cut at 100 s, last heartbeat at 95 s, is charged 0.95 and marked recovered', async () => {
    const { clock, charging } = await house('10.00');
    charging.authorise(paidCall('a', 1, rate));
    await charging.answered('a', { mono: 0, wall });
    for (let beat = 0; beat < 20; beat += 1) {
      clock.advance(5 * second - 1);
      await new Promise((done) => setTimeout(done, 15)); // lets the heartbeat reach the disk
    }
    const [heartbeat] = await query('SELECT "mono" FROM "call_heartbeat"');
    expect(heartbeat.mono).toBeGreaterThanOrEqual(90 * second);
    await db.uow.write((m) => m.query(`UPDATE "call_heartbeat" SET "mono" = ${95 * second}`));

    const again = await start();
    expect(again.recovered).toBe(1);
    expect(await query('SELECT "callId", "cost", "talkMs", "endedBy", "gatewayId", "answeredAt" FROM "cdrs"')).toEqual([
      { callId: 'a', cost: 950_000, talkMs: 95_000, endedBy: 'recovered', gatewayId: 7, answeredAt: wall },
    ]);
    expect([again.book.balance(1), again.book.held(1)]).toEqual([money('9.05'), 0]);
    expect(await sums()).toEqual([{ id: 1, balance: 9_050_000, sum: 9_050_000 }]);
    expect((await start()).recovered).toBe(0);
    charging.finished(callRecord(paidCall('x', 1, rate), 0, { accountId: null }));
    await charging.stop();
    await again.charging.stop();
  });

  it('a kill in the middle of 200 paid calls leaves one CDR each, no hold, and a ledger that sums up', async () => {
    const { clock, charging, store } = await house('3.00', 20);
    const calls = Array.from({ length: 200 }, (_, n) => paidCall(`call-${n}`, 1 + (n % 20), rate));
    const answered = calls.filter((call) => charging.authorise(call).ok).slice(0, 150);
    await Promise.all(answered.map((call) => charging.answered(call.callId, { mono: clock.now(), wall })));
    clock.advance(5 * second); // a heartbeat
    for (const call of answered.slice(0, 60)) charging.finished(callRecord(call, 5 * second));
    await store.drain();
    for (const call of answered.slice(60, 80)) charging.finished(callRecord(call, 5 * second)); // these do not reach the disk
    const again = await start();
    await store.drain().catch(() => undefined);
    const cdrs = await query('SELECT "callId", COUNT(*) AS "n" FROM "cdrs" GROUP BY "callId"');
    expect(cdrs).toHaveLength(150);
    expect(cdrs.every((row: { n: number }) => row.n === 1)).toBe(true);
    expect(again.recovered).toBe(90);
    for (const row of await sums()) {
      expect(row.balance).toBe(row.sum);
      expect(row.balance).toBeGreaterThanOrEqual(0);
      expect([again.book.balance(row.id), again.book.held(row.id)]).toEqual([row.balance, 0]);
    }
    await again.charging.stop();
    await charging.stop();
  });

  describe('calls that nobody pays', () => {
    const free = paidCall('free', 1, rate).record;
    const unpaid = { ...free, toSubscriberId: 2, e164: null, gatewayId: null, direction: 'internal', startedAt: wall - 3000 } as const;
    const record = (talkMs: number) => callRecord(paidCall('free', 1, rate), talkMs, { ...unpaid, accountId: null, rate: null });
    const journal = () => query('SELECT "answeredMono" FROM "call_journal"');

    it('have one CDR, marked recovered, after a kill while they talk', async () => {
      const { clock, charging, store } = await house('1.00');
      charging.talking('free', { mono: 0, wall }, () => unpaid);
      clock.advance(600);
      await store.drain();
      expect(await journal()).toEqual([{ answeredMono: 0 }]);
      clock.advance(4400);
      await charging.sweep(); // the heartbeat is on disk
      const again = await start();
      expect(again.recovered).toBe(1);
      expect(await query('SELECT "callId", "toSubscriberId", "accountId", "cost", "talkMs", "endedBy", "direction" FROM "cdrs"')).toEqual([
        { callId: 'free', toSubscriberId: 2, accountId: null, cost: 0, talkMs: 5000, endedBy: 'recovered', direction: 'internal' },
      ]);
      expect(await journal()).toEqual([]);
      await again.charging.stop();
      await charging.stop();
    });

    it('leave no row behind when they end, and none at all when they were short', async () => {
      const { clock, charging, store } = await house('1.00');
      charging.talking('free', { mono: 0, wall }, () => unpaid);
      clock.advance(600);
      charging.finished(record(600));
      charging.talking('short', { mono: 600, wall }, () => unpaid);
      charging.finished({ ...record(100), callId: 'short' });
      clock.advance(1000);
      const opened = vi.spyOn(store, 'open');
      await charging.stop();
      expect(opened).not.toHaveBeenCalled();
      expect(await journal()).toEqual([]);
      expect(await query('SELECT "callId", "endedBy" FROM "cdrs" ORDER BY "callId"')).toEqual([
        { callId: 'free', endedBy: 'caller' },
        { callId: 'short', endedBy: 'caller' },
      ]);
      expect((await start()).recovered).toBe(0);
    });

    it('are written down at their end although the journal refused them', async () => {
      const faults: string[] = [];
      const { clock, charging, store } = await house('1.00', 1, { onFault: (what) => faults.push(what) });
      store.open = () => Promise.reject(new Error('disk full'));
      charging.talking('free', { mono: 0, wall }, () => unpaid);
      clock.advance(600);
      charging.finished(record(600));
      await new Promise((done) => setTimeout(done, 5));
      await charging.stop();
      expect(faults).toHaveLength(1);
      expect(await query('SELECT "callId" FROM "cdrs"')).toEqual([{ callId: 'free' }]);
    });

    it('are not those that somebody pays', async () => {
      const { clock, charging, store } = await house('1.00');
      charging.authorise(paidCall('a', 1, rate));
      charging.talking('a', { mono: 0, wall }, () => unpaid);
      clock.advance(600);
      await store.drain();
      expect(await journal()).toEqual([]);
      charging.finished(callRecord(paidCall('a', 1, rate), 0));
      await charging.stop();
    });
  });

  it('does not lose a record when the disk refuses for a while', async () => {
    const faults: string[] = [];
    const { clock, charging, store } = await house('1.00', 1, { onFault: (what) => faults.push(what) });
    const close = store.close.bind(store);
    let refuse = true;
    store.close = (call) => (refuse ? Promise.reject(new Error('disk full')) : close(call));
    charging.finished(callRecord(paidCall('a', 1, rate), 0, { accountId: null }));
    await new Promise((done) => setTimeout(done, 5));
    refuse = false;
    clock.advance(1100);
    await charging.stop();
    expect(faults).toHaveLength(1);
    expect(await query('SELECT "callId" FROM "cdrs"')).toEqual([{ callId: 'a' }]);
  });

  it('sweeps: tells talking calls from journal rows that nobody owns', async () => {
    const { charging } = await house('1.00');
    charging.authorise(paidCall('a', 1, rate));
    await charging.answered('a', { mono: 0, wall });
    expect(await charging.sweep()).toEqual({ talking: 1, unwritten: 0, orphans: 0 });
    await db.uow.write((m) => m.query('INSERT INTO "call_journal" VALUES (99, 0, 0, ?)', [JSON.stringify(paidCall('lost', 1, rate))]));
    expect((await charging.sweep()).orphans).toBe(0);
    expect((await charging.sweep()).orphans).toBe(1);
    charging.finished(callRecord(paidCall('a', 1, rate), 1000));
    await charging.stop();
    expect((await start()).recovered).toBe(1);
  });

  it('does not stumble at the start over a journal row whose call was recorded', async () => {
    const { charging } = await house('1.00');
    const call = paidCall('a', 1, rate);
    charging.finished(callRecord(call, 0, { accountId: null }));
    await charging.stop();
    await db.uow.write((m) => m.query('INSERT INTO "call_journal" VALUES (5, 0, 0, ?)', [JSON.stringify(call)]));
    expect((await start()).recovered).toBe(1);
    expect(await query('SELECT "callId", "endedBy" FROM "cdrs"')).toEqual([{ callId: 'a', endedBy: 'caller' }]);
    expect(await query('SELECT * FROM "call_journal"')).toEqual([]);
  });

  it('refuses a change or a removal of a ledger entry', async () => {
    await house('1.00');
    for (const sql of ['UPDATE "ledger_entries" SET "amount" = 5', 'DELETE FROM "ledger_entries"']) {
      await expect(db.uow.write((m) => m.query(sql))).rejects.toThrow('append-only');
    }
    expect(micros((await sums())[0].sum)).toBe(money('1.00'));
  });
});
