import { randomFillSync } from 'node:crypto';

const ALPHABET = Buffer.from('abcdefghijklmnopqrstuvwxyz012345', 'latin1');
const pool = Buffer.alloc(8192);
let used = pool.length;

/**
 * A random token of `length` characters of 5 bits each, fit for branches, tags and Call-IDs (RFC 3261 19.3 asks for 32 random bits or
 * more). Drawn from a pool: one system call for some hundred tokens.
 */
export function token(length = 16): string {
  if (used + length > pool.length) {
    randomFillSync(pool);
    for (let i = 0; i < pool.length; i++) pool[i] = ALPHABET[pool[i]! & 31]!;
    used = 0;
  }
  used += length;
  return pool.toString('latin1', used - length, used);
}
