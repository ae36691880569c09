import type { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { isBehindNat } from '../registrar/nat.ts';
import type { Caller } from '../routing/call-plan.ts';
import { flat, ownText } from '../sip/flat.ts';
import type { SipRequest } from '../sip/message/index.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { Call } from './call.ts';
import type { Executor } from './executor.ts';
import type { ForeignCalls } from './foreign-calls.ts';
import type { RoutePlanner } from './route-planner.ts';

export interface CallStarterPorts {
  readonly directory: Directory;
  readonly calls: ActiveCalls;
  readonly planner: RoutePlanner;
  readonly executor: Executor;
  readonly foreign: ForeignCalls;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
}

/** Makes a call of an INVITE whose sender is proved: plan it, open it, carry it out. */
export class CallStarter {
  readonly #ports: CallStarterPorts;

  constructor(ports: CallStarterPorts) {
    this.#ports = ports;
  }

  begin(request: SipRequest, tx: ServerTransaction, caller: Caller, domain: string): void {
    const { planner, executor } = this.#ports;
    // Planned before it is opened: a call does not count against its own limit.
    const dialled = ownText(request.uri.user ?? '');
    const plan = planner.plan(caller, dialled, domain);
    const call = this.#open(request, caller, dialled);
    endedByFaults(call, () => executor.execute({ call, plan, tx, callerPinned: this.#isPinned(request) }));
  }

  /** A subscriber's call to another domain. */
  beginForeign(request: SipRequest, tx: ServerTransaction, subscriber: Subscriber): void {
    const call = this.#open(request, { kind: 'subscriber', subscriber }, ownText(request.uri.user ?? ''));
    endedByFaults(call, () => this.#ports.foreign.start({ call, tx, callerPinned: this.#isPinned(request) }, subscriber, request.uri));
  }

  /** Requests to the caller go back the way he came: over his connection, or through his NAT. */
  #isPinned(request: SipRequest): boolean {
    const { source } = request;
    return (
      source !== undefined &&
      (source.protocol !== 'udp' || isBehindNat(request, source, this.#ports.directory.settings.sipAsymmetricAgents))
    );
  }

  /** The call outlives its INVITE: its texts are copies. */
  #open(request: SipRequest, caller: Caller, dialled: string): Call {
    const { from } = request;
    const userAgent = request.get('User-Agent');
    return this.#ports.calls.open({
      sipCallId: flat(request.callId),
      caller,
      fromUser: ownText(from.uri.user ?? ''),
      fromName: ownText(from.displayName ?? ''),
      dialled,
      userAgent: userAgent === undefined ? undefined : flat(userAgent),
      startedAt: this.#ports.now(),
    });
  }
}

/** A fault of ours, which the transaction answers with 500, must not leave money reserved or a call that counts for ever. */
function endedByFaults(call: Call, start: () => void): void {
  try {
    start();
  } catch (error) {
    call.finish({ status: 500, reason: 'Server Internal Error', endedBy: 'error' });
    throw error;
  }
}
