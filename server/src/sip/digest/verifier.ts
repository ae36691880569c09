import { hash, timingSafeEqual } from 'node:crypto';
import { token } from '../token.ts';
import type { Clock } from '../transaction/clock.ts';
import { type DigestAlgorithm, digestResponse } from './hash.ts';
import { type DigestFields, parseDigest, quote } from './header.ts';
import { NonceCounts } from './nonce-counts.ts';

/** The stored secrets of a user; either may be missing. Hex, of `username:realm:password`. */
export interface StoredHa1 {
  md5?: string;
  sha256?: string;
}

export type DigestRefusal =
  /** No credentials for this realm were sent: challenge. */
  | 'none'
  /** The password is right, the nonce is not ours, has expired or its count was used: challenge with `stale=true`. */
  | 'stale'
  | 'replay'
  /** Unknown user or wrong password; not told apart. */
  | 'wrong'
  /** With `checkUri`: the `uri` field names another resource than the Request-URI: 400 (RFC 7616 3.4.6). */
  | 'uri'
  /** Unreadable, or with an algorithm or qop that was not offered: 400. */
  | 'malformed';

export type DigestVerdict =
  | { ok: true; username: string; realm: string; algorithm: DigestAlgorithm }
  | {
      ok: false;
      why: DigestRefusal;
      username?: string;
      /** With `wrong`, `stale` and `replay`: the nonce was sent to the very address that the answer says it comes from, so it does. */
      proven?: boolean;
    };

export interface DigestVerifierOptions {
  /** Key of the nonces; random when missing (then a restart makes every nonce stale, which costs each phone one more round). */
  secret?: string | Buffer;
  /** How long a nonce may be used, in ms. */
  nonceTtl?: number;
  clock: Clock;
  /** `auth` offers qop=auth and counts; `none` challenges in the old way, for phones that fail on qop (G-33). */
  qop?: 'auth' | 'none';
  /** Credentials without qop are accepted though qop was offered (RFC 2069 clients). Default true; such a nonce is good for one request. */
  acceptWithoutQop?: boolean;
  algorithms?: readonly DigestAlgorithm[];
  /**
   * Refuses credentials whose `uri` names another user or host than the Request-URI (RFC 7616 3.4.6). Default false: phones and test tools
   * write the address of the server there, proxies before us change the Request-URI, and the nonce count stops replays already.
   */
  checkUri?: boolean;
  /** Nonces whose counts are remembered. */
  capacity?: number;
}

