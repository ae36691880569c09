import { token } from '../token.ts';
import { type DigestAlgorithm, digestHash, digestResponse, ha1 } from './hash.ts';
import { type DigestFields, parseDigest, quote } from './header.ts';
import type { StoredHa1 } from './verifier.ts';

export interface ClientCredentials {
  username: string;
  /** Either the password, or the stored HA1 of the challenge's realm. */
  password?: string;
  ha1?: StoredHa1;
}

export interface ChallengedRequest {
  method: string;
  uri: string;
  body?: Buffer;
}

/** The parts of a 401 or 407 that the answer is made from. */
export interface Challenge {
  status: number;
  getAll(name: string): string[];
}

/**
 * Answers the challenge of a 401 or 407 response: the header to add to the request sent again, or undefined when no challenge in it can
 * be answered. SHA-256 goes before MD5 (RFC 8760 2.4), qop=auth before none (RFC 7616 3.4).
 * @param nonceCount how often this nonce is used with this answer, from 1.
 */
export function answerChallenge(
  response: Challenge,
  credentials: ClientCredentials,
  request: ChallengedRequest,
  nonceCount = 1,
): { name: 'Authorization' | 'Proxy-Authorization'; value: string; realm: string; stale: boolean; nonce: string } | undefined {
  const proxy = response.status === 407;
  const challenges = response
    .getAll(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')
    .map(parseDigest)
    .filter((fields) => fields !== undefined);
  for (const algorithm of ['SHA-256', 'MD5'] as const) {
    for (const fields of challenges) {
      const answer = answerOne(fields, algorithm, credentials, request, nonceCount);
      if (answer === undefined) continue;
      return {
        name: proxy ? 'Proxy-Authorization' : 'Authorization',
        value: answer,
        realm: fields.get('realm')!,
        stale: fields.get('stale')?.toLowerCase() === 'true',
        nonce: fields.get('nonce')!,
      };
    }
  }
  return undefined;
}

function answerOne(
  fields: DigestFields,
  algorithm: DigestAlgorithm,
  credentials: ClientCredentials,
  request: ChallengedRequest,
  nonceCount: number,
): string | undefined {
  const named = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  const session = named.endsWith('-SESS');
  const realm = fields.get('realm');
  const nonce = fields.get('nonce');
  if (named !== (session ? `${algorithm}-SESS` : algorithm) || realm === undefined || nonce === undefined) return undefined;
  const offered = fields
    .get('qop')
    ?.split(',')
    .map((option) => option.trim().toLowerCase());
  const qop = offered?.includes('auth') ? 'auth' : offered?.includes('auth-int') ? 'auth-int' : undefined;
  if (offered && !qop) return undefined;

  const stored = algorithm === 'MD5' ? credentials.ha1?.md5 : credentials.ha1?.sha256;
  let key = credentials.password === undefined ? stored : ha1(algorithm, credentials.username, realm, credentials.password);
  if (key === undefined) return undefined;
  const cnonce = token(16);
  // RFC 7616 3.4.2: a session key is bound to the nonces of both sides.
  if (session) key = digestHash(algorithm, `${key}:${nonce}:${cnonce}`);
  const nc = nonceCount.toString(16).padStart(8, '0');
  const { method, uri, body } = request;
  const response = digestResponse({ algorithm, ha1: key, method, uri, nonce, qop: qop && { qop, nc, cnonce, body } });

  let value = `Digest username=${quote(credentials.username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}, `;
  value += `response="${response}"`;
  if (fields.has('algorithm')) value += `, algorithm=${fields.get('algorithm')}`;
  if (qop) value += `, cnonce="${cnonce}", qop=${qop}, nc=${nc}`;
  else if (session) value += `, cnonce="${cnonce}"`;
  const opaque = fields.get('opaque');
  if (opaque !== undefined) value += `, opaque=${quote(opaque)}`;
  return value;
}
