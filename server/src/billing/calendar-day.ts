/** An IANA time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone this machine runs in; UTC when it does not say. */
export function systemTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone && isTimeZone(timeZone) ? timeZone : 'UTC';
}

/** One day of the calendar in some time zone. It has 23 to 25 hours where clocks are put forward and back. */
export interface CalendarDay {
  /** The date as a number: 20261121. */
  readonly date: number;
  /** Epoch ms of its first instant, and of the first instant of the next day. */
  readonly start: number;
  readonly end: number;
}

const LONGEST_DAY_MS = 26 * 3_600_000;

/** The day that holds the instant `at` (epoch ms) in a time zone (an IANA name). Searched for, not computed: ask once a day. */
export function calendarDay(at: number, timeZone: string): CalendarDay {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dateOf = (ms: number) => Number(format.format(ms).replaceAll('-', ''));
  const date = dateOf(at);
  return {
    date,
    start: firstInstant(at - LONGEST_DAY_MS, at, (ms) => dateOf(ms) === date),
    end: firstInstant(at, at + LONGEST_DAY_MS, (ms) => dateOf(ms) !== date),
  };
}

/** Epoch ms at which the day of `at` began in a time zone. */
export const startOfDay = (at: number, timeZone: string): number => calendarDay(at, timeZone).start;

/** The first millisecond in (low, high] for which `holds`, which is false at `low` and stays true once it is. */
function firstInstant(low: number, high: number, holds: (ms: number) => boolean): number {
  let before = low;
  let after = high;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** Which day it is, cheap to ask at every call: the calendar is looked at once a day. */
export class Calendar {
  #timeZone: string;
  #day: CalendarDay = { date: 0, start: 0, end: 0 };

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  get timeZone(): string {
    return this.#timeZone;
  }

  /** Takes another zone over at once. Where the date is the same there, what is counted by the day goes on. */
  set timeZone(timeZone: string) {
    this.#timeZone = timeZone;
    this.#day = { date: 0, start: 0, end: 0 };
  }

  /** @param at epoch ms */
  dayOf(at: number): CalendarDay {
    if (at < this.#day.start || at >= this.#day.end) this.#day = calendarDay(at, this.#timeZone);
    return this.#day;
  }
}
