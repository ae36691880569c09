import type { FastifyInstance } from 'fastify';
import { clientAddress, problemOf } from '../http/index.ts';
import type { BanList } from './ban-list.ts';

/** Requests of banned addresses are answered with a sentence, before anything else is done for them. */
export function refuseBanned(fastify: FastifyInstance, bans: BanList): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (bans.size === 0) return undefined;
    const until = bans.until(clientAddress(request));
    if (until === undefined) return undefined;
    const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
    const detail = `Too many wrong passwords came from ${clientAddress(request)}. Try again in ${Math.ceil(seconds / 60)} min, or ask the administrator.`;
    return reply
      .code(403)
      .header('retry-after', seconds)
      .type('application/problem+json')
      .send(problemOf(403, 'banned', detail));
  });
}
