/** Dates, durations and counts in the reader's language. All take the locale, so that they can be tested and memoised. */

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}${JSON.stringify(options)}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    cache.set(key, format);
  }
  return format;
}

/** "21 Nov 2026, 03:14:15" in the browser's time zone. */
export const formatDateTime = (iso: string, locale: string): string =>
  dates(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));

export const formatDay = (iso: string, locale: string): string => dates(locale, { dateStyle: 'medium' }).format(new Date(iso));

export const formatClock = (iso: string, locale: string): string =>
  dates(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));

/** Short form for table cells: the time alone for today, else day and time; the year only when it is not this one. */
export function formatWhen(iso: string, locale: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return dates(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return dates(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', ...year }).format(at);
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** "in 5 minutes", "yesterday". */
export function formatRelative(iso: string, locale: string, now = Date.now()): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }).format(Math.trunc(seconds / size), unit);
}

/** A talk time as a clock: 0:07, 12:05, 1:02:03. */
export function formatTalk(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** A length of time in words: "3 h 20 min", "45 s". At most two units. */
export function formatSpan(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, 'day' | 'hour' | 'minute' | 'second'][] = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor((whole % 86_400) / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return unit(0, 'second', locale);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, name]) => unit(amount, name, locale))
    .join(' ');
}

const unit = (amount: number, name: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(amount);

export const formatCount = (n: number, locale: string): string => new Intl.NumberFormat(locale).format(n);

export const formatBytes = (bytes: number, locale: string): string => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
};
