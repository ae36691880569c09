import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, micros, parseMoney, ROUNDINGS, type Rounding, roundRatio, stepOfScale } from './money.ts';

describe('micros', () => {
  it('takes safe integers only', () => {
    expect(micros(-5)).toBe(-5);
    expect(Object.is(micros(-0), 0)).toBe(true);
    for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) expect(() => micros(bad)).toThrow(RangeError);
  });
});

describe('roundRatio', () => {
  it.each<[Rounding, number, number]>([
    ['half-up', 50, 100], // 0.00005 at scale 4, R-25
    ['half-even', 50, 0],
    ['half-even', 150, 200],
    ['half-up', 49, 0],
    ['up', 1, 100],
    ['down', 99, 0],
    ['half-up', -50, -100],
    ['up', -1, -100],
    ['down', -199, -100],
  ])('%s of %d is %d', (mode, value, expected) => {
    expect(roundRatio(value, 1, 100, mode)).toBe(expected);
    expect(roundRatio(BigInt(value), 1n, 100, mode)).toBe(expected);
  });

  it('gives the same with plain numbers and with bigints', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
        fc.integer({ min: 1, max: 3600 }),
        fc.integer({ min: 2, max: 6 }),
        fc.constantFrom(...ROUNDINGS),
        (value, denominator, scale, mode) => {
          const step = stepOfScale(scale);
          expect(roundRatio(value, denominator, step, mode)).toBe(roundRatio(BigInt(value), BigInt(denominator), step, mode));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('refuses what it cannot do exactly', () => {
    expect(() => roundRatio(2 ** 53, 1, 1, 'up')).toThrow(RangeError);
    expect(() => roundRatio(1, 0, 1, 'up')).toThrow(RangeError);
    expect(() => stepOfScale(7)).toThrow(RangeError);
  });
});

describe('parseMoney and formatMoney', () => {
  it.each([
    ['12.5', 12_500_000, '12.50'],
    ['-0.03942', -39_420, '-0.03942'],
    ['0', 0, '0.00'],
    ['-0', 0, '0.00'],
    ['7.100000', 7_100_000, '7.10'],
    ['0.000001', 1, '0.000001'],
    ['1000000000', 1_000_000_000_000_000, '1000000000.00'],
  ])('reads %s', (text, amount, canonical) => {
    expect(parseMoney(text)).toBe(amount);
    expect(formatMoney(micros(amount))).toBe(canonical);
  });

  it.each(['', '.5', '1.', '1,5', '1e3', '+1', ' 1', '1.1234567', '99999999999', '0x1', 'NaN'])('refuses %j', (text) => {
    expect(parseMoney(text)).toBeUndefined();
  });

  it('is an identity over every amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (n) => {
        expect(parseMoney(formatMoney(micros(n)))).toBe(n === 0 ? 0 : n);
      }),
      { numRuns: 5000 },
    );
  });
});
