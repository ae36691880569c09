import { isBehindNat } from '../registrar/nat.ts';
import type { Caller } from '../routing/call-plan.ts';
import type { SipRequest } from '../sip/message/index.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { Executor } from './executor.ts';
import type { RoutePlanner } from './route-planner.ts';

export interface CallStarterPorts {
  readonly calls: ActiveCalls;
  readonly planner: RoutePlanner;
  readonly executor: Executor;
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
    const { calls, planner, executor, now } = this.#ports;
    const dialled = request.uri.user ?? '';
    const { from, source } = request;
    // Planned before it is opened: a call does not count against its own limit.
    const plan = planner.plan(caller, dialled, domain);
    const call = calls.open({
      sipCallId: request.callId,
      caller,
      fromUser: from.uri.user ?? '',
      fromName: from.displayName ?? '',
      dialled,
      userAgent: request.get('User-Agent'),
      startedAt: now(),
    });
    const contact = request.contacts === '*' ? undefined : request.contacts[0];
    const callerPinned =
      source !== undefined && (source.protocol !== 'udp' || (contact !== undefined && isBehindNat(request, source, contact)));
    executor.execute({ call, plan, tx, callerPinned });
  }
}
