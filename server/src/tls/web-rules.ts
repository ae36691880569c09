import type { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/index.ts';
import type { CertificateStore } from './certificate-store.ts';
import { CHALLENGE_PATH, type ChallengeResponses } from './challenge-responses.ts';

const HALF_A_YEAR = 15_552_000;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/i;

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export interface WebRules {
  readonly store: CertificateStore;
  readonly challenges: ChallengeResponses;
  /** Port of the pages over TLS; undefined while there are none. */
  readonly httpsPort: () => number | undefined;
  /** Phones refuse a certificate of ours: what they fetch by themselves stays reachable over plain http. */
  readonly phonePath: string;
  readonly healthPath: string;
}

/** The address to come to over TLS, or undefined when the request may stay where it is. */
function secureUrl(request: FastifyRequest, rules: WebRules): string | undefined {
  const port = rules.httpsPort();
  if (port === undefined || request.protocol === 'https') return undefined;
  const path = request.url.split('?')[0] ?? '';
  if (path.startsWith(CHALLENGE_PATH) || path === rules.healthPath || isLoopback(clientAddress(request))) return undefined;
  if (path.startsWith(rules.phonePath) && rules.store.shown?.facts.selfSigned !== false) return undefined;
  const host = HOST.exec(request.headers.host ?? '')?.[1];
  return host && `https://${host}${port === 443 ? '' : `:${port}`}${request.url}`;
}

/** Browsers are led to TLS, told to stay there once the certificate is one they can trust, and authorities find their proofs. */
export function applyWebRules(fastify: FastifyInstance, rules: WebRules): void {
  fastify.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const url = secureUrl(request, rules);
    // 307 keeps method and body, and is forgotten: TLS may be switched off again.
    if (url !== undefined) return reply.header('cache-control', 'no-store').redirect(url, 307);
    // A promise made with a self-signed certificate would shut the browser out of every later one (RFC 6797 section 8.4).
    if ((request.raw.socket as TLSSocket).encrypted && rules.store.shown?.facts.selfSigned === false)
      reply.header('strict-transport-security', `max-age=${HALF_A_YEAR}`);
  });
  fastify.get<{ Params: { token: string } }>(`${CHALLENGE_PATH}:token`, { logLevel: 'warn' }, (request, reply) => {
    const proof = rules.challenges.find(request.params.token);
    if (proof === undefined) return reply.code(404).type('text/plain').send('No such challenge.');
    return reply.type('application/octet-stream').send(proof);
  });
}
