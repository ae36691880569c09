import type { Directory } from '../../directory/directory.ts';
import type { Gateway } from '../../directory/types.ts';
import { SipUri } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { Cancel, Clock } from '../../sip/transaction/index.ts';
import type { GatewayMonitor } from './gateway-monitor.ts';
import { gatewayUri } from './gateway-target.ts';
import type { OutOfDialogSender } from './out-of-dialog.ts';

export const PROBE_MS = 30_000;

/** Asks each gateway that wants it with OPTIONS, every 30 seconds, whether it lives; not one that is known to live and has answered a call meanwhile. */
export class GatewayProber {
  readonly #directory: Directory;
  readonly #monitor: GatewayMonitor;
  readonly #sender: OutOfDialogSender;
  readonly #clock: Clock;
  readonly #next = new Map<number, Cancel>();
  readonly #leave: () => void;

  constructor(o: { directory: Directory; monitor: GatewayMonitor; sender: OutOfDialogSender; clock: Clock }) {
    this.#directory = o.directory;
    this.#monitor = o.monitor;
    this.#sender = o.sender;
    this.#clock = o.clock;
    this.#leave = o.directory.onChange(({ kind, id }) => {
      if (kind === 'gateway') this.#begin(Number(id));
    });
    for (const { id } of o.directory.gateways()) this.#begin(id);
  }

  stop(): void {
    this.#leave();
    for (const cancel of this.#next.values()) cancel();
    this.#next.clear();
  }

  #begin(gatewayId: number): void {
    this.#next.get(gatewayId)?.();
    this.#next.delete(gatewayId);
    const gateway = this.#directory.gateway(gatewayId);
    if (gateway?.enabled && gateway.probe)
      this.#next.set(
        gatewayId,
        this.#clock.after(0, () => void this.#probe(gateway)),
      );
  }

  async #probe(gateway: Gateway): Promise<void> {
    if (this.#monitor.status(gateway.id).probe === 'up' && this.#monitor.workedWithin(gateway.id, PROBE_MS)) {
      this.#again(gateway);
      return;
    }
    const began = this.#clock.now();
    const uri = gatewayUri(gateway);
    const self = new SipUri('sip', 'dialtone', this.#directory.settings.domain);
    let fault: string | undefined;
    const answer = await this.#sender.send({
      method: 'OPTIONS',
      uri,
      from: self,
      to: uri,
      callId: token(20),
      cseq: 1,
      headers: [['Accept', 'application/sdp']],
      onFault: (why) => {
        fault = why;
      },
    });
    // Meanwhile it may have been changed or taken away; then another round is under way, or none.
    if (this.#directory.gateway(gateway.id) !== gateway || !this.#next.has(gateway.id)) return;
    this.#monitor.probed(gateway, answer && { status: answer.status, rttMs: Math.round(this.#clock.now() - began) }, fault);
    this.#again(gateway);
  }

  #again(gateway: Gateway): void {
    this.#next.set(
      gateway.id,
      this.#clock.after(PROBE_MS, () => void this.#probe(gateway)),
    );
  }
}
