import { flat } from '../flat.ts';
import type { SipRequest, Via } from '../message/index.ts';

export const MAGIC_COOKIE = 'z9hG4bK';

/**
 * The key of a server transaction (RFC 3261 17.2.3): branch, sent-by and method, an ACK counting as its INVITE. A branch without the
 * magic cookie is not unique; then the fields an RFC 2543 client keeps across retransmissions take its place.
 */
export function serverKey(request: SipRequest, via: Via, method: string): string {
  const { branch } = via;
  if (branch?.startsWith(MAGIC_COOKIE)) return flat(`${branch} ${via.host}:${via.port ?? ''} ${method}`);
  return flat(`${request.callId} ${request.cseq.seq} ${request.from.tag ?? ''} ${via.toString()} ${method}`);
}

/** The key of a client transaction (RFC 3261 17.1.3). Our branches are unique; the method tells a CANCEL from its INVITE. */
export function clientKey(branch: string, method: string): string {
  return flat(`${branch} ${method}`);
}

/**
 * What two copies of one request have in common that came to us over different ways (RFC 3261 8.2.2.2). The Request-URI is part of it,
 * since a proxy upstream may rightly send branches of one call to several of our users.
 */
export function mergeKey(request: SipRequest): string {
  const { seq, method } = request.cseq;
  return flat(`${request.callId} ${request.from.tag ?? ''} ${seq} ${method} ${request.uriText}`);
}
