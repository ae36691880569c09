import type { Binding } from '../registrar/binding.ts';
import { SipUri } from '../sip/message/index.ts';
import type { BranchTarget, Locator } from '../sip/proxy/index.ts';
import type { Target } from '../sip/transport/types.ts';
import { openReach, type Reach } from './nat/reach.ts';

/** The way to a phone, and whether it stands for the whole dialog. */
export interface PhoneBranch extends BranchTarget {
  /** The address was learned from the phone's own packets, or is its connection: what its Contact says is not to be used. */
  readonly pinned: boolean;
  /** How its media is reached; left out: as its signalling. */
  readonly reach?: Reach;
  /** How much higher than the caller's the CSeq numbers are that it gets. */
  readonly seqAhead?: number;
  /** Whose phone it is. */
  readonly subscriberId?: number;
}

/** How the media of phones that ring is reached: of all in one way, as the caller has made one offer. */
export function endOf(branches: readonly PhoneBranch[]): { target: Target | undefined; reach: Reach; reaches: readonly Reach[] } {
  const reaches = branches.map((branch) => branch.reach ?? openReach(branch.target?.address));
  const [first] = reaches;
  return {
    target: branches.find((branch) => branch.target)?.target,
    reaches,
    reach: {
      address: reaches.every(({ address }) => address === first?.address) ? first?.address : undefined,
      behindNat: reaches.some(({ behindNat }) => behindNat),
      rtpAsymmetric: reaches.some(({ rtpAsymmetric }) => rtpAsymmetric),
    },
  };
}

/** Does the way to a phone lead over TLS? */
export function isByTls({ target, uri }: PhoneBranch): boolean {
  if (target) return target.protocol === 'tls' || target.protocol === 'wss';
  const { scheme, transport } = SipUri.parse(uri);
  return scheme === 'sips' || transport === 'tls';
}

/**
 * The way to a registered phone (G-24): its Path (RFC 3327), else its open connection, else its address behind the NAT, else what its
 * contact says. undefined: none, as a connection through a NAT can only be opened from the inside.
 */
export function phoneTarget(binding: Binding, locator: Locator, reach?: Reach): PhoneBranch | undefined {
  const { contact, flow, received, nat, path, subscriberId } = binding;
  const phone = { uri: contact, subscriberId, reach };
  if (path.length > 0) return { ...phone, routes: path, pinned: false };
  if (flow?.alive) return { ...phone, target: { ...flow.remote, flow }, pinned: true };
  if (nat && received) {
    const { protocol, address, port } = received.remote;
    if (protocol !== 'udp') return undefined;
    // A datagram may lie about where it comes from: had it named a gateway, calls to this phone would be calls abroad.
    if (!locator.locateNow(new SipUri('sip', undefined, address, port))) return undefined;
    return { ...phone, target: { ...received.remote, localHint: received.local }, pinned: true };
  }
  const known = locator.locateNow(SipUri.parse(contact));
  if (!known) return { ...phone, pinned: false };
  const localHint = received?.local.protocol === known.protocol ? received.local : undefined;
  return { ...phone, target: localHint ? { ...known, localHint } : known, pinned: false };
}
