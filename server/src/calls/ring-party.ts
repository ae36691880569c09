import { createRequest, NameAddr, readable, type SipRequest, type SipResponse, SipUri } from '../sip/message/index.ts';
import type { Source, Target } from '../sip/transport/types.ts';
import { repairContact } from './nat/contact-repair.ts';

/** One side of a proxied dialog, as it shows itself in its messages. */
export interface Party {
  /** As in the From or To of his own requests, tag included. */
  address: NameAddr;
  /** As he wrote it. */
  contact: string;
  /** Whose phone it is; undefined for strangers and gateways. */
  readonly subscriberId: number | undefined;
  /** `+sip.instance` of his Contact (RFC 5626 4.1). */
  instance: string | undefined;
  /** What his Contact says leads nowhere: the other side gets where he was seen. */
  behindNat: boolean;
  /** The Contact that the other side has got instead of his own. */
  shown: string | undefined;
  /** Where his requests come from. */
  ip: string | undefined;
  /** Set: requests to him go there, whatever his Contact says. */
  pinned: Target | undefined;
  /** Routes between us and him. */
  routes: readonly string[];
  seq: number;
  /** How much higher than the other side's the CSeq numbers are that he gets. */
  readonly seqAhead?: number | undefined;
}

/** A message of this side, about to go to the other one: when he sits behind a NAT, with a Contact that leads outside of it. */
export function show(message: SipRequest | SipResponse, party: Party, seen: Source | undefined): void {
  if (party.behindNat && seen) party.shown = repairContact(message, seen) ?? party.shown;
}

/** A request to the Contact we showed goes to the one the phone wrote: some take no other. */
export function toOwnContact(request: SipRequest, { shown, contact }: Party): void {
  if (shown === undefined || request.has('Route')) return;
  const { host, port } = SipUri.parse(shown);
  if (request.uri.host === host && request.uri.port === port) request.uriText = contact;
}

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

/** Takes note of the Contact that a message of this side brings. */
export function learnContact(party: Pick<Party, 'contact' | 'instance'>, message: SipRequest | SipResponse): void {
  party.contact = contactOf(message) ?? party.contact;
  party.instance = instanceOf(message) ?? party.instance;
}

export const instanceOf = (message: SipRequest | SipResponse): string | undefined => {
  const contacts = readable(() => message.contacts) ?? [];
  const instance = contacts === '*' ? undefined : contacts[0]?.params.get('+sip.instance');
  return instance === true ? undefined : instance;
};

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
  headers.push(
    ['Call-ID', callId],
    ['CSeq', `${from.seq + (to.seqAhead ?? 0)} BYE`],
    ['Reason', `SIP;cause=200;text="${reason.replace(/["\\\r\n]/g, ' ')}"`],
  );
  return createRequest('BYE', to.contact, headers);
}
