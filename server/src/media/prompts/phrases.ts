/** Durations, money, days and times as lists of prompts, built of numbers. */
import { digitPrompts, numberPrompts } from './numbers.ts';

const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

/** "Two minutes five seconds"; other languages than English and Spanish have the same words. */
export function durationPrompts(language: string, seconds: number): string[] {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour', 'hours'],
    [Math.floor(whole / 60) % 60, 'minute', 'minutes'],
    [whole % 60, 'second', 'seconds'],
  ] as const;
  const said = parts.filter(([count], i) => count > 0 || (whole === 0 && i === 2));
  return said.flatMap(([count, one, many]) => [...countPrompts(language, count), plural(count, one, many)]);
}

/** Before a word: Spanish says "un minuto", not "uno minuto". */
function countPrompts(language: string, count: number): string[] {
  return language === 'es' && count === 1 ? ['digits/1M'] : numberPrompts(language, count);
}

const CURRENCIES: Readonly<Record<string, string>> = {
  USD: 'dollar',
  CAD: 'dollar',
  AUD: 'dollar',
  NZD: 'dollar',
  EUR: 'euro',
  GBP: 'pound',
  MXN: 'peso',
  ARS: 'peso',
  CLP: 'peso',
  COP: 'peso',
};

/** @param micros millionths of the currency unit; said to the cent @param currency ISO 4217 code; those without a word are "units" */
export function moneyPrompts(language: string, micros: number, currency: string): string[] {
  const cents = Math.round(Math.abs(micros) / 10_000);
  const whole = Math.floor(cents / 100);
  const unit = `money-${CURRENCIES[currency.toUpperCase()] ?? 'unit'}`;
  const said = micros < 0 && cents > 0 ? ['digits/minus'] : [];
  if (whole > 0 || cents === 0) said.push(...countPrompts(language, whole), plural(whole, unit, `${unit}s`));
  if (cents % 100 > 0) {
    if (whole > 0) said.push('vm-and');
    said.push(...countPrompts(language, cents % 100), plural(cents % 100, 'money-cent', 'money-cents'));
  }
  return said;
}

interface Moment {
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  readonly hour: number;
  readonly minute: number;
}

function momentOf(epochMs: number, timeZone: string): Moment {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  const parts = new Map(format.formatToParts(epochMs).map((part) => [part.type, part.value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return {
    weekday: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday')!),
    ...{ day: number('day'), month: number('month'), year: number('year'), hour: number('hour'), minute: number('minute') },
  };
}

const dayOf = ({ day, month, year }: Moment): string => `${year}-${month}-${day}`;

/** The day and the time of something past: "today at 5 0 7 P M", "Monday, March fourth, at ...". @param timeZone IANA name */
export function datePrompts(language: string, epochMs: number, timeZone: string, now: number): string[] {
  const moment = momentOf(epochMs, timeZone);
  return [...dayPrompts(language, moment, epochMs, timeZone, now), ...timePrompts(language, moment)];
}

function dayPrompts(language: string, moment: Moment, epochMs: number, timeZone: string, now: number): string[] {
  const spoken = language === 'en' || language === 'es';
  if (spoken && dayOf(moment) === dayOf(momentOf(now, timeZone))) return ['digits/today'];
  if (spoken && now > epochMs && dayOf(moment) === dayOf(momentOf(now - 86_400_000, timeZone))) return ['digits/yesterday'];
  const { day, month, weekday } = moment;
  if (language === 'en') return [`digits/day-${weekday}`, `digits/mon-${month - 1}`, ...ordinal(day)];
  if (language === 'es') return [`digits/day-${weekday}`, ...numberPrompts('es', day), 'digits/es-de', `digits/mon-${month - 1}`];
  return [`digits/day-${weekday}`, ...digitPrompts(String(day)), `digits/mon-${month - 1}`];
}

function ordinal(day: number): string[] {
  return day <= 20 || day % 10 === 0 ? [`digits/h-${day}`] : [`digits/${day - (day % 10)}`, `digits/h-${day % 10}`];
}

function timePrompts(language: string, { hour, minute }: Moment): string[] {
  if (language === 'en') {
    const minutes = minute === 0 ? ['digits/oclock'] : minute < 10 ? ['digits/oh', `digits/${minute}`] : numberPrompts('en', minute);
    return ['digits/at', `digits/${hour % 12 || 12}`, ...minutes, hour < 12 ? 'digits/a-m' : 'digits/p-m'];
  }
  if (language === 'es') return ['digits/at', ...numberPrompts('es', hour), ...(minute === 0 ? [] : numberPrompts('es', minute))];
  const two = (n: number): string => String(n).padStart(2, '0');
  return digitPrompts(two(hour) + two(minute));
}
