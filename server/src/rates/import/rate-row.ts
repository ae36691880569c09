import { RATE_LIMITS } from '../../billing/rate.ts';
import { MICROS_PER_UNIT } from '../../money/money.ts';
import { RATE_DEFAULTS } from '../rate-defaults.ts';
import type { Decimal, FaultCause, ImportColumn, RateField } from './import-types.ts';

/** A good row, as it is staged. Money in micro-units, times in epoch ms. */
export interface StagedRate {
  prefix: string;
  name: string;
  pricePerMinute: number;
  connectFee: number;
  firstIncrement: number;
  nextIncrement: number;
  minCharge: number;
  freeSeconds: number;
  graceSeconds: number;
  blocked: boolean;
  effectiveFrom: number;
}

export interface CellFault {
  readonly cause: FaultCause;
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

/** The field of a column, as the rates table names it. */
export const COLUMN_OF: Readonly<Record<RateField, keyof StagedRate>> = {
  prefix: 'prefix',
  name: 'name',
  price: 'pricePerMinute',
  connect_fee: 'connectFee',
  first_increment: 'firstIncrement',
  next_increment: 'nextIncrement',
  min_charge: 'minCharge',
  free_seconds: 'freeSeconds',
  grace_seconds: 'graceSeconds',
  blocked: 'blocked',
  effective_from: 'effectiveFrom',
};

const FOUND_LENGTH = 80;
const YES = new Set(['yes', 'y', 'true', '1', 'x', 'si', 'sí', 's']);
const NO = new Set(['no', 'n', 'false', '0']);
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch ms of an ISO 8601 date or date and time, UTC unless it says otherwise. */
export function parseTime(text: string): number | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '00:00', zone = 'Z'] = match;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const at = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(at) ? undefined : at;
}

type Amount = { ok: true; micros: number } | { ok: false; cause: FaultCause };

/** An amount of zero or more, with the decimal sign of the file; zeros past the sixth decimal are no fault. */
export function parseAmount(text: string, decimal: Decimal): Amount {
  const match = /^([0-9]{1,10})(?:([.,])([0-9]+))?$/.exec(text);
  if (!match || (match[2] !== undefined && match[2] !== decimal)) return { ok: false, cause: 'not-a-price' };
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > 6) return { ok: false, cause: 'price-too-fine' };
  const micros = Number(match[1]) * MICROS_PER_UNIT + Number(fraction.padEnd(6, '0'));
  return micros > RATE_LIMITS.money ? { ok: false, cause: 'price-too-high' } : { ok: true, micros };
}

/** Reads the rows of a file whose columns are known. */
export class RateRowReader {
  readonly #index: ReadonlyMap<RateField, number>;
  readonly #names: ReadonlyMap<RateField, string>;
  readonly #decimal: Decimal;
  readonly #effectiveFrom: number;

  /** @param effectiveFrom epoch ms, of rows that do not say */
  constructor(columns: readonly ImportColumn[], decimal: Decimal, effectiveFrom: number) {
    const used = columns.flatMap((column) => (column.field === null ? [] : [{ ...column, field: column.field }]));
    this.#index = new Map(used.map((column) => [column.field, column.index]));
    this.#names = new Map(used.map((column) => [column.field, column.name || column.field]));
    this.#decimal = decimal;
    this.#effectiveFrom = effectiveFrom;
  }

  /** The rate of a row, or everything that is wrong with it. Cells are trimmed. An empty cell means the default. */
  read(cells: readonly string[]): { rate: StagedRate; faults: null } | { rate: null; faults: CellFault[] } {
    const faults: CellFault[] = [];
    const blocked = this.#yesNo(cells, faults);
    const rate: StagedRate = {
      prefix: this.#prefix(cells, faults),
      name: this.#name(cells, faults),
      pricePerMinute: this.#price(cells, blocked, faults),
      connectFee: this.#money(cells, 'connect_fee', faults),
      firstIncrement: this.#seconds(cells, 'first_increment', 1, RATE_DEFAULTS.firstIncrement, faults),
      nextIncrement: this.#seconds(cells, 'next_increment', 1, RATE_DEFAULTS.nextIncrement, faults),
      minCharge: this.#money(cells, 'min_charge', faults),
      freeSeconds: this.#seconds(cells, 'free_seconds', 0, RATE_DEFAULTS.freeSeconds, faults),
      graceSeconds: this.#seconds(cells, 'grace_seconds', 0, RATE_DEFAULTS.graceSeconds, faults),
      blocked,
      effectiveFrom: this.#time(cells, faults),
    };
    return faults.length > 0 ? { rate: null, faults } : { rate, faults: null };
  }

