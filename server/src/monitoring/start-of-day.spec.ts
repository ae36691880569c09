import { describe, expect, it } from 'vitest';
import { startOfDay } from './start-of-day.ts';

describe('startOfDay', () => {
  it.each([
    ['UTC', '2026-03-29T12:00:00Z', '2026-03-29T00:00:00.000Z'],
    ['UTC', '2026-03-29T00:00:00Z', '2026-03-29T00:00:00.000Z'],
    // The days on which Berlin's clock jumps have 23 and 25 hours.
    ['Europe/Berlin', '2026-03-29T20:00:00Z', '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-24T22:00:00.000Z'],
    ['America/Los_Angeles', '2026-06-01T03:00:00Z', '2026-05-31T07:00:00.000Z'],
    ['Asia/Kathmandu', '2026-06-01T18:20:00Z', '2026-06-01T18:15:00.000Z'],
  ])('%s at %s began at %s', (zone, now, began) => {
    expect(new Date(startOfDay(Date.parse(now), zone)).toISOString()).toBe(began);
  });
});
