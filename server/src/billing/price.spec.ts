import { describe, expect, it } from 'vitest';
import { micros, parseMoney, roundRatio } from '../money/money.ts';
import { affordableSeconds, explainPrice, price } from './price.ts';
import type { RateSnapshot } from './rate.ts';
import { findRate, RateTable, type Tariff } from './rate-table.ts';
import { money, rateOf } from './testing.ts';

interface Vector {
  row: number;
  talk: number;
  rate: Partial<RateSnapshot>;
  billed: number;
  cost: string;
}

const v = (
  row: number,
  talk: number,
  perMinute: string,
  increments: string,
  billed: number,
  cost: string,
  extra: Partial<RateSnapshot> = {},
): Vector => ({
  row,
  talk,
  rate: rateOf(perMinute, increments, extra),
  billed,
  cost,
});

describe('price: increments, fees, rounding (5-rating C3)', () => {
  it.each<Vector>([
    v(1, 61, '0.0120', '60/60', 120, '0.0240'),
    v(2, 60, '0.0120', '60/60', 60, '0.0120'),
    v(3, 1, '0.0120', '60/60', 60, '0.0120'),
    v(4, 31, '0.0120', '30/6', 36, '0.0072'),
    v(5, 29, '0.0120', '30/6', 30, '0.0060'),
    v(6, 37, '0.0120', '30/6', 42, '0.0084'),
    v(7, 17, '0.0120', '12/6', 18, '0.0036'),
    v(8, 5, '0.0120', '60/1', 60, '0.0120'),
    v(9, 95, '0.0120', '1/1', 95, '0.0190'),
    v(10, 95, '0.0105', '1/1', 95, '0.0166'),
    v(11, 0.3, '0.0120', '1/1', 1, '0.0002'),
    v(12, 60.001, '0.0120', '60/60', 120, '0.0240'),
    v(14, 125, '0.0250', '60/60', 180, '0.1250', { connectFee: money('0.05') }),
    v(15, 0, '0.0250', '60/60', 0, '0', { connectFee: money('0.05') }),
    v(16, 40, '0.0600', '1/1', 10, '0.0100', { freeSeconds: 30 }),
    v(17, 30, '0.0600', '1/1', 0, '0.0200', { freeSeconds: 30, connectFee: money('0.02') }),
    v(18, 31, '0.0600', '60/60', 60, '0.0600', { freeSeconds: 30 }),
    v(19, 3, '0.0600', '60/60', 0, '0', { graceSeconds: 3, connectFee: money('0.02') }),
    v(21, 6, '0.0120', '6/6', 6, '0.0100', { minCharge: money('0.01') }),
    v(22, 90, '0.0120', '6/6', 90, '0.0180', { minCharge: money('0.01') }),
    v(23, 7, '0.0333', '1/1', 7, '0.0039'),
    v(23, 7, '0.0333', '1/1', 7, '0.0039', { rounding: 'up' }),
    v(23, 7, '0.0333', '1/1', 7, '0.0038', { rounding: 'down' }),
    v(24, 7, '0.0333', '1/1', 7, '0.01', { rounding: 'up', scale: 2 }),
    v(28, 61, '0.20', '60/60', 61, '0.2017', { tiers: [{ fromSecond: 60, pricePerMinute: money('0.10'), increment: 1 }] }),
    v(29, 3600, '0.0500', '60/60', 3600, '0.5000', { maxCost: money('0.50'), maxCostAction: 'free' }),
    v(30, 600, '0.0500', '60/60', 600, '0.5000', { maxCost: money('0.50'), maxCostAction: 'disconnect' }),
  ])('R-$row: $talk s bill $billed s and cost $cost', ({ talk, rate, billed, cost }) => {
    expect(price(rate as RateSnapshot, Math.round(talk * 1000))).toEqual({ billedSeconds: billed, cost: money(cost) });
  });

  it('R-25: 0.00005 at scale 4 is 0.0001 half-up and 0.0000 half-even', () => {
    const rate = { freeSeconds: 10, connectFee: money('0.00005') };
    expect(roundRatio(50, 1, 100, 'half-up')).toBe(money('0.0001'));
    expect(roundRatio(50, 1, 100, 'half-even')).toBe(0);
    expect(price(rateOf('0', '1/1', rate), 1000).cost).toBe(money('0.0001'));
    expect(price(rateOf('0', '1/1', { ...rate, rounding: 'half-even' }), 1000).cost).toBe(0);
  });

  it('R-26, R-27: a deductible connect fee is the least a call costs, not an addition', () => {
    const rate = (perMinute: string) => rateOf(perMinute, '60/60', { connectFee: money('0.01'), connectDeductible: true });
    expect(price(rate('0.20'), 60_000).cost).toBe(money('0.20'));
    expect(price(rate('0.003'), 60_000).cost).toBe(money('0.01'));
  });

  it('R-30: the maximum cost that disconnects is where the call is cut', () => {
    const rate = rateOf('0.0500', '60/60', { maxCost: money('0.50'), maxCostAction: 'disconnect' });
    expect(affordableSeconds(rate, money('100'))).toEqual({ ok: true, seconds: 600 });
  });

  it('rate 0 is free (M-42)', () => {
    expect(price(rateOf('0', '60/60'), 3_600_000).cost).toBe(0);
    expect(affordableSeconds(rateOf('0', '60/60'), money('0'), 7200)).toEqual({ ok: true, seconds: 7200 });
    expect(affordableSeconds(rateOf('0', '60/60'), micros(-1), 7200)).toEqual({ ok: true, seconds: 7200 });
  });

  it('counts an increment in the tier where it starts', () => {
    // 50 s increments: the second starts at 50 s, before the tier at 60 s, and is priced by the first tier up to 100 s.
    const rate = rateOf('0.60', '50/50', { tiers: [{ fromSecond: 60, pricePerMinute: money('0.06'), increment: 10 }] });
    expect(price(rate, 101_000)).toEqual({ billedSeconds: 110, cost: money('1.01') });
    expect(affordableSeconds(rate, money('1.01'))).toEqual({ ok: true, seconds: 110 });
    expect(affordableSeconds(rate, money('0.99'))).toEqual({ ok: true, seconds: 50 });
  });

  it('explains itself step by step', () => {
    const rate = rateOf('0.0105', '1/1', { connectFee: money('0.05') });
    expect(explainPrice(rate, 94_100)).toEqual({
      billedSeconds: 95,
      cost: money('0.0666'),
      steps: [
        { code: 'talk', params: { milliseconds: 94_100, seconds: 95 } },
        { code: 'increments', params: { first: 1, next: 1, billedSeconds: 95 } },
        { code: 'usage', params: { seconds: 95, pricePerMinute: '0.0105', amount: '0.016625' } },
        { code: 'connect', params: { fee: '0.05', sum: '0.066625' } },
        { code: 'rounded', params: { exact: '0.066625', scale: 4, rounding: 'half-up', cost: '0.0666' } },
      ],
    });
  });
});

