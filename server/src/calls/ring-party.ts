import { createRequest, NameAddr, readable, type SipRequest, type SipResponse } from '../sip/message/index.ts';
import type { Source, Target } from '../sip/transport/types.ts';

/** One side of a proxied dialog, as it shows itself in its messages. */
export interface Party {
  /** As in the From or To of his own requests, tag included. */
  address: NameAddr;
  contact: string;
  /** Where his requests come from. */
  ip: string | undefined;
  /** Set: requests to him go there, whatever his Contact says. */
  pinned: Target | undefined;
  /** Routes between us and him. */
  routes: readonly string[];
  seq: number;
}

/** Back the way the other side came, unless there are routes to follow. */
export const towards = (request: SipRequest, other: Party): Target | undefined => (request.has('Route') ? undefined : other.pinned);

/**
 * Does the request go to the other side of its dialog? Inside a dialog we are no way to somewhere else: the next hop is the other
 * side's contact, or the first of its routes.
 */
export function leadsTo(request: SipRequest, other: Party): boolean {
  if (!request.has('Route') && other.pinned) return true;
  const next = request.routes[0]?.uri ?? request.uri;
  return [other.contact, ...other.routes].some((text) => {
    const { uri } = NameAddr.parse(text.includes('<') ? text : `<${text}>`);
    return uri.host === next.host && (uri.port ?? 5060) === (next.port ?? 5060);
  });
}

export const contactOf = (message: SipRequest | SipResponse): string | undefined => {
  const contacts = readable(() => message.contacts) ?? [];
  return contacts === '*' ? undefined : contacts[0]?.uri.toString();
};

export const targetOf = ({ protocol, address, port, local, flow }: Source): Target =>
  protocol === 'udp' ? { protocol, address, port, localHint: local } : { protocol, address, port, flow };

/** Where media for this side goes, as far as its signalling tells. */
export const mediaTarget = ({ pinned, ip }: Party): Target | undefined =>
  pinned ?? (ip === undefined ? undefined : { protocol: 'udp', address: ip, port: 5060 });

/** A BYE to one side in the name of the other, which counts on from its last CSeq. */
export function byeTo(to: Party, from: Party, callId: string, reason: string): SipRequest {
  from.seq++;
  const headers: [string, string][] = to.routes.map((route) => ['Route', route]);
  headers.push(['Max-Forwards', '70'], ['From', from.address.toString()], ['To', to.address.toString()]);
  headers.push(['Call-ID', callId], ['CSeq', `${from.seq} BYE`], ['Reason', `SIP;cause=200;text="${reason.replace(/["\\\r\n]/g, ' ')}"`]);
  return createRequest('BYE', to.contact, headers);
}
