import { NameAddr, readable, type SipMessage } from '../../sip/message/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';

/**
 * Puts the address where a phone was seen into the Contact it wrote (G-39, O-153), so that what the other side keeps is an address it
 * could reach, and shows no home network. It is for the eyes of the other side only: its requests come back through us, who recorded a
 * route, and go on over the flow that the phone was seen on, with the phone's own Contact as their URI again. So it does not matter that
 * behind a symmetric NAT this address answers to nobody but us, that over TCP nobody can connect to it, or that a phone takes no URI
 * other than the one it wrote.
 * @returns the URI that the message names now; undefined when it has no Contact that can be repaired
 */
export function repairContact(message: SipMessage, seen: Endpoint): string | undefined {
  const contacts = readable(() => message.contacts) ?? [];
  const own = contacts === '*' || contacts.length !== 1 ? undefined : contacts[0];
  if (!own || (own.uri.scheme !== 'sip' && own.uri.scheme !== 'sips')) return undefined;
  const shown = new NameAddr(own.uri.clone(), own.displayName);
  shown.params = own.params;
  shown.uri.host = seen.address;
  shown.uri.port = seen.port;
  shown.uri.params.delete('maddr');
  if (seen.protocol !== 'udp' && shown.uri.scheme === 'sip') shown.uri.params.set('transport', seen.protocol);
  message.set('Contact', shown.toString());
  return shown.uri.toString();
}
