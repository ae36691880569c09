import type { SipRequest } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { Leg } from '../dialog/leg.ts';
import type { StageHandle } from '../stage.ts';
import { AnsweredCall } from './answered-call.ts';
import type { AnsweredCalls, AnswerJob, AnswerPorts } from './ports.ts';

interface Entry {
  readonly leg: Leg;
  readonly call: AnsweredCall;
}

/** All calls that are answered here, found by their dialogs. */
export class AnswerService implements AnsweredCalls {
  readonly #ports: AnswerPorts;
  readonly #legs = new Map<string, Entry>();

  constructor(ports: AnswerPorts) {
    this.#ports = ports;
  }

  /** Dialogs that are known, ending ones included. */
  get size(): number {
    return this.#legs.size;
  }

  /** Can anything be answered now? */
  get ready(): boolean {
    return this.#ports.media.healthy;
  }

  start(job: AnswerJob): StageHandle {
    const call = new AnsweredCall(this.#ports, job, this);
    call.start();
    return call;
  }

  /** Takes a request inside a dialog; false when it is of none of ours. */
  handle(request: SipRequest, tx: ServerTransaction): boolean {
    const entry = this.#find(request);
    entry?.call.receive(request, tx);
    return entry !== undefined;
  }

  handleAck(ack: SipRequest): boolean {
    const entry = this.#find(ack);
    entry?.call.receiveAck(ack);
    return entry !== undefined;
  }

  /** Does it come from where the caller has been all along? undefined: it is of none of our dialogs. */
  isAtHome(request: SipRequest): boolean | undefined {
    return this.#find(request)?.leg.livesAt(request.source?.address);
  }

  add(leg: Leg, call: AnsweredCall): void {
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

const keyOf = ({ dialog }: Leg): string => `${dialog.callId} ${dialog.localTag}`;
