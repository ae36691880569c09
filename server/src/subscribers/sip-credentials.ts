import { hash, randomInt, timingSafeEqual } from 'node:crypto';

export interface SipHa1 {
  ha1Md5: string;
  ha1Sha256: string;
  /** Of `number@domain` as the user name. */
  ha1Md5AtDomain: string | null;
  ha1Sha256AtDomain: string | null;
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

/** HA1 = H(user:realm:password), RFC 7616 section 3.4.2, for both algorithms we challenge with, and for both ways phones name their user. The realm is the SIP domain. */
export function computeHa1(number: string, domain: string, password: string): SipHa1 {
  const digest = (algorithm: 'md5' | 'sha256', user: string) => hash(algorithm, `${user}:${domain}:${password}`, 'hex');
  const address = `${number}@${domain}`;
  return {
    ha1Md5: digest('md5', number),
    ha1Sha256: digest('sha256', number),
    ha1Md5AtDomain: digest('md5', address),
    ha1Sha256AtDomain: digest('sha256', address),
  };
}

export function matchesHa1(stored: Pick<SipHa1, 'ha1Sha256'>, number: string, domain: string, password: string): boolean {
  const expected = Buffer.from(stored.ha1Sha256, 'hex');
  const actual = Buffer.from(computeHa1(number, domain, password).ha1Sha256, 'hex');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
