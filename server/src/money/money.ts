/**
 * Money is an integer number of micro-units (millionths of the currency unit). No floats: `1.1 * 3` is not 3.3.
 * Every room may import this file; it imports nothing.
 */
declare const brand: unique symbol;

/** Integer millionths of the currency unit, |x| <= 2^53 - 1. */
export type Micros = number & { readonly [brand]: 'Micros' };

/** How an amount between two ledger steps is rounded. `half-up` and `up` go away from zero, `down` towards it. */
export type Rounding = 'half-up' | 'up' | 'down' | 'half-even';

export const ROUNDINGS: readonly Rounding[] = ['half-up', 'up', 'down', 'half-even'];

/** One currency unit in micro-units. */
export const MICROS_PER_UNIT = 1_000_000;

/**
 * Marks a number as money.
 * @throws RangeError unless it is a safe integer.
 */
export function micros(n: number): Micros {
  if (!Number.isSafeInteger(n)) throw new RangeError(`not an amount of micro-units: ${n}`);
  return (n === 0 ? 0 : n) as Micros; // no negative zero: it would print as "-0"
}

export const ZERO = micros(0);

/** The ledger step of a scale: 4 decimals are steps of 100 micro-units. Scales are 2 to 6. */
export function stepOfScale(scale: number): number {
  if (!Number.isInteger(scale) || scale < 2 || scale > 6) throw new RangeError(`not a ledger scale: ${scale}`);
  return 10 ** (6 - scale);
}

/**
 * The one rounding function: `numerator / denominator` micro-units, rounded to a whole number of `step`s (5-rating C2).
 * Plain numbers are used as long as they are exact; give bigints when the numerator may pass 2^53.
 * @throws RangeError when the result or a plain number is not a safe integer, or the denominator or step is not positive.
 */
export function roundRatio(numerator: bigint | number, denominator: bigint | number, step: number, mode: Rounding): Micros {
  if (!(denominator > 0) || !(step > 0)) throw new RangeError('the denominator and the step must be positive');
  if (typeof numerator === 'bigint' || typeof denominator === 'bigint') {
    const unit = BigInt(denominator) * BigInt(step);
    const value = BigInt(numerator);
    const size = value < 0n ? -value : value;
    const rest = size % unit;
    const quotient = (size - rest) / unit;
    const half = rest * 2n;
    const away = roundsAway(mode, rest !== 0n, half > unit ? 1 : half === unit ? 0 : -1, quotient % 2n === 1n);
    const rounded = (quotient + (away ? 1n : 0n)) * BigInt(step);
    return micros(Number(value < 0n ? -rounded : rounded));
  }
  const unit = denominator * step;
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(unit)) throw new RangeError('too large for plain numbers');
  const size = Math.abs(numerator);
  const rest = size % unit; // exact for integers
  const quotient = (size - rest) / unit;
  const away = roundsAway(mode, rest !== 0, Math.sign(rest - (unit - rest)), quotient % 2 === 1);
  const rounded = (quotient + (away ? 1 : 0)) * step;
  return micros(numerator < 0 ? -rounded : rounded);
}

/** Whether the quotient takes one more step away from zero. `half` compares the rest with half a step: -1, 0, 1. */
function roundsAway(mode: Rounding, inexact: boolean, half: number, odd: boolean): boolean {
  switch (mode) {
    case 'up':
      return inexact;
    case 'down':
      return false;
    case 'half-up':
      return half >= 0;
    case 'half-even':
      return half > 0 || (half === 0 && odd);
  }
}

/** Reads "12.5", "-0.03942": at most 6 decimals, a point, no grouping. Undefined when it is anything else or too large. */
export function parseMoney(text: string): Micros | undefined {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return undefined;
  const size = Number(match[2]) * MICROS_PER_UNIT + Number((match[3] ?? '').padEnd(6, '0'));
  if (!Number.isSafeInteger(size)) return undefined;
  return micros(match[1] === '-' ? -size : size);
}

/** The canonical form of API, CSV and screens: at least 2, at most 6 decimals: "12.50", "0.03942", "-1.00". */
export function formatMoney(amount: Micros): string {
  const size = Math.abs(amount);
  const fraction = String(size % MICROS_PER_UNIT).padStart(6, '0');
  const decimals = fraction.replace(/0{1,4}$/, '');
  return `${amount < 0 ? '-' : ''}${Math.floor(size / MICROS_PER_UNIT)}.${decimals}`;
}
