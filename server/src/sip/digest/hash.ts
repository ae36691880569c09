import { hash } from 'node:crypto';

/** RFC 7616 3.3: the hash algorithms we speak. SHA-256 is the one to prefer (RFC 8760 2.4). */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

const NODE_NAMES = { MD5: 'md5', 'SHA-256': 'sha256' } as const;

/** H(data) in lower case hex. Text is hashed as UTF-8. */
export function digestHash(algorithm: DigestAlgorithm, data: string | Buffer): string {
  return hash(NODE_NAMES[algorithm], data, 'hex');
}

/** HA1 = H(username ":" realm ":" password): what is stored instead of the password. */
export function ha1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`);
}

export interface DigestInput {
  algorithm: DigestAlgorithm;
  ha1: string;
  method: string;
  uri: string;
  nonce: string;
  /** Without `qop` the older formula of RFC 2069 holds. */
  qop?: { qop: string; nc: string; cnonce: string; body?: Buffer };
}

/** The `response` value of RFC 7616 3.4.1. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, qop } = input;
  let a2 = `${input.method}:${input.uri}`;
  if (qop?.qop === 'auth-int') a2 += `:${digestHash(algorithm, qop.body ?? Buffer.alloc(0))}`;
  const ha2 = digestHash(algorithm, a2);
  if (!qop) return digestHash(algorithm, `${input.ha1}:${input.nonce}:${ha2}`);
  return digestHash(algorithm, `${input.ha1}:${input.nonce}:${qop.nc}:${qop.cnonce}:${qop.qop}:${ha2}`);
}
