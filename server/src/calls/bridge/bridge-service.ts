import type { SipRequest } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { Leg } from '../dialog/leg.ts';
import type { BridgeJob, BridgePorts, StageHandle } from '../stage.ts';
import { BridgedCall } from './bridged-call.ts';
import type { LegRegistry } from './call-legs.ts';

interface Entry {
  leg: Leg;
  call: BridgedCall;
}

/** All calls through gateways, found by their dialogs. */
export class BridgeService implements LegRegistry {
  readonly #ports: BridgePorts;
  readonly #legs = new Map<string, Entry>();

  constructor(ports: BridgePorts) {
    this.#ports = ports;
  }

  /** Dialogs that are known, ending ones included. */
  get size(): number {
    return this.#legs.size;
  }

  start(job: BridgeJob): StageHandle {
    const call = new BridgedCall(this.#ports, job, this);
    call.start();
    return call;
  }

  /** Takes a request inside a dialog; false when it is of none of our dialogs. */
  handle(request: SipRequest, tx: ServerTransaction): boolean {
    const entry = this.#find(request);
    entry?.call.receive(entry.leg, request, tx);
    return entry !== undefined;
  }

  handleAck(ack: SipRequest): boolean {
    const entry = this.#find(ack);
    entry?.call.receiveAck(entry.leg, ack);
    return entry !== undefined;
  }

  /**
   * Does a request inside a dialog come from where that side has been all along? One from elsewhere has to prove who sends it.
   * undefined: it is of none of our dialogs.
   */
  isAtHome(request: SipRequest): boolean | undefined {
    const address = request.source?.address;
    return this.#find(request)?.leg.livesAt(address);
  }

  add(leg: Leg, call: BridgedCall): void {
    this.#legs.set(keyOf(leg), { leg, call });
  }

  remove(leg: Leg): void {
    this.#legs.delete(keyOf(leg));
  }

  #find(request: SipRequest): Entry | undefined {
    const entry = this.#legs.get(`${request.callId} ${request.to.tag ?? ''}`);
    // RFC 3261 12.2.2: both tags have to fit.
    return entry && entry.leg.dialog.remoteTag === (request.from.tag ?? '') ? entry : undefined;
  }
}

function keyOf({ dialog }: Leg): string {
  return `${dialog.callId} ${dialog.localTag}`;
}