describe('affordable time (5-rating C3)', () => {
  it.each<[number, string, RateSnapshot, number | undefined, number | undefined]>([
    [44, '1.00', rateOf('0.0120', '60/60'), undefined, 4980],
    [45, '1.00', rateOf('0.25', '60/60', { connectFee: money('0.05') }), undefined, 180],
    [46, '0.0119', rateOf('0.0120', '60/60'), undefined, undefined],
    [48, '0.10', rateOf('0.06', '1/1', { freeSeconds: 30 }), undefined, 130],
    [49, '10', rateOf('0.0120', '1/1'), 7200, 7200],
    [50, '50', rateOf('30', '30/6', { connectFee: money('3') }), undefined, 90],
    [51, '10', rateOf('0.25', '60/60', { connectFee: money('0.05') }), undefined, 2340], // balance -40, limit 50
  ])('R-%i: %s lasts', (_row, available, rate, maxSeconds, seconds) => {
    expect(affordableSeconds(rate, money(available), maxSeconds)).toEqual(seconds === undefined ? { ok: false } : { ok: true, seconds });
  });

  it('R-50: the 37 s call costs 24', () => {
    expect(price(rateOf('30', '30/6', { connectFee: money('3') }), 37_000)).toEqual({ billedSeconds: 42, cost: money('24') });
  });

  it('refuses when the minimum charge is not covered', () => {
    expect(affordableSeconds(rateOf('0.0120', '6/6', { minCharge: money('0.01') }), money('0.0099'))).toEqual({ ok: false });
  });
});

