/** Epoch milliseconds at which the calendar day of `now` began in a time zone (an IANA name). */
export function startOfDay(now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const today = format.format(now);
  // Days have 23 to 25 hours, so midnight is searched for, not computed: the first instant whose date is today's.
  let low = now - 26 * 3_600_000;
  let high = now;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (format.format(middle) === today) high = middle;
    else low = middle;
  }
  return high;
}
