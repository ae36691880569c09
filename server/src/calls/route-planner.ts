import type { AccountBook } from '../billing/account-book.ts';
import type { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import type { Binding } from '../registrar/binding.ts';
import type { Registrar } from '../registrar/registrar.ts';
import type { CallContext, Caller, CallPlan, ContactTarget, Credit } from '../routing/call-plan.ts';
import { planCall } from '../routing/plan-call.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { GatewayMonitor } from './gateways/gateway-monitor.ts';
import { oneFlowEach } from './nat/phone-flows.ts';

/** A registered phone as the plan names it. */
export interface PhoneTarget extends ContactTarget {
  readonly binding: Binding;
}

export interface RoutePlannerOptions {
  readonly directory: Directory;
  readonly registrar: Pick<Registrar, 'bindingsOf'>;
  readonly calls: Pick<ActiveCalls, 'countOf' | 'countOfGateway'>;
  readonly gateways: Pick<GatewayMonitor, 'isHealthy'>;
  readonly accounts: Pick<AccountBook, 'accountOf' | 'available' | 'dailyLeft'>;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
}

/** Puts together what is known at this moment and lets `planCall` decide. */
export class RoutePlanner {
  readonly #options: RoutePlannerOptions;
  readonly #reads: Omit<CallContext<PhoneTarget>, 'from' | 'dialled' | 'domain' | 'now' | 'method'>;

  constructor(options: RoutePlannerOptions) {
    this.#options = options;
    const { registrar, calls, gateways, accounts } = options;
    this.#reads = {
      bindings: (subscriberId) =>
        oneFlowEach(registrar.bindingsOf(subscriberId)).map((binding) => ({ uri: binding.contact, q: binding.q, binding })),
      activeCalls: (subscriberId) => calls.countOf(subscriberId),
      gatewayCalls: (gatewayId) => calls.countOfGateway(gatewayId),
      gatewayHealthy: (gatewayId) => gateways.isHealthy(gatewayId),
      credit: (subscriberId): Credit | undefined => {
        const accountId = accounts.accountOf(subscriberId);
        if (accountId === undefined) return undefined;
        return { accountId, available: accounts.available(accountId), dailyLeft: accounts.dailyLeft(accountId) };
      },
    };
  }

  plan(from: Caller, dialled: string, domain: string, method: 'INVITE' | 'MESSAGE' = 'INVITE'): CallPlan<PhoneTarget> {
    return planCall({ ...this.#reads, from, dialled, domain, method, now: this.#options.now() }, this.#options.directory);
  }

  /**
   * "What would happen if X dialled Y": the plan that a call would have now, with its reasons. Nothing is reserved or called.
   * @param from number, or number@domain, of a subscriber
   * @param at epoch ms; picks the version of the rate. Now when left out.
   * @returns undefined when there is no such subscriber
   */
  test(from: string, dialled: string, at?: number): CallPlan<PhoneTarget> | undefined {
    const { directory } = this.#options;
    const subscriber = this.#subscriber(from);
    if (!subscriber) return undefined;
    const [user = '', domain = subscriber.domain] = dialled.replace(/^sips?:/i, '').split('@');
    const context = { ...this.#reads, from: { kind: 'subscriber', subscriber } as const, dialled: user, domain: domain.toLowerCase() };
    return planCall({ ...context, method: 'INVITE', now: at ?? this.#options.now() }, directory);
  }

  #subscriber(from: string): Subscriber | undefined {
    const { directory } = this.#options;
    const [user = '', domain = directory.settings.domain] = from.replace(/^sips?:/i, '').split('@');
    return directory.subscriber(user, domain.toLowerCase());
  }
}
