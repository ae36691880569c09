import { isIP } from 'node:net';
import type { DirectorySettings } from '../../directory/types.ts';
import { isListed } from '../../registrar/agent-patterns.ts';
import type { Binding } from '../../registrar/binding.ts';
import { isBehindNat, isPrivate, sdpIsPrivate } from '../../registrar/nat.ts';
import type { Caller } from '../../routing/call-plan.ts';
import { type SipRequest, SipUri } from '../../sip/message/index.ts';

/** How one side of a call is reached, as far as its signalling tells. */
export interface Reach {
  /** Textual IP that its signalling comes from or goes to; undefined: a name that is still to be looked up. */
  readonly address: string | undefined;
  /** What it says of its own addresses leads nowhere. */
  readonly behindNat: boolean;
  /** It sends media from elsewhere than it receives (G-42): its source teaches nothing. */
  readonly rtpAsymmetric: boolean;
}

type Agents = Pick<DirectorySettings, 'sipAsymmetricAgents' | 'rtpAsymmetricAgents'>;

/** How the sender of an INVITE is reached. A gateway is where its operator says: it is never taken to be behind a NAT. */
export function callerReach(invite: SipRequest, caller: Caller['kind'], agents: Agents): Reach {
  const { source } = invite;
  return {
    address: source?.address,
    behindNat:
      caller !== 'gateway' &&
      source !== undefined &&
      (isBehindNat(invite, source, agents.sipAsymmetricAgents) || sdpIsPrivate(invite, source)),
    rtpAsymmetric: isListed(agents.rtpAsymmetricAgents, invite.get('User-Agent')),
  };
}

/** How a registered phone is reached. */
export function phoneReach({ contact, nat, received, path, userAgent }: Binding, agents: Agents): Reach {
  const { host } = SipUri.parse(contact);
  const named = isIP(host) === 0 ? undefined : host;
  return {
    // Behind a proxy the REGISTER's source is not the phone's.
    address: path.length > 0 ? named : (received?.remote.address ?? named),
    behindNat: nat,
    rtpAsymmetric: isListed(agents.rtpAsymmetricAgents, userAgent),
  };
}

/** How a gateway or a foreign server at this address is reached. */
export const openReach = (address: string | undefined): Reach => ({ address, behindNat: false, rtpAsymmetric: false });

/**
 * Must the media of these two pass through us (G-45)? Not between two that reach each other: that is the key to scale. It must where one is
 * behind a NAT, where one is in a network of private addresses that the other is not in, and between IPv4 and IPv6.
 */
export function needsRelay(a: Reach, b: Reach): boolean {
  if (a.behindNat || b.behindNat) return true;
  if (a.address === undefined || b.address === undefined) return false;
  return isIP(a.address) !== isIP(b.address) || isPrivate(a.address) !== isPrivate(b.address);
}
