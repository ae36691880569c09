import type { Directory } from '../../directory/directory.ts';
import type { Binding } from '../../registrar/binding.ts';
import type { Registrar } from '../../registrar/registrar.ts';
import { createRequest, NameAddr } from '../../sip/message/index.ts';
import type { Locator } from '../../sip/proxy/index.ts';
import { token } from '../../sip/token.ts';
import type { Clock, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Target } from '../../sip/transport/types.ts';
import { phoneTarget } from '../phone-target.ts';
import { EVENT, type MessageSummary, SUMMARY_TYPE, summaryBody } from './message-summary.ts';

export interface UnsolicitedPorts {
  readonly directory: Directory;
  readonly registrar: Registrar;
  readonly transactions: TransactionLayer;
  readonly locator: Locator;
  readonly clock: Clock;
  readonly summaryOf: (subscriberId: number) => MessageSummary | undefined;
  /** Does the phone at this place hear of it by its own subscription? */
  readonly isSubscribed: (subscriberId: number, target: Target) => boolean;
}

/** A phone that subscribes does so right after it has registered. */
const PATIENCE_MS = 2_000;

/**
 * Tells registered phones that did not subscribe. RFC 3842 knows only subscriptions, but many desk phones never ask and light their lamp
 * all the same (setting `mwiUnsolicited`). What they answer does not matter.
 */
export class UnsolicitedNotifier {
  readonly #ports: UnsolicitedPorts;

  constructor(ports: UnsolicitedPorts) {
    this.#ports = ports;
    ports.registrar.onChange(({ action, binding }) => {
      if (action !== 'added' || !ports.directory.settings.mwiUnsolicited || !ports.summaryOf(binding.subscriberId)) return;
      ports.clock.after(PATIENCE_MS, () => {
        if (ports.registrar.binding(binding.id)) this.#tell(binding);
      });
    });
  }

  changed(subscriberId: number): void {
    if (!this.#ports.directory.settings.mwiUnsolicited) return;
    for (const binding of this.#ports.registrar.bindingsOf(subscriberId)) this.#tell(binding);
  }

  #tell(binding: Binding): void {
    const { transactions, locator, summaryOf, isSubscribed } = this.#ports;
    const summary = summaryOf(binding.subscriberId);
    const branch = phoneTarget(binding, locator);
    const [route] = branch?.routes ?? [];
    const target = branch?.target ?? (route === undefined ? undefined : locator.locateNow(NameAddr.parse(route).uri));
    if (!summary || !branch || !target || isSubscribed(binding.subscriberId, target)) return;
    const { sentBy } = transactions.transport.viaFor(target);
    const transport = target.protocol === 'udp' ? '' : `;transport=${target.protocol}`;
    const request = createRequest(
      'NOTIFY',
      branch.uri,
      [
        ...(branch.routes ?? []).map((value): [string, string] => ['Route', value]),
        ['Max-Forwards', '70'],
        ['From', `<${binding.aor}>;tag=${token(10)}`],
        ['To', `<${binding.aor}>`],
        ['Call-ID', token(20)],
        ['CSeq', '1 NOTIFY'],
        ['Contact', `<sip:${sentBy}${transport}>`],
        ['Event', EVENT],
        ['Subscription-State', 'active'],
        ['Content-Type', SUMMARY_TYPE],
      ],
      summaryBody(binding.aor, summary),
    );
    const ignore = () => undefined;
    transactions.send(request, target, { onResponse: ignore, onTimeout: ignore, onTransportError: ignore });
  }
}
