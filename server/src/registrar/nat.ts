import ipaddr from 'ipaddr.js';
import { NameAddr, readable, type SipMessage, type SipRequest } from '../sip/message/index.ts';
import type { Source } from '../sip/transport/types.ts';
import { isListed } from './agent-patterns.ts';

/** The five tests (G-37), as bits: a set of them is a number, as operators know it from elsewhere. */
export const natTest = { contact: 1, source: 2, via: 4, sdp: 8, port: 16 } as const;

/**
 * Which tests count for what (list of G-38, in bits of G-37). A REGISTER is tested by all that its head says; other requests leave out the
 * private Via, as test 2 finds whatever it would; of a response only the Contact was written by its sender. The session description tells
 * nothing of signalling: whoever asks for the way of media adds `natTest.sdp`.
 */
export const natTestsFor = {
  register: natTest.contact | natTest.source | natTest.via | natTest.port,
  request: natTest.contact | natTest.source | natTest.port,
  response: natTest.contact,
} as const;

/** Where a message was seen to come from. */
export type Seen = Pick<Source, 'protocol' | 'address' | 'port'>;

/**
 * Addresses that nobody outside of the sender's own network can send to: private (RFC 1918), shared (RFC 6598), link-local, loopback, and
 * those of IPv6. False for names.
 */
export function isPrivate(host: string): boolean {
  return ipaddr.isValid(host) && hidden.has(ipaddr.process(host).range());
}

const hidden = new Set(['private', 'carrierGradeNat', 'linkLocal', 'uniqueLocal', 'loopback']);

/** IPv6 can be written in many ways. */
const isSame = (host: string, address: string): boolean =>
  host === address ||
  (host.includes(':') &&
    address.includes(':') &&
    ipaddr.isValid(host) &&
    ipaddr.parse(host).toString() === ipaddr.parse(address).toString());

/** A private address tells of a NAT only when the packets come from another one: a phone in the office network is where it says. */
const isHidden = (host: string, seen: Seen): boolean => !isSame(host, seen.address) && isPrivate(host);

const contactHost = (message: SipMessage): string | undefined => {
  const contacts = readable(() => message.contacts) ?? [];
  return contacts === '*' ? undefined : contacts[0]?.uri.host;
};

/** Test 1: the Contact holds a private address. */
export function contactIsPrivate(message: SipMessage, seen: Seen): boolean {
  const host = contactHost(message);
  return host !== undefined && isHidden(host, seen);
}

/** Test 2: the topmost Via names another address than the source. */
export function sourceIsNotVia(message: SipMessage, seen: Seen): boolean {
  const via = message.topVia;
  return via !== undefined && !isSame(via.host, seen.address);
}

/** Test 4: the topmost Via holds a private address. */
export function viaIsPrivate(message: SipMessage, seen: Seen): boolean {
  const via = message.topVia;
  return via !== undefined && isHidden(via.host, seen);
}

/** Test 8: the session description holds a private address to send media to. Read without parsing the description. */
export function sdpIsPrivate(message: SipMessage, seen: Seen): boolean {
  if (message.body.length === 0) return false;
  for (const [, host = ''] of message.body.toString('latin1').matchAll(/^c=IN IP[46] ([^\s/]+)/gm)) if (isHidden(host, seen)) return true;
  return false;
}

/**
 * Test 16: the port of the topmost Via is not the source's, as behind a NAT with STUN that failed. It counts only for a phone that asks for
 * rport (RFC 3581), as others may listen elsewhere than they send, and only when the Contact means the same place as the Via.
 */
export function portIsNotVia(message: SipMessage, seen: Seen): boolean {
  const via = message.topVia;
  if (!via || seen.protocol !== 'udp' || !via.params.has('rport')) return false;
  return (via.port ?? 5060) !== seen.port && contactHost(message) === via.host;
}

const tests = [
  [natTest.contact, contactIsPrivate],
  [natTest.source, sourceIsNotVia],
  [natTest.via, viaIsPrivate],
  [natTest.sdp, sdpIsPrivate],
  [natTest.port, portIsNotVia],
] as const;

/** Carries the wanted tests out. @returns the bits of those that hit: 0 = no sign of a NAT */
export function natTests(message: SipMessage, seen: Seen, wanted: number): number {
  let hit = 0;
  for (const [bit, finds] of tests) if (wanted & bit && finds(message, seen)) hit |= bit;
  return hit;
}

/**
 * Does the sender of this request sit behind a NAT that his own words do not know of? Only asked of phones that came here themselves: what a
 * proxy sends has the proxy's source and the phone's Contact. Nor of those known to send from elsewhere than they listen (G-42): where
 * their packets come from leads nowhere.
 */
export function isBehindNat(request: SipRequest, seen: Seen, sipAsymmetric: readonly string[]): boolean {
  const wanted = request.method === 'REGISTER' ? natTestsFor.register : natTestsFor.request;
  return natTests(request, seen, wanted) !== 0 && isDirect(request) && !isListed(sipAsymmetric, request.get('User-Agent'));
}

/**
 * Shall the answer go back to the port a request came from, although its sender did not ask for that (O-151)? A private address in the Via
 * that is not the source's: then the port beside it lies behind the NAT and means nothing here. Others that do not ask may be proxies
 * that listen elsewhere than they send (RFC 3581).
 */
export const needsRport = (request: SipRequest, seen: Seen, sipAsymmetric: readonly string[]): boolean =>
  viaIsPrivate(request, seen) && !isListed(sipAsymmetric, request.get('User-Agent'));

/** RFC 5626 6: the phone's flow is kept by us, whom it reached itself, or by a first proxy that says so with `ob` in its Path. */
export function keepsFlow(register: SipRequest): boolean {
  if (register.vias.length === 1) return true;
  const first = register.values('Path').at(-1);
  return first !== undefined && NameAddr.parse(first).uri.params.has('ob');
}

/** The phone sent it to us itself. */
export const isDirect = (request: SipRequest): boolean => request.vias.length === 1 && !request.has('Record-Route');
