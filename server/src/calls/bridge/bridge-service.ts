import type { SipRequest } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import { LegTable } from '../dialog/leg-table.ts';
import type { BridgeJob, BridgePorts, StageHandle } from '../stage.ts';
import { BridgedCall } from './bridged-call.ts';

/** All calls through gateways, found by their dialogs. */
export class BridgeService {
  readonly #ports: BridgePorts;
  readonly #legs = new LegTable<BridgedCall>();

  constructor(ports: BridgePorts) {
    this.#ports = ports;
  }

  /** Dialogs that are known, ending ones included. */
  get size(): number {
    return this.#legs.size;
  }

  start(job: BridgeJob): StageHandle {
    const call = new BridgedCall(this.#ports, job, this.#legs);
    call.start();
    return call;
  }

  /** Takes a request inside a dialog; false when it is of none of our dialogs. */
  handle(request: SipRequest, tx: ServerTransaction): boolean {
    const entry = this.#legs.find(request);
    entry?.call.receive(entry.leg, request, tx);
    return entry !== undefined;
  }

  handleAck(ack: SipRequest): boolean {
    const entry = this.#legs.find(ack);
    entry?.call.receiveAck(entry.leg, ack);
    return entry !== undefined;
  }

  /** Does a request inside a dialog come from where that side has been all along? undefined: it is of none of our dialogs. */
  isAtHome(request: SipRequest): boolean | undefined {
    return this.#legs.isAtHome(request);
  }
}
