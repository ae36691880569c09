import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

export interface SipHa1 {
  ha1Md5: string;
  ha1Sha256: string;
}

// No 0/O, 1/l/I: a person types this into a phone.
const alphabet = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789';
const length = 16;

/** A SIP password of 16 signs out of 55: 92 bits, and it needs no escaping in any phone's menu. */
export function generateSipPassword(): string {
  let password = '';
  for (let i = 0; i < length; i++) password += alphabet[randomInt(alphabet.length)];
  return password;
}

/** HA1 = H(user:realm:password), RFC 7616 section 3.4.2, for both algorithms we challenge with. The realm is the SIP domain. */
export function computeHa1(number: string, domain: string, password: string): SipHa1 {
  const text = `${number}:${domain}:${password}`;
  return { ha1Md5: createHash('md5').update(text).digest('hex'), ha1Sha256: createHash('sha256').update(text).digest('hex') };
}

export function matchesHa1(stored: SipHa1, number: string, domain: string, password: string): boolean {
  const expected = Buffer.from(stored.ha1Sha256, 'hex');
  const actual = Buffer.from(computeHa1(number, domain, password).ha1Sha256, 'hex');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
