import type { Gateway } from '../../directory/types.ts';
import { SipUri } from '../../sip/message/index.ts';

/** The URI of a gateway, with a user part for calls; without one it names the machine, as OPTIONS and REGISTER do. */
export function gatewayUri(gateway: Pick<Gateway, 'host' | 'port' | 'transport'>, user?: string): SipUri {
  const uri = new SipUri('sip', user, gateway.host.toLowerCase(), gateway.port);
  if (gateway.transport !== 'udp') uri.params.set('transport', gateway.transport);
  return uri;
}