describe('versions and match (5-rating C3)', () => {
  const tariff = (table: RateTable, o: Partial<Tariff> = {}): Tariff => ({
    id: 1,
    name: 'Standard',
    parentId: null,
    isDefault: false,
    scale: 4,
    rounding: 'half-up',
    table,
    ...o,
  });
  const tableOf = (...rows: [string, string, Partial<RateSnapshot>?][]) => {
    const table = new RateTable();
    for (const [index, [prefix, perMinute, extra]] of rows.entries())
      table.set(rateOf(perMinute, '1/1', { id: index + 1, prefix, ...extra }));
    return table;
  };
  const look = (table: RateTable, e164: string, at = 1) => findRate(new Map([[1, tariff(table)]]), 1, e164, at);

  it('R-35: the version in force at the answer counts for the whole call', () => {
    const change = Date.UTC(2026, 3, 1);
    const table = tableOf(['44', '0.0100'], ['44', '0.0150', { effectiveFrom: change }]);
    const answered = change - 10_000;
    const found = look(table, '442071838750', answered);
    expect(found.ok && price(found.rate, 20_000).cost).toBe(money('0.0033'));
    const later = look(table, '442071838750', change);
    expect(later.ok && price(later.rate, 20_000).cost).toBe(money('0.0050'));
  });

  it('R-37: the longest prefix wins', () => {
    const table = tableOf(['44', '0.0100'], ['447', '0.0500'], ['44779', '0.0900']);
    expect(look(table, '447791234567')).toMatchObject({ rate: { pricePerMinute: money('0.0900') } });
    expect(look(table, '442071838750')).toMatchObject({ rate: { pricePerMinute: money('0.0100') } });
  });

  it('R-38: no row and no default is no rate', () => {
    expect(look(tableOf(['44', '0.0100']), '99912345')).toEqual({ ok: false, code: 'no-rate' });
  });

  it('R-39: a block entry takes part in the longest match', () => {
    const rows: [string, string, Partial<RateSnapshot>?][] = [
      ['4470', '0', { blocked: true }],
      ['447', '0.0500'],
    ];
    expect(look(tableOf(...rows), '447011111111')).toMatchObject({ ok: false, code: 'destination-blocked', rate: { prefix: '4470' } });
    expect(look(tableOf(...rows, ['44701', '0.0500']), '447011111111')).toMatchObject({ ok: true, rate: { prefix: '44701' } });
  });

  it('prefers the higher weight, then the newer version', () => {
    const table = tableOf(
      ['44', '1', { effectiveFrom: 5 }],
      ['44', '2', { effectiveFrom: 9 }],
      ['44', '3', { weight: 1, effectiveFrom: 20 }],
    );
    expect(table.lookup('441', 4)).toBeUndefined();
    expect(table.lookup('441', 10)?.pricePerMinute).toBe(money('2'));
    expect(table.lookup('441', 20)?.pricePerMinute).toBe(money('3'));
    expect(table.size).toBe(3);
    expect(table.remove('44', 3)).toBe(true);
    expect(table.remove('44', 3)).toBe(false);
    table.set(rateOf('4', '1/1', { id: 2, prefix: '44', effectiveFrom: 9 }));
    expect(table.lookup('441', 20)?.pricePerMinute).toBe(money('4'));
    expect([table.size, [...table].length]).toEqual([2, 2]);
  });

  it('asks the tariff, its parents, and the default tariff last', () => {
    const tariffs = new Map([
      [1, tariff(tableOf(['44', '1']), { parentId: 2 })],
      [2, tariff(tableOf(['44', '2'], ['49', '2']), { id: 2, parentId: 1 })],
      [3, tariff(tableOf(['44', '3'], ['49', '3'], ['54', '3']), { id: 3, isDefault: true, scale: 6 })],
    ]);
    const found = (e164: string) => {
      const result = findRate(tariffs, 1, e164, 1);
      return result.ok ? result.rate.tariffId : result.code;
    };
    expect([found('441'), found('491'), found('541'), found('1')]).toEqual([1, 2, 3, 'no-rate']);
    expect(findRate(tariffs, 1, '541', 1)).toMatchObject({ rate: { scale: 6, pricePerMinute: parseMoney('3') } });
  });
});
