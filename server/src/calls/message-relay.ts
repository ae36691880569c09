import type { Caller, Reject } from '../routing/call-plan.ts';
import type { SipRequest } from '../sip/message/index.ts';
import type { Locator, ProxyCore } from '../sip/proxy/index.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';
import { dropPhoneCommands } from './phone-commands.ts';
import { phoneTarget } from './phone-target.ts';
import { refuse } from './refuse.ts';
import type { RoutePlanner } from './route-planner.ts';

export interface MessageRelayPorts {
  readonly planner: RoutePlanner;
  readonly proxy: ProxyCore;
  readonly locator: Locator;
  readonly strip: (request: SipRequest) => void;
}

/** Passes page-mode messages on between subscribers who are online (RFC 3428). Nothing is stored. */
export class MessageRelay {
  readonly #ports: MessageRelayPorts;

  constructor(ports: MessageRelayPorts) {
    this.#ports = ports;
  }

  relay(request: SipRequest, tx: ServerTransaction, caller: Caller, domain: string): void {
    const { planner, proxy, locator, strip } = this.#ports;
    const stage = planner.plan(caller, request.uri.user ?? '', domain, 'MESSAGE').stages[0];
    if (stage?.kind !== 'ring') {
      refuse(tx, (stage as Reject | undefined)?.code ?? 'unknown-number', domain);
      return;
    }
    // To all phones at once: one of them is before the person's eyes.
    const targets = stage.targets
      .flat()
      .map(({ binding }) => phoneTarget(binding, locator))
      .filter((target) => target !== undefined);
    if (targets.length === 0) refuse(tx, 'not-registered', domain);
    else proxy.forward(tx, [targets], { edit: strip, editResponse: dropPhoneCommands });
  }
}
