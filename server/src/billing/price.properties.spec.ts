import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Micros, micros, ROUNDINGS, stepOfScale } from '../money/money.ts';
import { AccountBook } from './account-book.ts';
import { affordableSeconds, explainPrice, price } from './price.ts';
import { RATE_LIMITS, type RateSnapshot, type RateTier } from './rate.ts';
import { rateOf } from './testing.ts';

const amount = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max })).map(micros);
const increment = fc.constantFrom(1, 6, 12, 30, 60, 180);

const tiers: fc.Arbitrary<RateTier[] | undefined> = fc.option(
  fc
    .uniqueArray(fc.record({ fromSecond: fc.integer({ min: 1, max: 900 }), pricePerMinute: amount(2_000_000), increment }), {
      maxLength: 3,
      selector: (tier) => tier.fromSecond,
    })
    .map((list) => list.sort((a, b) => a.fromSecond - b.fromSecond)),
  { nil: undefined, freq: 4 },
);

const rates: fc.Arbitrary<RateSnapshot> = fc
  .record({
    pricePerMinute: amount(2_000_000),
    connectFee: amount(300_000),
    firstIncrement: increment,
    nextIncrement: increment,
    minCharge: amount(200_000),
    freeSeconds: fc.constantFrom(0, 0, 5, 30),
    graceSeconds: fc.constantFrom(0, 0, 3),
    connectDeductible: fc.boolean(),
    cap: fc.option(fc.record({ maxCost: amount(5_000_000), maxCostAction: fc.constantFrom('free' as const, 'disconnect' as const) }), {
      freq: 5,
    }),
    tiers,
    scale: fc.integer({ min: 2, max: 6 }),
    rounding: fc.constantFrom(...ROUNDINGS),
  })
  .map(({ cap, tiers: list, ...rest }) => rateOf('0', '1/1', { ...rest, ...(list && { tiers: list }), ...(cap ?? {}) }));

/** One price function: whoever asks, the call costs the same (C4.6). */
function agree(rate: RateSnapshot, seconds: number, available: Micros): void {
  const quoted = explainPrice(rate, seconds * 1000);
  const granted = affordableSeconds(rate, available, 7200);
  const book = new AccountBook({ sliceSeconds: 60, wall: () => 0 });
  book.upsert({ id: 1, subscriberId: 1, kind: 'prepaid', balance: available, creditLimit: micros(0), dailyCap: null });
  const authorised = book.authorise({ callId: 'c', accountId: 1, rate, maxSeconds: 7200 });
  if (authorised.ok !== granted.ok) throw new Error('the authoriser and the quote differ');
  if (!granted.ok) return;
  book.answered('c', 0);
  const talk = Math.min(seconds, granted.seconds);
  const settled = book.settle('c', talk * 1000);
  if (settled?.cost !== price(rate, talk * 1000).cost) throw new Error('the final rating differs');
  if (talk === seconds && settled.cost !== quoted.cost) throw new Error('the quote and the CDR differ');
  if (book.balance(1) < 0 || book.held(1) !== 0) throw new Error('balance or hold');
}

describe('price: invariants (5-rating C4)', () => {
  it('C4.3: cost is monotone in duration', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 0, max: 900 }), (rate, seconds, more) => {
        expect(price(rate, (seconds + more) * 1000).cost).toBeGreaterThanOrEqual(price(rate, seconds * 1000).cost);
      }),
      { numRuns: 5000 },
    );
  });

  it('C4.3: the time granted is affordable, and one second more is not', () => {
    fc.assert(
      fc.property(rates, amount(20_000_000), (rate, available) => {
        const most = 7200;
        const granted = affordableSeconds(rate, available, most);
        const cap = rate.maxCostAction === 'disconnect' ? Math.min(available, rate.maxCost ?? available) : available;
        if (!granted.ok) {
          // Refused: not even the first increment.
          expect(price(rate, Math.max(rate.freeSeconds, rate.graceSeconds) * 1000 + 1).cost).toBeGreaterThan(cap);
          return;
        }
        expect(price(rate, granted.seconds * 1000).cost).toBeLessThanOrEqual(available);
        if (granted.seconds < most) expect(price(rate, granted.seconds * 1000 + 1).cost).toBeGreaterThan(cap);
      }),
      { numRuns: 20_000 },
    );
  });

  it('C4.6: quote, INVITE check and CDR agree on 100,000 random inputs', () => {
    fc.assert(fc.property(rates, fc.integer({ min: 1, max: 4000 }), amount(20_000_000), agree), { numRuns: 100_000 });
  }, 60_000);

  it('C4.4: rating twice with the stored snapshot gives the same number', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 9_000_000 }), (rate, talkMs) => {
        const stored = JSON.parse(JSON.stringify(rate)) as RateSnapshot;
        expect(price(stored, talkMs)).toEqual(price(rate, talkMs));
        expect(explainPrice(stored, talkMs)).toMatchObject(price(rate, talkMs));
      }),
      { numRuns: 2000 },
    );
  });

  it('C4.7: every number has exactly one price or an explicit refusal at every minute', () => {
    // Time of day comes later; until then a price is the same at every minute of the week and never throws within the limits.
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 10 * 86_400_000 }), (rate, talkMs) => {
        const { cost } = price(rate, talkMs);
        expect(cost % stepOfScale(rate.scale) === 0 || cost === rate.maxCost).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact up to the limits of a rate and a call of 10 days', () => {
    const rate = rateOf('10000', '1/1', { connectFee: micros(RATE_LIMITS.money) });
    expect(price(rate, 10 * 86_400_000).cost).toBe(10_000_000_000 * (14_400 + 1));
    expect(affordableSeconds(rate, micros(Number.MAX_SAFE_INTEGER))).toEqual({ ok: true, seconds: 86_400 });
  });
});
