import { randomFillSync } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz012345';
const pool = new Uint8Array(8192);
let used = pool.length;

/**
 * A random token of `length` characters of 5 bits each, fit for branches, tags and Call-IDs (RFC 3261 19.3 asks for 32 random bits or
 * more). Drawn from a pool: one system call for some hundred tokens.
 */
export function token(length = 16): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[pool[used + i]! & 31];
  used += length;
  return text;
}
