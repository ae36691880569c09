import { describe, expect, it } from 'vitest';
import { micros } from '../money/money.ts';
import type { AccountRow } from './account.ts';
import { AccountBook } from './account-book.ts';
import { Calendar } from './calendar-day.ts';
import { DueList } from './due-list.ts';
import { affordableSeconds, price } from './price.ts';
import { money, rateOf } from './testing.ts';

const second = 1000;

function bookWith(balance: string, o: Partial<AccountRow> = {}, slice = 60) {
  const book = new AccountBook({ sliceSeconds: slice, wall: () => Date.UTC(2026, 5, 1, 12) });
  book.upsert({ id: 1, subscriberId: 11, kind: 'prepaid', balance: money(balance), creditLimit: money('0'), dailyCap: null, ...o });
  const cuts: [string, string, number][] = [];
  let now = 0;
  book.onCutOff = (callId, why) => cuts.push([callId, why, now]);
  /** Lets the clock run to `until`, in ticks of 50 ms. */
  const run = (until: number) => {
    for (; now < until; now += 50) book.tick(now);
    now = until;
    book.tick(now);
  };
  const state = () => [book.balance(1), book.held(1), book.available(1)];
  return { book, cuts, run, state };
}

const rate60 = rateOf('0.60', '1/1');

describe('AccountBook', () => {
  it('R-52, R-53, R-54: two calls share one balance, the last cent is cut at its last second', () => {
    const { book, cuts, run, state } = bookWith('1.00');
    for (const callId of ['one', 'two']) {
      expect(book.authorise({ callId, accountId: 1, rate: rate60 })).toEqual({ ok: true });
      book.answered(callId, 0);
    }
    expect([book.hold('one')?.amount, book.hold('two')?.amount]).toEqual([money('0.60'), money('0.40')]);
    expect(book.available(1)).toBe(0);
    expect(book.authorise({ callId: 'three', accountId: 1, rate: rate60 })).toEqual({ ok: false, code: 'no-credit' });

    run(25 * second);
    expect(book.settle('one', 25 * second)?.cost).toBe(money('0.25'));
    expect(state()).toEqual([money('0.75'), money('0.40'), money('0.35')]);

    run(30 * second);
    expect(book.hold('two')).toMatchObject({ amount: money('0.75'), paidSeconds: 75 });
    run(80 * second);
    expect(cuts).toEqual([['two', 'credit', 75 * second]]);
    // The BYE takes its time; what lies past the last paid second is not charged.
    expect(book.settle('two', 75_180)).toMatchObject({ cost: money('0.75'), talkMs: 75 * second });
    expect(state()).toEqual([0, 0, 0]);
  });

  it('R-55: without holds the same two calls would end at -1.00', () => {
    const alone = affordableSeconds(rate60, money('1.00'));
    expect(alone).toEqual({ ok: true, seconds: 100 });
    expect(money('1.00') - 2 * price(rate60, 100 * second).cost).toBe(money('-1.00'));
  });

  it('a call that cannot be ended does not let others talk on, and is asked for again', () => {
    const { book, run } = bookWith('1.20');
    const asked: string[] = [];
    book.onCutOff = (callId) => {
      asked.push(callId);
      if (callId === 'one' && asked.length < 3) throw new Error('no way to the phone');
    };
    for (const callId of ['one', 'two']) book.authorise({ callId, accountId: 1, rate: rateOf('0.60', '30/30') });
    for (const callId of ['one', 'two']) book.answered(callId, 0);
    expect(() => run(62 * second)).not.toThrow();
    expect(asked.toSorted()).toEqual(['one', 'one', 'two']);
  });

  it('R-56: seven slices of 180 s are held for 1230 s, and the rest is released', () => {
    const { book, run, state } = bookWith('60.00', {}, 180);
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0);
    run(1230 * second);
    expect(book.held(1)).toBe(money('12.60'));
    expect(book.settle('a', 1230 * second)?.cost).toBe(money('12.30'));
    expect(state()).toEqual([money('47.70'), 0, money('47.70')]);
  });

  it('R-67: the daily cap ends the call with its own reason', () => {
    const { book, cuts, run } = bookWith('100', { dailyCap: money('20.00') });
    book.countSpent(1, money('18.50'));
    expect(book.setAside(1, money('1.00'))).toBe(true); // held by others
    expect(book.dailyLeft(1)).toBe(money('0.50'));
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0);
    run(60 * second);
    expect(cuts).toEqual([['a', 'daily-cap', 50 * second]]);
    book.settle('a', 50_020);
    expect(book.spentToday(1)).toBe(money('19.00'));
    expect(book.authorise({ callId: 'b', accountId: 1, rate: rate60 })).toEqual({ ok: false, code: 'daily-cap' });
  });

  it('starts the daily cap anew at midnight of the operator, wherever the machine stands', () => {
    let now = Date.parse('2026-06-01T14:59:00Z');
    const calendar = new Calendar('Asia/Tokyo');
    const book = new AccountBook({ wall: () => now, calendar });
    book.upsert({ id: 1, subscriberId: 11, kind: 'prepaid', balance: money('9'), creditLimit: money('0'), dailyCap: money('2') });
    book.countSpent(1, money('2.00'));
    expect(book.dailyLeft(1)).toBe(0);
    now += 60_000;
    expect(book.dailyLeft(1)).toBe(money('2.00'));
    // Another zone with the same date does not refill the cap.
    book.countSpent(1, money('0.50'));
    calendar.timeZone = 'Pacific/Auckland';
    expect(book.dailyLeft(1)).toBe(money('1.50'));
  });

  it('lets one of 30 calls at the same instant through on credit for one', () => {
    const { book } = bookWith('0.0239');
    const rate = rateOf('0.0120', '60/60');
    const results = Array.from({ length: 30 }, (_, n) => book.authorise({ callId: `${n}`, accountId: 1, rate }).ok);
    expect(results.filter(Boolean)).toHaveLength(1);
    for (let n = 0; n < 30; n += 1) book.release(`${n}`);
    expect([book.held(1), [...book.holds()].length]).toEqual([0, 0]);
  });

  it('cuts a postpaid account at its limit, not at zero', () => {
    const { book, cuts, run } = bookWith('-40', { kind: 'postpaid', creditLimit: money('50') });
    book.authorise({ callId: 'a', accountId: 1, rate: rateOf('0.25', '60/60', { connectFee: money('0.05') }) });
    book.answered('a', 0);
    run(2400 * second);
    expect(cuts).toEqual([['a', 'credit', 2340 * second]]);
    book.settle('a', 2340 * second);
    expect(book.balance(1)).toBe(money('-49.80'));
  });

  it('goes on when money comes in before the last second', () => {
    const { book, cuts, run } = bookWith('0.30');
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0);
    run(29 * second);
    book.post(1, money('0.10'));
    run(39 * second);
    expect(cuts).toEqual([]);
    run(45 * second);
    expect(cuts).toEqual([['a', 'credit', 40 * second]]);
  });

  it('ends a call at its longest duration', () => {
    const { book, cuts, run } = bookWith('10');
    book.authorise({ callId: 'a', accountId: 1, rate: rateOf('0.0120'), maxSeconds: 90 });
    book.answered('a', 0);
    run(100 * second);
    expect(cuts).toEqual([['a', 'max-duration', 90 * second]]);
    expect(book.settle('a', 90_400)?.cost).toBe(money('0.0180'));
  });

  it('keeps a free call going without money', () => {
    const { book, cuts, run, state } = bookWith('0');
    expect(book.authorise({ callId: 'a', accountId: 1, rate: rateOf('0', '60/60') })).toEqual({ ok: true });
    book.answered('a', 0);
    run(200 * second);
    expect(cuts).toEqual([]);
    expect(book.settle('a', 200 * second)?.cost).toBe(0);
    expect(state()).toEqual([0, 0, 0]);
  });

  it('takes the version in force at the answer, if it can be paid', () => {
    const dearer = rateOf('1.20', '1/1', { version: 2 });
    const { book } = bookWith('5');
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0, dearer);
    expect(book.settle('a', 60 * second)).toMatchObject({ cost: money('1.20'), rate: { version: 2 } });
    const poor = bookWith('0.01');
    poor.book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    poor.book.answered('a', 0, dearer);
    expect(poor.book.settle('a', 1 * second)).toMatchObject({ cost: money('0.01'), rate: { version: 1 } });
  });

  it('charges a call no more than there is when the ticks did not come', () => {
    const { book } = bookWith('0.90');
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0);
    expect(book.settle('a', 120 * second)?.cost).toBe(money('0.90'));
    expect(book.balance(1)).toBe(0);
  });

  it('knows accounts by subscriber, tells what changed, and refuses who has no account', () => {
    const { book } = bookWith('1');
    expect([book.accountOf(11), book.accountOf(12), book.size]).toEqual([1, undefined, 1]);
    expect(book.authorise({ callId: 'x', accountId: 9, rate: rate60 })).toEqual({ ok: false, code: 'no-credit' });
    expect(() => book.balance(9)).toThrow('no account 9');
    book.upsert({ id: 1, subscriberId: 11, kind: 'postpaid', balance: money('77'), creditLimit: money('5'), dailyCap: money('2') });
    expect([book.balance(1), book.available(1), book.dailyLeft(1)]).toEqual([money('1'), money('6'), money('2')]);
    expect([...book.takeChanged()].map((account) => account.id)).toEqual([1]);
    expect([...book.takeChanged()]).toEqual([]);
  });

  it('does not give away money that a debit has set aside', () => {
    const { book } = bookWith('1');
    expect(book.setAside(1, money('0.995'))).toBe(true);
    expect(book.setAside(1, money('0.01'))).toBe(false);
    expect(book.authorise({ callId: 'a', accountId: 1, rate: rate60 }).ok).toBe(false);
    book.giveBack(1, money('0.995'));
    book.post(1, micros(-money('0.995')));
    expect(book.available(1)).toBe(money('0.005'));
  });

  it('keeps what a call was granted when the limit is lowered while it talks, and grants no more', () => {
    const { book, cuts, run } = bookWith('0', { kind: 'postpaid', creditLimit: money('1') });
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    book.answered('a', 0);
    book.upsert({ id: 1, subscriberId: 11, kind: 'postpaid', balance: money('0'), creditLimit: money('0.10'), dailyCap: null });
    expect(book.available(1)).toBe(money('-0.50'));
    run(70 * second);
    expect(cuts).toEqual([['a', 'credit', 60 * second]]);
    expect(book.settle('a', 60_100)?.cost).toBe(money('0.60'));
  });

  it('quotes a call anew that goes on by another way before it is answered', () => {
    const { book } = bookWith('1');
    book.authorise({ callId: 'a', accountId: 1, rate: rateOf('0.90', '60/60') });
    expect(book.authorise({ callId: 'a', accountId: 1, rate: rateOf('0.30', '60/60') })).toEqual({ ok: true });
    expect(book.held(1)).toBe(money('0.30'));
    book.answered('a', 0);
    expect(() => book.authorise({ callId: 'a', accountId: 1, rate: rate60 })).toThrow('answered already');
  });

  it('follows a call: running cost, never more than what is paid', () => {
    const { book } = bookWith('1');
    book.authorise({ callId: 'a', accountId: 1, rate: rate60 });
    expect(book.runningCost('a', 500)).toBe(0);
    book.answered('a', 1000);
    expect([book.runningCost('a', 1000), book.runningCost('a', 11_000), book.runningCost('a', 500_000)]).toEqual([
      money('0.01'),
      money('0.10'),
      money('0.60'),
    ]);
  });
});

describe('DueList', () => {
  it('gives entries at their time, never early, at most one bucket late, and forgets what was moved or cleared', () => {
    const list = new DueList<{ dueAt: number; name: string }>();
    const entry = (name: string) => ({ dueAt: -1, name });
    const [a, b, c] = [entry('a'), entry('b'), entry('c')];
    list.set(a, 101);
    list.set(b, 120);
    list.set(c, 100);
    list.clear(c);
    list.set(b, 400);
    expect(list.take(100)).toEqual([]);
    expect(list.take(150)).toEqual([a]);
    list.set(a, 20); // in the past: due at once
    expect(list.take(200)).toEqual([a]);
    expect(list.take(90_000)).toEqual([b]);
    expect(list.take(90_050)).toEqual([]);
  });
});
