import { hash } from 'node:crypto';
import type { SipRequest } from '../message/index.ts';
import { token } from '../token.ts';

/** Keyed by chance, so that only Vias of this process can look like ours. */
const salt = token(20);
const MARK = '.L';
const LENGTH = 12;

/**
 * The part of our branch that shows a loop (RFC 3261 16.6 item 8, RFC 5393 4.2): a hash of all that decides where the request goes.
 * A request that comes back with the same value would go the same way for ever; one that comes back changed is a spiral and may pass.
 * Proxy-Authorization is left out: we take our own credentials off before forwarding.
 */
export function loopTail(request: SipRequest): string {
  const { callId, cseq } = request;
  const parts = [salt, request.uriText, callId, request.from.tag, request.to.tag, cseq.seq, cseq.method];
  parts.push(...request.getAll('Route'), ...request.getAll('Proxy-Require'));
  return MARK + hash('sha1', parts.join('\0'), 'hex').slice(0, LENGTH);
}

/** RFC 3261 16.3 item 4: did this request pass here before, in the same form? */
export function isLoop(request: SipRequest, tail = loopTail(request)): boolean {
  // Nearly every request has one Via, and most of the rest none of ours: no need to hash then.
  return request.getAll('Via').some((line) => line.includes(MARK)) && request.vias.some((via) => via.branch?.endsWith(tail));
}
