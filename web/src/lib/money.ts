/**
 * Money on the page. The server speaks decimal strings ("12.50", at most six decimals); sums are made in integer millionths, never in
 * floating point.
 */

const MICROS = 1_000_000n;

/** Millionths of the currency unit, or undefined when the text is not an amount with at most six decimals. */
export function toMicros(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '0', fraction = ''] = match;
  const value = BigInt(whole) * MICROS + BigInt(fraction.padEnd(6, '0'));
  return sign === '-' ? -value : value;
}

/** The server's form: at least two and at most six decimals. */
export function fromMicros(value: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = (size % MICROS)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${value < 0n ? '-' : ''}${size / MICROS}.${fraction}`;
}

export const addMoney = (a: string, b: string): string => fromMicros((toMicros(a) ?? 0n) + (toMicros(b) ?? 0n));

export const lesserAmount = (a: string, b: string): string => ((toMicros(b) ?? 0n) < (toMicros(a) ?? 0n) ? b : a);

export const isNegative = (amount: string): boolean => (toMicros(amount) ?? 0n) < 0n;

export const isZero = (amount: string): boolean => toMicros(amount) === 0n;

/**
 * Reads what a person typed: "12,5", "1.234,56", "1,234.56", " 12.5 ". The last separator is the decimal one; when it appears twice it was
 * a thousands separator. Undefined when it is no amount.
 */
export function parseMoneyInput(typed: string): string | undefined {
  const text = typed
    .replace(/[\s'’ \u202f]/g, '')
    .replace(/^\+/, '')
    .replace('−', '-');
  const last = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  let plain = text;
  if (last >= 0) {
    const mark = text[last] ?? '.';
    const twice = text.indexOf(mark) !== last;
    plain = twice ? text.replaceAll(mark, '') : `${text.slice(0, last).replace(/[.,]/g, '')}.${text.slice(last + 1)}`.replace(/\.$/, '');
  }
  const value = toMicros(plain);
  return value === undefined ? undefined : fromMicros(value);
}

export interface MoneyFormat {
  locale: string;
  currency: string;
  /** Puts a + before an amount above zero. */
  signed?: boolean | undefined;
}

const formats = new Map<string, Intl.NumberFormat>();

/** "12.50" -> "€12.50" in the reader's language, with all the decimals that the amount has. */
export function formatMoney(amount: string, { locale, currency, signed = false }: MoneyFormat): string {
  const key = `${locale}/${currency}/${signed}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: 6,
      signDisplay: signed ? 'exceptZero' : 'auto',
    });
    formats.set(key, format);
  }
  return format.format(amount as Intl.StringNumericLiteral);
}
