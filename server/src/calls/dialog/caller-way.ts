import { isIP } from 'node:net';
import { portIsNotVia } from '../../registrar/nat.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import type { Source, Target } from '../../sip/transport/types.ts';
import type { Call } from '../call.ts';
import type { PhoneFlows, Reached } from '../nat/phone-flows.ts';
import { contactOf, instanceOf } from '../ring-party.ts';

/** Finds phones again whose connection broke. */
export type Flows = Pick<PhoneFlows, 'wayTo' | 'sendsThroughNat'>;

/** How requests reach the caller of a call that ends here. */
export interface CallerWay {
  readonly target: Target;
  /** The phone, when it is reached where it was seen; left out: where its Contact, or the routes, lead. */
  readonly phone?: Reached;
}

/**
 * Where requests to the caller go: back the way his INVITE came when he sits behind a NAT or on a connection, else where his Contact
 * says. Only for an INVITE that came from the phone itself: behind a proxy the route set leads to him.
 */
export function callerWay(
  invite: SipRequest,
  source: Source,
  { fromSubscriberId, start }: Pick<Call, 'fromSubscriberId' | 'start'>,
  flows: Flows,
): CallerWay {
  const target = wayBack(source);
  if (invite.has('Record-Route') || invite.vias.length > 1) return { target };
  const contact = contactOf(invite) ?? '';
  const { contacts } = invite;
  const uri = contacts === '*' ? undefined : contacts[0]?.uri;
  const elsewhere = uri === undefined || isIP(uri.host) === 0 || uri.host !== source.address;
  if (source.protocol === 'udp' && !elsewhere && !portIsNotVia(invite, source)) return { target };
  const behindNat = flows.sendsThroughNat(invite, start.caller.kind);
  return {
    target,
    phone: { pinned: target, behindNat, contact, instance: instanceOf(invite), subscriberId: fromSubscriberId ?? undefined },
  };
}

/** To where a request came from, over what it came. */
export const wayBack = ({ protocol, address, port, local, flow }: Source): Target => ({ protocol, address, port, flow, localHint: local });
