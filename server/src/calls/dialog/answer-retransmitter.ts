import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import type { Cancel, Clock, ServerTransaction, SipTimers } from '../../sip/transaction/index.ts';

/**
 * Repeats our 2xx to an INVITE until its ACK comes (RFC 3261 13.3.1.4): at T1, doubling up to T2, on any transport, for 64*T1.
 */
export class AnswerRetransmitter {
  readonly seq: number;
  readonly #clock: Clock;
  readonly #timers: SipTimers;
  readonly #handlers: { onAck: (ack: SipRequest) => void; onLost: () => void };
  #stop: Cancel[] = [];
  #waiting = true;

  constructor(
    clock: Clock,
    timers: SipTimers,
    transaction: ServerTransaction,
    response: SipResponse,
    handlers: { onAck: (ack: SipRequest) => void; onLost: () => void },
  ) {
    this.#clock = clock;
    this.#timers = timers;
    this.#handlers = handlers;
    this.seq = transaction.request.cseq.seq;
    this.#repeat(transaction, response, timers.t1);
    this.#stop[1] = clock.after(64 * timers.t1, () => {
      this.stop();
      handlers.onLost();
    });
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  /** Takes the ACK if it is the one for this answer; a repeated one changes nothing. */
  receive(ack: SipRequest): void {
    if (!this.#waiting || ack.cseq.seq !== this.seq) return;
    this.stop();
    this.#handlers.onAck(ack);
  }

  stop(): void {
    this.#waiting = false;
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }

  #repeat(transaction: ServerTransaction, response: SipResponse, interval: number): void {
    this.#stop[0] = this.#clock.after(interval, () => {
      transaction.respond(response);
      this.#repeat(transaction, response, Math.min(2 * interval, this.#timers.t2));
    });
  }
}
