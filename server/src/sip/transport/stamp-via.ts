import type { SipRequest } from '../message/request.ts';
import { withoutZone } from './addresses.ts';
import type { Source } from './types.ts';

/**
 * Writes into the topmost Via where the request really came from: `received` when it differs from sent-by (RFC 3261 section
 * 18.2.1), `received` and `rport` when rport was asked for (RFC 3581 section 4). What the sender put there itself is replaced.
 * @param forced the answer goes back to the port it came from although nobody asked
 */
export function stampVia(request: SipRequest, source: Source, forced = false): void {
  const top = request.topVia;
  if (!top) return;
  const address = withoutZone(source.address);
  const wantsPort = forced || top.rport !== undefined || top.params.has('rport');
  if (!wantsPort && top.host === address && !top.params.has('received')) return;
  const via = top.clone();
  via.received = address;
  if (wantsPort) via.rport = source.port;
  request.updateTopVia(via);
}
