import type { NameAddr, SipRequest } from '../sip/message/index.ts';
import type { Source } from '../sip/transport/types.ts';

/**
 * Does the phone sit behind a NAT that its own words do not know of (G-37, tests 1, 2 and 16)? Its address in Via is not where the
 * request came from; the port counts only for a phone that asks for rport (RFC 3581), as others may listen elsewhere than they send.
 */
export function isBehindNat(request: SipRequest, source: Source, contact: NameAddr): boolean {
  const via = request.topVia;
  if (!via) return false;
  const host = via.host.replace(/^\[|\]$/g, '');
  if (host !== source.address) return true;
  const symmetric = via.params.has('rport') || source.protocol !== 'udp';
  const contactIsVia = contact.uri.host === host;
  return symmetric && contactIsVia && source.protocol === 'udp' && (via.port ?? 5060) !== source.port;
}
