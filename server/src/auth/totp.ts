import { Secret, TOTP } from 'otpauth';

// What every authenticator app understands, and many nothing else: SHA-1, six digits, 30 s.
const COMMON = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** 160 random bits in base32: as long as the hash, as RFC 4226 section 4 advises. */
export const newSecret = (): string => new Secret({ size: 20 }).base32;

/** The `otpauth://totp/` address that an authenticator app reads from a QR code. */
export const enrolmentUri = (secret: string, issuer: string, login: string): string =>
  new TOTP({ ...COMMON, issuer, label: login, secret }).toString();

/**
 * The time step (RFC 6238 section 4.2) a code belongs to. Of the steps just before and just after the present one codes are taken too: clocks differ and
 * people type slowly (section 5.2). Whoever calls remembers the step, so that a code works once.
 * @param now milliseconds since 1970
 * @returns undefined when the code is none of these three
 */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const totp = new TOTP({ ...COMMON, secret });
  const delta = totp.validate({ token: code, timestamp: now, window: 1 });
  return delta === null ? undefined : totp.counter({ timestamp: now }) + delta;
}
