import { supports100rel } from '../../sip/dialog/index.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import type { Clock, ServerTransaction, SipTimers } from '../../sip/transaction/index.ts';
import type { Headers } from '../dialog/headers.ts';
import type { Negotiation } from './negotiation.ts';
import { ReliableResponse } from './reliable-response.ts';

/** The 183 that lets a caller hear us before the call is answered. It is reliable wherever he can acknowledge it (RFC 3262). */
export class EarlyMedia {
  readonly #tx: ServerTransaction;
  readonly #negotiation: Negotiation;
  #reliable: ReliableResponse | undefined;
  #sent = false;

  constructor(tx: ServerTransaction, negotiation: Negotiation) {
    this.#tx = tx;
    this.#negotiation = negotiation;
  }

  get sent(): boolean {
    return this.#sent;
  }

  /** The session description has gone reliably: the 2xx needs none. */
  get described(): boolean {
    return this.#reliable !== undefined;
  }

  /**
   * @param make the 183 with these headers and our session description
   * @param lost no PRACK came: the INVITE is to be refused (RFC 3262 3)
   * @returns false when he cannot hear us: an offer of ours can only be in a reliable response (RFC 3261 13.2.1), and waits for its answer
   */
  async send(clock: Clock, timers: SipTimers, make: (headers: Headers) => SipResponse, lost: () => void): Promise<boolean> {
    const reliable = supports100rel(this.#tx.request);
    if (!reliable && !this.#negotiation.agreed) return false;
    this.#sent = true;
    if (!reliable) {
      this.#tx.respond(make([]));
      return true;
    }
    const rseq = 1 + Math.floor(Math.random() * 2 ** 30);
    const headers: Headers = [
      ['Require', '100rel'],
      ['RSeq', String(rseq)],
    ];
    this.#reliable = new ReliableResponse(clock, timers, this.#tx, make(headers), rseq);
    const acknowledged = this.#reliable.acknowledged.then((here) => {
      if (!here) lost();
      return here && this.#negotiation.agreed;
    });
    return this.#negotiation.agreed || acknowledged;
  }

  /** Takes the PRACK if it is the one for our 183. */
  receive(prack: SipRequest): boolean {
    return this.#reliable?.receive(prack) ?? false;
  }

  /** RFC 3262 3: no 2xx while a session description of ours waits for its PRACK. */
  async settled(): Promise<void> {
    await this.#reliable?.acknowledged;
  }

  stop(): void {
    this.#reliable?.stop();
  }
}
