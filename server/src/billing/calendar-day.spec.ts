import { describe, expect, it } from 'vitest';
import { Calendar, calendarDay, isTimeZone, startOfDay, systemTimeZone } from './calendar-day.ts';

const iso = (ms: number) => new Date(ms).toISOString();

describe('calendarDay', () => {
  it.each([
    ['UTC', '2026-03-29T12:00:00Z', 20260329, '2026-03-29T00:00:00.000Z', 24],
    ['UTC', '2026-03-29T00:00:00Z', 20260329, '2026-03-29T00:00:00.000Z', 24],
    // The days on which Berlin's clock jumps have 23 and 25 hours.
    ['Europe/Berlin', '2026-03-29T20:00:00Z', 20260329, '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25T22:30:00Z', 20261025, '2026-10-24T22:00:00.000Z', 25],
    ['America/Los_Angeles', '2026-06-01T03:00:00Z', 20260531, '2026-05-31T07:00:00.000Z', 24],
    ['Asia/Kathmandu', '2026-06-01T18:20:00Z', 20260602, '2026-06-01T18:15:00.000Z', 24],
  ])('%s at %s is %i, from %s for %i hours', (zone, at, date, start, hours) => {
    const day = calendarDay(Date.parse(at), zone);
    expect(day.date).toBe(date);
    expect(iso(day.start)).toBe(start);
    expect((day.end - day.start) / 3_600_000).toBe(hours);
    expect(startOfDay(Date.parse(at), zone)).toBe(day.start);
  });
});

describe('Calendar', () => {
  it('turns the page at midnight of its zone, not of the machine', () => {
    const calendar = new Calendar('Asia/Tokyo');
    expect(calendar.dayOf(Date.parse('2026-11-21T14:59:59.999Z')).date).toBe(20261121);
    expect(calendar.dayOf(Date.parse('2026-11-21T15:00:00Z')).date).toBe(20261122);
    // Clocks of machines are put back too.
    expect(calendar.dayOf(Date.parse('2026-11-21T14:00:00Z')).date).toBe(20261121);
  });

  it('takes another zone over at once', () => {
    const calendar = new Calendar('UTC');
    const at = Date.parse('2026-11-21T20:00:00Z');
    expect(calendar.dayOf(at).date).toBe(20261121);
    calendar.timeZone = 'Asia/Tokyo';
    expect(calendar.dayOf(at).date).toBe(20261122);
    calendar.timeZone = 'America/New_York';
    expect(calendar.dayOf(at).date).toBe(20261121);
  });
});

it('knows a zone when it sees one', () => {
  expect(isTimeZone('Europe/Madrid')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
  expect(isTimeZone(systemTimeZone())).toBe(true);
});
