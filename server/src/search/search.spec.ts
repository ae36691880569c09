import { describe, expect, it } from 'vitest';
import { telephoneDigits } from './search.service.ts';

describe('telephoneDigits', () => {
  it.each([
    ['+4479', '4479'],
    ['004479', '4479'],
    ['44 79', '4479'],
    ['+44 (79) 12-34', '44791234'],
    ['1001', '1001'],
    ['0791', undefined],
    ['anna', undefined],
    ['44x', undefined],
    ['+', undefined],
    ['12345678901234567', undefined],
  ])('%s is %s', (typed, digits) => {
    expect(telephoneDigits(typed)).toBe(digits);
  });
});
