import { describe, expect, it } from 'vitest';
import { isListed } from './agent-patterns.ts';

describe('User-Agent patterns (G-42)', () => {
  it.each([
    ['Cisco-CP79', 'Cisco-CP7960G/8.0', true],
    ['cisco-cp79', 'Cisco-CP7960G/8.0', true],
    ['Cisco-CP79', 'My Cisco-CP7960G', false],
    ['*CSCO/7', 'Old CSCO/7', true],
    ['Snom*/8.', 'snom320/8.7.5', true],
    ['Snom*/8.', 'snom320/7.1', false],
    ['*a*a*', 'banana', true],
    ['a*a', 'a', false],
    ['*', 'anything', true],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(isListed([pattern], name)).toBe(expected);
  });

  it('lists nobody without patterns or without a name', () => {
    expect(isListed([], 'Phone')).toBe(false);
    expect(isListed(['*'], undefined)).toBe(false);
    expect(isListed(['x', '*'], 'y')).toBe(true);
  });
});
