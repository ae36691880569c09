import { describe, expect, it } from 'vitest';
import { secondsFor } from '#app/lib/good-for.ts';

const rate = (pricePerMinute: string, firstIncrement: number, nextIncrement: number, extra = {}) => ({
  pricePerMinute,
  connectFee: '0.00',
  firstIncrement,
  nextIncrement,
  freeSeconds: 0,
  ...extra,
});

describe('what a balance is good for', () => {
  it('agrees with the vectors of the rating rules', () => {
    expect(secondsFor('1.00', rate('0.0120', 60, 60))).toBe(4980);
    expect(secondsFor('1.00', rate('0.25', 60, 60, { connectFee: '0.05' }))).toBe(180);
    expect(secondsFor('0.0119', rate('0.0120', 60, 60))).toBe(0);
    expect(secondsFor('0.10', rate('0.06', 1, 1, { freeSeconds: 30 }))).toBe(130);
  });

  it('knows what is free', () => {
    expect(secondsFor('0.00', rate('0.00', 60, 60))).toBe('free');
    expect(secondsFor('-1.00', rate('0.01', 60, 60))).toBe(0);
  });
});
