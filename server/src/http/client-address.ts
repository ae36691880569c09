import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** IPv4 also where a dual-stack socket shows it as ::ffff:192.0.2.1. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * The address a request came from, as limits, sessions and the log of who did what see it. Behind a proxy named in DIALTONE_TRUST_PROXY it is
 * the one that proxy was asked from; from anybody else X-Forwarded-For says nothing. The only place that asks for it.
 * @returns a textual IP; IPv4 also where the peer shows as ::ffff:192.0.2.1
 */
export function clientAddress(request: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const address = isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? '') : request.ip;
  return plainAddress(address);
}
