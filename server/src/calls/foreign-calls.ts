import type { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { type RefusalCode, refusals } from '../routing/refusals.ts';
import type { SipUri } from '../sip/message/index.ts';
import type { Locator } from '../sip/proxy/index.ts';
import type { Target } from '../sip/transport/types.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { Execution } from './executor.ts';
import { refuse } from './refuse.ts';
import type { RingStage } from './ring-stage.ts';

export interface ForeignCallsPorts {
  readonly directory: Directory;
  /** Leads to no gateway. */
  readonly locator: Locator;
  readonly ring: RingStage;
  readonly calls: Pick<ActiveCalls, 'countOf'>;
  /** Is this an address of ours? */
  readonly ownAddress: (address: string, port?: number) => boolean;
}

/**
 * Calls of our own subscribers to SIP addresses elsewhere (G-18, O-4), proxied out by DNS where the settings allow it. They are never
 * charged, and thus never lead to a gateway: neither by its name nor by an address of it.
 */
export class ForeignCalls {
  readonly #ports: ForeignCallsPorts;

  constructor(ports: ForeignCallsPorts) {
    this.#ports = ports;
  }

  start(execution: Omit<Execution, 'plan'>, caller: Subscriber, uri: SipUri): void {
    const code = this.#refusal(caller);
    if (code) {
      this.#refuse(execution, code);
      return;
    }
    let cancelled = false;
    execution.tx.onCancel = () => {
      cancelled = true;
    };
    this.#targets(uri).then(
      (targets) => {
        if (cancelled) this.#end(execution, 487, 'Request Terminated', 'caller');
        else if (targets.length === 0) this.#refuse(execution, 'foreign-domain');
        else this.#ring(execution, uri, targets);
      },
      () => this.#refuse(execution, 'foreign-domain'),
    );
  }

  #refusal(caller: Subscriber): RefusalCode | undefined {
    if (!this.#ports.directory.settings.allowForeignCalls) return 'foreign-domain';
    if (caller.status !== 'active') return 'suspended';
    // The call itself is counted already.
    return this.#ports.calls.countOf(caller.id) > caller.maxCalls ? 'too-many-calls' : undefined;
  }

  /** The locator leads to no gateway; nor shall the call come back here. */
  async #targets(uri: SipUri): Promise<Target[]> {
    const { locator, ownAddress } = this.#ports;
    const known = locator.locateNow(uri);
    const targets = known ? [known] : await locator.locate(uri);
    return targets.filter(({ address, port }) => !ownAddress(address, port));
  }

  #ring(execution: Omit<Execution, 'plan'>, uri: SipUri, targets: readonly Target[]): void {
    const { ringSeconds, maxCallSeconds } = this.#ports.directory.settings;
    const tcpWhenLarge = uri.transport === undefined;
    this.#ports.ring.start({
      ...execution,
      groups: targets.slice(0, 1).map((target) => [{ uri: uri.toString(), target, pinned: false, tcpWhenLarge }]),
      ringMs: ringSeconds * 1000,
      maxMs: maxCallSeconds === null ? null : maxCallSeconds * 1000,
      onFailed: ({ status, reason, response, endedBy, refusal }) => {
        if (refusal) {
          this.#refuse(execution, refusal);
          return;
        }
        if (response) execution.tx.respond(response);
        else execution.tx.reply(status, reason);
        execution.call.finish({ status, reason, endedBy: endedBy ?? 'callee' });
      },
    });
  }

  #refuse({ call, tx }: Omit<Execution, 'plan'>, code: RefusalCode): void {
    refuse(tx, code, this.#ports.directory.settings.domain);
    const { status, reason } = refusals[code];
    call.finish({ status, reason, endedBy: 'error', refusal: code });
  }

  #end({ call, tx }: Omit<Execution, 'plan'>, status: number, reason: string, endedBy: 'caller'): void {
    tx.reply(status, reason);
    call.finish({ status, reason, endedBy });
  }
}
