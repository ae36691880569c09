import type { Side } from '../media/engine.ts';
import type { SipRequest } from '../sip/message/index.ts';
import type { ServerTransaction } from '../sip/transaction/index.ts';
import { RingCall } from './ring-call.ts';
import type { RingJob, RingPorts } from './ring-job.ts';
import type { StageHandle } from './stage.ts';

/** All proxied calls, found by their dialogs. */
export class RingStage {
  readonly #ports: RingPorts;
  readonly #byCallId = new Map<string, RingCall[]>();

  constructor(ports: RingPorts) {
    this.#ports = ports;
  }

  /** Dialogs that are known, those ended a moment ago included. */
  get size(): number {
    return this.#byCallId.size;
  }

  start(job: RingJob): StageHandle {
    const made = new RingCall(this.#ports, job, (call) => this.#remove(call));
    const same = this.#byCallId.get(made.callId);
    if (same) same.push(made);
    else this.#byCallId.set(made.callId, [made]);
    made.start();
    return made;
  }

  /** Does it come from the address its side of the dialog has been on? undefined: not a dialog of ours. */
  isAtHome(request: SipRequest): boolean | undefined {
    const found = this.#find(request);
    return found?.call.isAtHome(request, found.side);
  }

  /** The call that a request inside a dialog belongs to, and the side that sent it. */
  #find(request: SipRequest): { readonly call: RingCall; readonly side: Side } | undefined {
    for (const call of this.#byCallId.get(request.callId) ?? []) {
      const side = call.sideOf(request);
      if (side) return { call, side };
    }
    return undefined;
  }

  handle(request: SipRequest, tx: ServerTransaction): boolean {
    const found = this.#find(request);
    found?.call.handle(request, tx, found.side);
    return found !== undefined;
  }

  handleAck(ack: SipRequest): boolean {
    const found = this.#find(ack);
    found?.call.handleAck(ack, found.side);
    return found !== undefined;
  }

  #remove(call: RingCall): void {
    const rest = (this.#byCallId.get(call.callId) ?? []).filter((other) => other !== call);
    if (rest.length > 0) this.#byCallId.set(call.callId, rest);
    else this.#byCallId.delete(call.callId);
  }
}
