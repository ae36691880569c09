import type { Directory } from '../../directory/directory.ts';
import { isListed } from '../../registrar/agent-patterns.ts';
import type { Binding } from '../../registrar/binding.ts';
import { isBehindNat, natTests, natTestsFor } from '../../registrar/nat.ts';
import type { Registrar } from '../../registrar/registrar.ts';
import type { Caller } from '../../routing/call-plan.ts';
import { type SipRequest, type SipResponse, SipUri } from '../../sip/message/index.ts';
import type { Target } from '../../sip/transport/types.ts';

/** A phone inside a dialog, as far as the way to it matters. */
export interface Reached {
  /** The way it was seen on; undefined: its Contact says where it is. */
  pinned: Target | undefined;
  readonly behindNat: boolean;
  contact: string;
  instance: string | undefined;
  readonly subscriberId: number | undefined;
}

/**
 * The ways to phones inside dialogs (RFC 5626 5.3). Registrar, edge proxy and the proxy of the call are one process here, so a flow is
 * kept with the dialog itself and stands in no message: nobody can forge one, and nothing is lost when a phone drops a route's user part.
 */
export class PhoneFlows {
  readonly #directory: Directory;
  readonly #registrar: Pick<Registrar, 'bindingsOf'>;

  constructor(directory: Directory, registrar: Pick<Registrar, 'bindingsOf'>) {
    this.#directory = directory;
    this.#registrar = registrar;
  }

  /** Is the sender of this request reached where he was seen only? A gateway is where its operator says. */
  sendsThroughNat(request: SipRequest, sender: Caller['kind']): boolean {
    const { source } = request;
    return sender !== 'gateway' && source !== undefined && isBehindNat(request, source, this.#directory.settings.sipAsymmetricAgents);
  }

  /** The same of somebody who answers, and whom nothing was known of before (G-44: test 1). */
  answersThroughNat(response: SipResponse): boolean {
    const { source } = response;
    if (!source || natTests(response, source, natTestsFor.response) === 0) return false;
    return !isListed(this.#directory.settings.sipAsymmetricAgents, response.get('User-Agent') ?? response.get('Server'));
  }

  /**
   * Where a request to this phone goes: the way it was seen on. A connection that broke gives way to the one that the phone has registered
   * over since.
   * @returns undefined: where routes or its Contact lead; `flow-failed`: nowhere, as nobody can connect through a NAT from outside
   */
  way(request: SipRequest, phone: Reached): Target | 'flow-failed' | undefined {
    return request.has('Route') ? undefined : this.wayTo(phone);
  }

  /** The same without routes. */
  wayTo(phone: Reached): Target | 'flow-failed' | undefined {
    const { pinned } = phone;
    if (!pinned?.flow || pinned.flow.alive) return pinned;
    const fresh = this.#reconnected(phone);
    if (fresh) phone.pinned = fresh;
    return fresh ?? (phone.behindNat ? 'flow-failed' : undefined);
  }

  #reconnected(phone: Reached): Target | undefined {
    if (phone.subscriberId === undefined) return undefined;
    const flow = this.#registrar.bindingsOf(phone.subscriberId).find((binding) => binding.flow?.alive && isOf(binding, phone))?.flow;
    return flow && { ...flow.remote, flow };
  }
}

/**
 * One binding for each phone: one that keeps several flows open (RFC 5626) is rung over the best of them, which is one that lives, then the one
 * refreshed last. Over two it would ring twice and answer the second with 482.
 */
export function oneFlowEach(bindings: readonly Binding[]): readonly Binding[] {
  if (!bindings.some(({ regId }) => regId !== null)) return bindings;
  const best = new Map<string | number, Binding>();
  for (const binding of bindings) {
    const key = binding.regId === null || binding.instance === null ? binding.id : binding.instance;
    const other = best.get(key);
    if (!other || isBetter(binding, other)) best.set(key, binding);
  }
  return [...best.values()];
}

function isBetter(a: Binding, b: Binding): boolean {
  const [aLives, bLives] = [a, b].map(({ flow, received }) => flow?.alive ?? received?.remote.protocol === 'udp');
  return aLives === bLives ? a.refreshedAt > b.refreshedAt : aLives === true;
}

/** Is it the binding of that phone? Over a new connection it may name another port. */
function isOf(binding: Binding, { instance, contact }: Reached): boolean {
  if (instance !== undefined && binding.instance !== null) return binding.instance === instance;
  const [bound, known] = [SipUri.parse(binding.contact), SipUri.parse(contact)];
  return bound.user === known.user && bound.host === known.host;
}
