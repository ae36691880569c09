import { describe, expect, it } from 'vitest';
import { RATE_FIELDS } from './import-types.ts';
import { parseAmount, parseTime, RateRowReader } from './rate-row.ts';

const columns = RATE_FIELDS.map((field, index) => ({ index, name: '', sample: [], field }));
const read = (...cells: string[]) => new RateRowReader(columns, '.', 7).read(cells);

describe('a row', () => {
  it('is a rate; empty cells are the defaults', () => {
    expect(read('+44', 'UK', '0.01200')).toEqual({
      faults: null,
      rate: {
        prefix: '44',
        name: 'UK',
        pricePerMinute: 12_000,
        connectFee: 0,
        firstIncrement: 60,
        nextIncrement: 60,
        minCharge: 0,
        freeSeconds: 0,
        graceSeconds: 0,
        blocked: false,
        effectiveFrom: 7,
      },
    });
    expect(read('4470', '', '', '', '', '', '', '', '', 'YES').rate).toMatchObject({ blocked: true, pricePerMinute: 0 });
  });

  it.each([
    [['', 'UK', '1'], 'prefix-missing'],
    [['44 7', 'UK', '1'], 'prefix-not-digits'],
    [['4.47E+11', 'UK', '1'], 'prefix-not-digits'],
    [['1234567890123456', 'UK', '1'], 'prefix-too-long'],
    [['44', 'U\u0007K', '1'], 'name-unprintable'],
    [['44', 'x'.repeat(121), '1'], 'name-too-long'],
    [['44', 'UK', ''], 'price-missing'],
    [['44', 'UK', '-1'], 'not-a-price'],
    [['44', 'UK', '1e3'], 'not-a-price'],
    [['44', 'UK', '0,01'], 'not-a-price'],
    [['44', 'UK', '0.0000001'], 'price-too-fine'],
    [['44', 'UK', '10000.000001'], 'price-too-high'],
    [['44', 'UK', '1', '$1'], 'not-a-price'],
    [['44', 'UK', '1', '', '0'], 'not-seconds'],
    [['44', 'UK', '1', '', '', '86401'], 'not-seconds'],
    [['44', 'UK', '1', '', '', '', '', '1.5'], 'not-seconds'],
    [['44', 'UK', '1', '', '', '', '', '', '', 'perhaps'], 'not-yes-or-no'],
    [['44', 'UK', '1', '', '', '', '', '', '', '', '01/12/2026'], 'not-a-date'],
    [['44', 'UK', '1', '', '', '', '', '', '', '', '1960-01-01'], 'not-a-date'],
  ])('%j: %s', (cells, cause) => expect(read(...cells).faults?.map((fault) => fault.cause)).toEqual([cause]));

  it('tells every fault it has', () => {
    expect(read('x', 'UK', 'y').faults).toEqual([
      { cause: 'prefix-not-digits', column: 'prefix', expected: 'digits', found: 'x' },
      { cause: 'not-a-price', column: 'price', expected: 'an amount such as 0.0120', found: 'y' },
    ]);
  });
});

it('amounts are exact', () => {
  expect(parseAmount('0.03942', '.')).toEqual({ ok: true, micros: 39_420 });
  expect(parseAmount('0,03942000', ',')).toEqual({ ok: true, micros: 39_420 });
  expect(parseAmount('10000', ',')).toEqual({ ok: true, micros: 10_000_000_000 });
});

it.each([
  ['2026-12-01', '2026-12-01T00:00:00.000Z'],
  ['2026-12-01 06:30', '2026-12-01T06:30:00.000Z'],
  ['2026-12-01T06:30:15+02:00', '2026-12-01T04:30:15.000Z'],
  ['2026-12-01T06:30:15.250Z', '2026-12-01T06:30:15.250Z'],
])('%s is %s', (text, iso) => expect(new Date(parseTime(text) ?? 0).toISOString()).toBe(iso));
it.each(['2026-02-30', '2026-13-01', '2026-12-01T25:00', 'tomorrow', ''])('%j is no time', (text) =>
  expect(parseTime(text)).toBeUndefined(),
);
