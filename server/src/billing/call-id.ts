import { randomFillSync } from 'node:crypto';

const pool = new Uint8Array(1024);
let used = pool.length;

/**
 * An id for a call: a UUID of version 7 (RFC 9562 5.7), so that ids rise with time and the indexes over them stay compact.
 * @param now epoch ms
 */
export function newCallId(now: number): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = Buffer.from(pool.buffer, pool.byteOffset + used, 10).toString('hex');
  used += 10;
  const time = Math.floor(now).toString(16).padStart(12, '0');
  const variant = '89ab'[Number.parseInt(random[3] ?? '0', 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(8)}`;
}
