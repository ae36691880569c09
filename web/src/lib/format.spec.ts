import { describe, expect, it } from 'vitest';
import { formatRelative, formatSpan, formatTalk } from '#app/lib/format.ts';

describe('lengths of time', () => {
  it('writes talk time as a clock', () => {
    expect(formatTalk(7)).toBe('0:07');
    expect(formatTalk(725)).toBe('12:05');
    expect(formatTalk(3723.9)).toBe('1:02:03');
  });

  it('writes spans in at most two units', () => {
    expect(formatSpan(12_000, 'en')).toBe('3 hr 20 min');
    expect(formatSpan(12_000, 'es')).toBe('3 h 20 min');
    expect(formatSpan(45, 'en')).toBe('45 sec');
    expect(formatSpan(3601, 'en')).toBe('1 hr');
    expect(formatSpan(0, 'en')).toBe('0 sec');
  });

  it('says how long ago', () => {
    const now = Date.parse('2026-01-02T12:00:00Z');
    expect(formatRelative('2026-01-02T11:58:30Z', 'en', now)).toBe('1 min. ago');
    expect(formatRelative('2026-01-02T14:00:00Z', 'en', now)).toBe('in 2 hr.');
  });
});