const NONCE = /^([0-9a-z]{1,11})\.([0-9a-z]{12})\.([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{8})$/;
const NOBODY = '0'.repeat(64);

/** The server side of RFC 7616 / 8760 digest access authentication. Nonces are stateless: a time, some chance, a keyed hash of both, and one of both and the address they went to. */
export class DigestVerifier {
  readonly #secret: string;
  readonly #nonceTtl: number;
  readonly #clock: Clock;
  readonly #qop: 'auth' | 'none';
  readonly #acceptWithoutQop: boolean;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #checkUri: boolean;
  readonly #counts: NonceCounts;
  #sweptAt: number;

  constructor(options: DigestVerifierOptions) {
    this.#secret = hash('sha256', options.secret ?? token(32), 'hex');
    this.#nonceTtl = options.nonceTtl ?? 300_000;
    this.#clock = options.clock;
    this.#qop = options.qop ?? 'auth';
    this.#acceptWithoutQop = options.acceptWithoutQop ?? true;
    this.#algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
    this.#checkUri = options.checkUri ?? false;
    this.#counts = new NonceCounts(options.capacity);
    this.#sweptAt = options.clock.now();
  }

  /**
   * Values for WWW-Authenticate or Proxy-Authenticate, one header line each, the strongest algorithm first (RFC 8760 2.4).
   * @param options.address where the challenge goes: an answer from there proves that it is no forged one.
   * @param options.algorithms fewer than the configured ones, for a user who lacks a stored HA1.
   */
  challenge(realm: string, options: { stale?: boolean; algorithms?: readonly DigestAlgorithm[]; address?: string } = {}): string[] {
    const nonce = this.#issue(options.address ?? '');
    const tail = `${options.stale ? ', stale=true' : ''}${this.#qop === 'auth' ? ', qop="auth"' : ''}`;
    return (options.algorithms ?? this.#algorithms).map(
      (algorithm) => `Digest realm=${quote(realm)}, nonce="${nonce}", algorithm=${algorithm}${tail}`,
    );
  }

  /**
   * Checks the credentials of a request.
   * @param credentials every value of the Authorization (or Proxy-Authorization) header; those of other realms are passed over.
   * @param lookup the stored HA1 of a username exactly as the client wrote it, or undefined.
   * @param request.address where it says it comes from. A nonce is good from any address: phones wander.
   */
  verify(
    request: { method: string; uri: string; address?: string },
    credentials: readonly string[] | string | undefined,
    realm: string,
    lookup: (username: string, realm: string) => StoredHa1 | undefined,
  ): DigestVerdict {
    const values = typeof credentials === 'string' ? [credentials] : (credentials ?? []);
    let unreadable = false;
    for (const value of values) {
      const fields = parseDigest(value);
      if (!fields) unreadable ||= /^\s*digest\b/i.test(value);
      else if (fields.get('realm') === realm) return this.#check(request, fields, realm, lookup);
    }
    return { ok: false, why: unreadable ? 'malformed' : 'none' };
  }

  #check(
    request: { method: string; uri: string; address?: string },
    fields: DigestFields,
    realm: string,
    lookup: (username: string, realm: string) => StoredHa1 | undefined,
  ): DigestVerdict {
    const username = usernameOf(fields);
    const nonce = fields.get('nonce');
    const uri = fields.get('uri');
    const response = fields.get('response');
    if (username === undefined || nonce === undefined || uri === undefined || response === undefined)
      return { ok: false, why: 'malformed' };
    const algorithm = this.#algorithms.find((name) => name === (fields.get('algorithm') ?? 'MD5').toUpperCase());
    const qop = fields.get('qop');
    const nc = fields.get('nc');
    const cnonce = fields.get('cnonce');
    if (!algorithm || (qop !== undefined && qop !== 'auth')) return { ok: false, why: 'malformed', username };
    if (qop !== undefined && (cnonce === undefined || nc === undefined || !/^[0-9a-fA-F]{8}$/.test(nc))) {
      return { ok: false, why: 'malformed', username };
    }
    if (qop === undefined && this.#qop === 'auth' && !this.#acceptWithoutQop) return { ok: false, why: 'malformed', username };
    if (this.#checkUri && !sameResource(uri, request.uri)) return { ok: false, why: 'uri', username };

    const stored = lookup(username, realm);
    const key = algorithm === 'MD5' ? stored?.md5 : stored?.sha256;
    const expected = digestResponse({
      algorithm,
      ha1: key ?? NOBODY,
      method: request.method,
      uri,
      nonce,
      qop: qop === undefined ? undefined : { qop, nc: nc!, cnonce: cnonce! },
    });
    const refuse = (why: DigestRefusal): DigestVerdict => ({ ok: false, why, username, proven: this.#isProven(nonce, request.address) });
    if (!sameText(expected, response.toLowerCase()) || key === undefined) return refuse('wrong');

    // RFC 7616 3.3: stale=true only where the digest itself is right, so that a guess learns nothing.
    const issuedAt = this.#issuedAt(nonce);
    const now = this.#clock.now();
    if (issuedAt === undefined || now - issuedAt > this.#nonceTtl || issuedAt > now) return refuse('stale');
    if (now - this.#sweptAt > this.#nonceTtl) {
      this.#sweptAt = now;
      this.#counts.sweep(now - this.#nonceTtl);
    }
    // Without qop nothing in the response counts, and the same one would do for any request: its nonce is good for one.
    const count = qop === undefined ? 1 : Number.parseInt(nc!, 16);
    if (!this.#counts.use(nonce, issuedAt, count)) return refuse('replay');
    return { ok: true, username, realm, algorithm };
  }

  #issue(address: string): string {
    const stamp = `${Math.floor(this.#clock.now()).toString(36)}.${token(12)}`;
    return `${stamp}.${this.#sign(stamp)}${this.#bind(stamp, address)}`;
  }

  #isProven(nonce: string, address = ''): boolean {
    const parts = NONCE.exec(nonce);
    return parts !== null && sameText(this.#bind(`${parts[1]}.${parts[2]}`, address), parts[4]!);
  }

  #issuedAt(nonce: string): number | undefined {
    const parts = NONCE.exec(nonce);
    if (!parts || !sameText(this.#sign(`${parts[1]}.${parts[2]}`), parts[3]!)) return undefined;
    return Number.parseInt(parts[1]!, 36);
  }

  /**
   * A keyed hash of the stamp. The stamp is of one form and the hash is cut to 132 of its bits, so that it cannot be lengthened; the
   * one-shot hash costs a fraction of an Hmac object, and every request with credentials needs one.
   */
  #sign(stamp: string): string {
    return hash('sha256', `${this.#secret}:${stamp}:${this.#secret}`, 'base64url').slice(0, 22);
  }

  /** Only looked at when credentials are refused. 48 bits: a guess at it is a datagram each. */
  #bind(stamp: string, address: string): string {
    return hash('sha256', `${this.#secret}:${stamp}:${address}:${this.#secret}`, 'base64url').slice(0, 8);
  }
}

/** RFC 7616 3.4: `username*` (RFC 8187, UTF-8 only) in place of `username`; both at once, or a hashed one, are not readable. */
function usernameOf(fields: DigestFields): string | undefined {
  const plain = fields.get('username');
  const extended = fields.get('username*');
  if (fields.get('userhash')?.toLowerCase() === 'true') return undefined;
  if (extended === undefined) return plain === '' ? undefined : plain;
  if (plain !== undefined || !extended.toUpperCase().startsWith("UTF-8''")) return undefined;
  try {
    return decodeURIComponent(extended.slice(7));
  } catch {
    return undefined;
  }
}

/**
 * RFC 7616 3.4.6 with the tolerance SIP needs: phones write the URI with or without port and parameters, and a proxy before us may
 * have touched those; user and host must be the same.
 */
function sameResource(field: string, requestUri: string): boolean {
  return field === requestUri || bareUri(field) === bareUri(requestUri);
}

function bareUri(uri: string): string {
  const match = /^\s*sips?:(?:([^@;?]*)@)?(\[[^\]]*\]|[^:;?>\s]*)/i.exec(uri);
  if (!match) return uri;
  const user = match[1]?.split(':')[0];
  return `${user === undefined ? '' : `${user}@`}${match[2]!.toLowerCase()}`;
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
