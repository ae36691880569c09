import { readRAck } from '../../sip/dialog/index.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import type { Cancel, Clock, ServerTransaction, SipTimers } from '../../sip/transaction/index.ts';

/** A reliable provisional response of ours: repeated at T1, doubling, until its PRACK comes, for 64*T1 (RFC 3262 3). */
export class ReliableResponse {
  /** True once the PRACK is here, false when it was given up. */
  readonly acknowledged: Promise<boolean>;
  readonly #transaction: ServerTransaction;
  readonly #rseq: number;
  #settle: (acknowledged: boolean) => void = () => undefined;
  #stop: Cancel[] = [];

  /** @param response has the RSeq `rseq`; it is sent by this. */
  constructor(clock: Clock, timers: SipTimers, transaction: ServerTransaction, response: SipResponse, rseq: number) {
    this.#transaction = transaction;
    this.#rseq = rseq;
    this.acknowledged = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const send = (interval: number) => {
      transaction.respond(response);
      this.#stop[0] = clock.after(interval, () => send(2 * interval));
    };
    send(timers.t1);
    this.#stop[1] = clock.after(64 * timers.t1, () => this.#end(false));
  }

  /** Takes the PRACK if it is the one for this response. */
  receive(prack: SipRequest): boolean {
    const rack = readRAck(prack);
    const { cseq } = this.#transaction.request;
    if (rack?.rseq !== this.#rseq || rack.cseq !== cseq.seq || rack.method !== 'INVITE') return false;
    this.#end(true);
    return true;
  }

  /** Nobody waits for it any more. */
  stop(): void {
    this.#end(false);
  }

  #end(acknowledged: boolean): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
    this.#settle(acknowledged);
  }
}
