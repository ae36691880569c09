import { describe, expect, it } from 'vitest';
import { hashRecoveryCode, newRecoveryCode } from './recovery-code.ts';
import { enrolmentUri, newSecret, stepOfCode } from './totp.ts';

// RFC 6238 appendix B, SHA-1: the key is the ASCII text 12345678901234567890; of its eight digits we use the last six, as RFC 4226 section 5.3 cuts them.
const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('codes by time', () => {
  it.each(VECTORS)('at %i s is %s', (seconds, code) => {
    expect(stepOfCode(KEY, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('are taken one step early and one late, and no further; the step is that of the code', () => {
    const [seconds, code] = VECTORS[3];
    const step = Math.floor(seconds / 30);
    const at = (offset: number) => stepOfCode(KEY, code, (seconds + offset) * 1000);
    expect([at(-60), at(-30), at(30), at(60)]).toEqual([undefined, step, step, undefined]);
  });

  it.each(['', '28708', '2870822', 'abcdef', '28708x', '２８７０８２'])('are not %j', (code) => {
    expect(stepOfCode(KEY, code, 59_000)).toBeUndefined();
  });

  it('come from a new secret each time, in an address that every app reads', () => {
    const secret = newSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newSecret()).not.toBe(secret);
    const uri = new URL(enrolmentUri(secret, 'Möwe: Telefon', 'anna@example.org'));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(uri.pathname).toBe('/M%C3%B6we%3A%20Telefon:anna%40example.org');
    expect(Object.fromEntries(uri.searchParams)).toEqual({ secret, issuer: 'Möwe: Telefon', algorithm: 'SHA1', digits: '6', period: '30' });
  });
});

describe('recovery codes', () => {
  it('may be typed in any case, with dashes or without', () => {
    const code = newRecoveryCode();
    expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(hashRecoveryCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(hashRecoveryCode(code));
    expect(hashRecoveryCode(newRecoveryCode())).not.toBe(hashRecoveryCode(code));
    expect(hashRecoveryCode('123456')).toBeUndefined();
  });
});
