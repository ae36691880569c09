import { describe, expect, it } from 'vitest';
import { type DiskLevel, diskLevel, usedShare } from './disk-level.ts';
import { inWords } from './disk-space.ts';

describe('diskLevel (A-24)', () => {
  it('rises at 80, 90 and 95 %', () => {
    expect([0.1, 0.799, 0.8, 0.899, 0.9, 0.95, 1].map((used) => diskLevel(used, 0))).toEqual([0, 0, 80, 80, 90, 95, 95]);
  });

  it('falls two points lower, step by step', () => {
    const fall = (used: number, before: DiskLevel) => diskLevel(used, before);
    expect([fall(0.94, 95), fall(0.93, 95), fall(0.929, 95), fall(0.88, 90), fall(0.879, 90), fall(0.779, 80)]).toEqual([
      95, 95, 90, 90, 80, 0,
    ]);
    expect(fall(0.5, 95)).toBe(0);
  });

  it('counts as df does', () => {
    expect(usedShare({ blocks: 100, bfree: 30, bavail: 20 })).toBeCloseTo(70 / 90);
    expect(usedShare({ blocks: 0, bfree: 0, bavail: 0 })).toBe(0);
  });

  it('says how much is free', () => {
    expect([inWords(1_440_000_000), inWords(32_000_000), inWords(0)]).toEqual(['1.4 GB', '32 MB', '0 MB']);
  });
});
