import type { Gateway, Subscriber } from '../../directory/types.ts';
import { NameAddr, SipUri } from '../../sip/message/index.ts';
import type { Headers } from '../dialog/headers.ts';

export interface CallerIdentity {
  /** From without a tag. */
  from: NameAddr;
  headers: Headers;
}

/**
 * Who a gateway is told is calling, by its setting. The subscriber's own caller id goes before his number; what his phone wrote into
 * From, P-Asserted-Identity or the like is never believed (RFC 3325 5).
 */
export function callerIdentity(gateway: Pick<Gateway, 'callerIdMode'>, caller: Subscriber | undefined, domain: string): CallerIdentity {
  const number = caller?.callerId ?? caller?.number;
  if (number === undefined || gateway.callerIdMode === 'anonymous') {
    // RFC 3323 4.1.1.3, and RFC 3325 9.3 for what the gateway may do with it.
    return { from: new NameAddr(new SipUri('sip', 'anonymous', 'anonymous.invalid'), 'Anonymous'), headers: [['Privacy', 'id']] };
  }
  const identity = new NameAddr(new SipUri('sip', number, domain), caller?.displayName || undefined);
  if (gateway.callerIdMode === 'from') return { from: identity, headers: [] };
  return { from: identity, headers: [['P-Asserted-Identity', `<${identity.uri.toString()}>`]] };
}
