import { otherSide, type RelayOrder, type RelaySession, SdpRefused, type Side } from '../../media/engine.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import { descriptionOf, replaceDescription } from './session-body.ts';

/** What is done with a message once its session description is right, and what when it cannot be relayed. */
export interface Passage {
  readonly next: () => void;
  /** 488: this description cannot be relayed. 503: whoever relays is gone. */
  readonly refuse: (status: 488 | 503, why: string) => void;
}

interface Step extends Passage {
  readonly from: Side;
  readonly message: SipRequest | SipResponse;
  readonly kind: 'offer' | 'answer';
}

/**
 * The relayed media of one call. Every message of it goes through here before anything else is done with it: its session description
 * is exchanged for the one the other side shall see. Messages keep their order while one of them waits for the relay.
 */
export class CallMedia {
  readonly order: RelayOrder;
  readonly #session: RelaySession;
  readonly #onFault: (error: unknown) => void;
  readonly #waiting: Step[] = [];
  #current: Step | undefined;
  #closed = false;
  /** Who made the offer in a response (to an INVITE without one): what the other side sends next is the answer. */
  #offeredLate: Side | undefined;

  /** @param onFault a step of the call threw while no transaction was there to catch it */
  constructor(session: RelaySession, order: RelayOrder, onFault: (error: unknown) => void) {
    this.#session = session;
    this.order = order;
    this.#onFault = onFault;
  }

  get session(): RelaySession {
    return this.#session;
  }

  /** A request, the ACK included, as it comes from one side. */
  request(from: Side, request: SipRequest, passage: Passage): void {
    const answers = request.method === 'ACK' || (request.method === 'PRACK' && this.#offeredLate === otherSide(from));
    this.#enter({ from, message: request, kind: answers ? 'answer' : 'offer', ...passage });
  }

  /**
   * A response as it comes from one side.
   * @param offered the request had a session description: that of the response is its answer
   */
  response(from: Side, response: SipResponse, offered: boolean, passage: Passage): void {
    this.#enter({ from, message: response, kind: offered ? 'answer' : 'offer', ...passage });
  }

  answered(): void {
    if (!this.#closed) this.#session.answered();
  }

  /** Says something over what this side hears, where its relay can. */
  say(to: Side, files: readonly string[]): void {
    if (!this.#closed) this.#session.play?.(to, files);
  }

  /** The call is over: its ports are free. What still waits goes on as it came. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.close();
    const left = this.#current ? [this.#current, ...this.#waiting] : [...this.#waiting];
    this.#current = undefined;
    this.#waiting.length = 0;
    for (const { next } of left) this.#run(next);
  }

  #enter(step: Step): void {
    if (!this.#current && !this.#needsRelay(step)) {
      step.next();
      return;
    }
    this.#waiting.push(step);
    this.#advance();
  }

  #needsRelay({ message }: Step): boolean {
    return !this.#closed && message.body.length > 0 && descriptionOf(message) !== undefined;
  }

  #advance(): void {
    while (!this.#current) {
      const step = this.#waiting.shift();
      if (!step) return;
      if (this.#needsRelay(step)) this.#exchange(step);
      else this.#run(step.next);
    }
  }

  #exchange(step: Step): void {
    const { from, message, kind, next, refuse } = step;
    this.#current = step;
    if (kind === 'answer') this.#offeredLate = undefined;
    else if (message.kind === 'response') this.#offeredLate = from;
    this.#session.pass(from, descriptionOf(message)!, kind).then(
      (sdp) =>
        this.#finish(step, () => {
          replaceDescription(message, sdp);
          next();
        }),
      (error: Error) => this.#finish(step, () => refuse(error instanceof SdpRefused ? 488 : 503, error.message)),
    );
  }

  #finish(step: Step, then: () => void): void {
    // Closed meanwhile: it has gone on already.
    if (this.#current !== step) return;
    this.#current = undefined;
    this.#run(then);
    this.#advance();
  }

  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
