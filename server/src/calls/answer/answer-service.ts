import type { SipRequest } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import { LegTable } from '../dialog/leg-table.ts';
import type { StageHandle } from '../stage.ts';
import { AnsweredCall } from './answered-call.ts';
import type { AnswerJob, AnswerPorts } from './ports.ts';

/** All calls that are answered here, found by their dialogs. */
export class AnswerService {
  readonly #ports: AnswerPorts;
  readonly #legs = new LegTable<AnsweredCall>();

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
    const call = new AnsweredCall(this.#ports, job, this.#legs);
    call.start();
    return call;
  }

  /** Takes a request inside a dialog; false when it is of none of ours. */
  handle(request: SipRequest, tx: ServerTransaction): boolean {
    const entry = this.#legs.find(request);
    entry?.call.receive(request, tx);
    return entry !== undefined;
  }

  handleAck(ack: SipRequest): boolean {
    const entry = this.#legs.find(ack);
    entry?.call.receiveAck(ack);
    return entry !== undefined;
  }

  /** Does it come from where the caller has been all along? undefined: it is of none of our dialogs. */
  isAtHome(request: SipRequest): boolean | undefined {
    return this.#legs.isAtHome(request);
  }
}
