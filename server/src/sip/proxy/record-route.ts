import type { SipRequest } from '../message/index.ts';
import type { TransportPort } from '../transaction/types.ts';
import type { Target } from '../transport/types.ts';

export interface RecordRouteStyle {
  /** `lr=on` is for old phones that drop a parameter without a value (G-8). */
  lr: 'lr' | 'lr=on';
  /** More URI parameters, without the leading semicolon. */
  params?: string;
}

/**
 * Puts us on the route of the dialog (RFC 3261 16.6 item 4). Where transport, address or port differ between the two sides, both are
 * recorded, so that each side finds us at the address it can reach (RFC 5658).
 */
export function recordRoute(request: SipRequest, transport: TransportPort, target: Target, style: RecordRouteStyle): void {
  // A sips URI stays one on the way (RFC 3261 16.6 item 4), as far as it is one of TLS.
  const sips = request.uri.scheme === 'sips';
  const outside = routeValue(sips, transport.viaFor(target), style);
  const { source } = request;
  const inside = source && routeValue(sips, transport.viaFor({ ...source, localHint: source.local }), style);
  if (inside !== undefined && inside !== outside) request.prepend('Record-Route', inside);
  request.prepend('Record-Route', outside);
}

function routeValue(sips: boolean, via: { protocol: string; sentBy: string }, style: RecordRouteStyle): string {
  const params = `;${style.lr}${style.params ? `;${style.params}` : ''}`;
  // sips says TLS; what runs below it is tcp (RFC 5630 section 5.2).
  if (sips && via.protocol === 'TLS') return `<sips:${via.sentBy};transport=tcp${params}>`;
  return `<sip:${via.sentBy}${via.protocol === 'UDP' ? '' : `;transport=${via.protocol.toLowerCase()}`}${params}>`;
}
