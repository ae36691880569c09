import { describe, expect, it } from 'vitest';
import { computeHa1, generateSipPassword, matchesHa1 } from './sip-credentials.ts';

describe('SIP credentials', () => {
  it('computes the HA1 of RFC 7616 section 3.9.1 for both algorithms', () => {
    const ha1 = computeHa1('Mufasa', 'http-auth@example.org', 'Circle of Life');
    expect(ha1).toMatchObject({
      ha1Md5: '3d78807defe7de2157e2b0b6573a855f',
      ha1Sha256: '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232',
    });
  });

  it('and of the whole address as the user name', () => {
    const { ha1Md5AtDomain, ha1Sha256AtDomain } = computeHa1('1001', 'example.org', 'secret');
    const { ha1Md5, ha1Sha256 } = computeHa1('1001@example.org', 'example.org', 'secret');
    expect([ha1Md5AtDomain, ha1Sha256AtDomain]).toEqual([ha1Md5, ha1Sha256]);
  });

  it('knows the right password, and only that one', () => {
    const stored = computeHa1('1001', 'example.org', 'secret');
    expect(matchesHa1(stored, '1001', 'example.org', 'secret')).toBe(true);
    expect(matchesHa1(stored, '1001', 'example.org', 'Secret')).toBe(false);
    expect(matchesHa1(stored, '1001', 'example.com', 'secret')).toBe(false);
    expect(matchesHa1({ ha1Sha256: '' }, '1001', 'example.org', '')).toBe(false);
  });

  it('makes long passwords without signs that look alike, never the same twice', () => {
    const made = new Set(Array.from({ length: 500 }, generateSipPassword));
    expect(made.size).toBe(500);
    for (const password of made) expect(password).toMatch(/^[a-hjkmnp-zA-HJ-NP-Z2-9]{16}$/);
  });
});