  #cell(cells: readonly string[], field: RateField): string {
    const index = this.#index.get(field);
    return index === undefined ? '' : (cells[index] ?? '');
  }

  #fault(faults: CellFault[], field: RateField, cause: FaultCause, expected: string, found: string): void {
    faults.push({ cause, column: this.#names.get(field) ?? field, expected, found: found.slice(0, FOUND_LENGTH) });
  }

  #prefix(cells: readonly string[], faults: CellFault[]): string {
    const text = this.#cell(cells, 'prefix');
    const digits = text.startsWith('+') ? text.slice(1) : text;
    if (digits === '') this.#fault(faults, 'prefix', 'prefix-missing', 'digits', 'nothing');
    else if (!/^[0-9]+$/.test(digits)) this.#fault(faults, 'prefix', 'prefix-not-digits', 'digits', text);
    else if (digits.length > RATE_LIMITS.prefixDigits)
      this.#fault(faults, 'prefix', 'prefix-too-long', `at most ${RATE_LIMITS.prefixDigits} digits`, text);
    return digits;
  }

  #name(cells: readonly string[], faults: CellFault[]): string {
    const text = this.#cell(cells, 'name');
    if (text.length > 120) this.#fault(faults, 'name', 'name-too-long', 'at most 120 characters', text);
    else if (/\p{Cc}/u.test(text)) this.#fault(faults, 'name', 'name-unprintable', 'one line of printable text', JSON.stringify(text));
    return text;
  }

  #price(cells: readonly string[], blocked: boolean, faults: CellFault[]): number {
    if (this.#cell(cells, 'price') !== '' || blocked) return this.#money(cells, 'price', faults);
    this.#fault(faults, 'price', 'price-missing', this.#example(), 'nothing');
    return 0;
  }

  #money(cells: readonly string[], field: RateField, faults: CellFault[]): number {
    const text = this.#cell(cells, field);
    if (text === '') return 0;
    const amount = parseAmount(text, this.#decimal);
    if (amount.ok) return amount.micros;
    const expected = {
      'price-too-fine': 'at most 6 decimals',
      'price-too-high': `at most ${RATE_LIMITS.money / MICROS_PER_UNIT}`,
    };
    this.#fault(faults, field, amount.cause, (expected as Record<string, string>)[amount.cause] ?? this.#example(), text);
    return 0;
  }

  #example(): string {
    return `an amount such as 0${this.#decimal}0120`;
  }

  #seconds(cells: readonly string[], field: RateField, least: number, fallback: number, faults: CellFault[]): number {
    const text = this.#cell(cells, field);
    if (text === '') return fallback;
    const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (seconds >= least && seconds <= RATE_LIMITS.seconds) return seconds;
    this.#fault(faults, field, 'not-seconds', `whole seconds from ${least} to ${RATE_LIMITS.seconds}`, text);
    return fallback;
  }

  #yesNo(cells: readonly string[], faults: CellFault[]): boolean {
    const text = this.#cell(cells, 'blocked').toLowerCase();
    if (YES.has(text)) return true;
    if (text !== '' && !NO.has(text)) this.#fault(faults, 'blocked', 'not-yes-or-no', 'yes or no', text);
    return false;
  }

  #time(cells: readonly string[], faults: CellFault[]): number {
    const text = this.#cell(cells, 'effective_from');
    if (text === '') return this.#effectiveFrom;
    const at = parseTime(text);
    if (at === undefined || at < 0)
      this.#fault(faults, 'effective_from', 'not-a-date', 'a date such as 2026-12-01 or 2026-12-01T06:00:00Z', text);
    return at ?? 0;
  }
}
