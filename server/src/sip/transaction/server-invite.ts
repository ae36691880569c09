import { createResponse, type SipRequest, type SipResponse } from '../message/index.ts';
import { token } from '../token.ts';
import type { Cancel } from './clock.ts';
import type { Cancelled, RequestSink, ServerHost, ServerState, ServerTransaction } from './types.ts';

/**
 * Accepted (RFC 6026 7.1) and Confirmed (RFC 3261 17.2.1): what arrives again is swallowed, but an ACK with the branch of an accepted
 * INVITE.
 */
class Answered implements RequestSink {
  readonly cancelled: Cancelled;
  readonly passesAck: boolean;

  constructor(localTag: string, passesAck: boolean) {
    this.cancelled = { localTag, answered: true };
    this.passesAck = passesAck;
  }

  receive(): void {}
}

/**
 * The INVITE server transaction (RFC 3261 17.2.1 with the Accepted state of RFC 6026 7.1).
 * In Accepted and Confirmed only the key stays with the layer, so that a finished call holds no memory for the 32 s of Timer L.
 */
export class InviteServerTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly localTag = token(12);
  readonly cancelled = this;
  state: ServerState = 'proceeding';
  onCancel: (() => void) | undefined;
  onTimeout: (() => void) | undefined;
  onAck: ((ack: SipRequest) => void) | undefined;
  onTransportError: ((error: Error) => void) | undefined;
  readonly #host: ServerHost;
  readonly #key: string;
  readonly #reliable: boolean;
  #last: SipResponse | undefined;
  #stopTrying: Cancel | undefined;
  #stopG: Cancel | undefined;
  #stopH: Cancel | undefined;

  constructor(host: ServerHost, key: string, request: SipRequest) {
    this.#host = host;
    this.#key = key;
    this.request = request;
    this.#reliable = request.source?.protocol !== 'udp';
    // RFC 3261 17.2.1: a 100 within 200 ms unless the user is known to answer by then.
    this.#stopTrying = host.clock.after(host.timers.trying, () => {
      this.#stopTrying = undefined;
      this.reply(100);
    });
  }

  get answered(): boolean {
    return this.state !== 'proceeding';
  }

  /** A retransmitted INVITE, or the ACK for a final response other than 2xx. */
  receive(request: SipRequest): void {
    if (request.method === 'ACK') this.#receiveAck(request);
    // RFC 3261 17.2.1: in Proceeding and Completed the latest response answers a retransmission; before the first one nothing does.
    else if (this.#last && (this.state === 'proceeding' || this.state === 'completed')) this.#send(this.#last);
  }

  reply(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void {
    this.respond(createResponse(this.request, status, reason, { toTag: status > 100 ? this.localTag : undefined, headers }));
  }

  dismiss(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void {
    if (this.state !== 'proceeding') return;
    this.#stopTrying?.();
    this.state = 'terminated';
    this.#host.dismiss(this.#key, this.request, status, reason, headers);
  }

  respond(response: SipResponse): void {
    if (this.state === 'proceeding') this.#respondInProceeding(response);
    // RFC 6026 7.1: in Accepted any number of 2xx may follow, of other branches or sent again.
    else if (this.state === 'accepted' && response.status >= 200 && response.status < 300) this.#send(response);
  }

  #respondInProceeding(response: SipResponse): void {
    this.#stopTrying?.();
    this.#stopTrying = undefined;
    this.#host.countReply(response.status);
    if (response.status < 200) {
      this.#last = response;
      this.#send(response);
    } else if (response.status < 300) {
      this.state = 'accepted';
      this.#last = undefined;
      this.#send(response);
      this.#host.linger(this.#key, new Answered(this.localTag, true), 64 * this.#host.timers.t1);
    } else {
      this.state = 'completed';
      this.#last = response;
      this.#host.settle(this.#key);
      this.#send(response);
      if (!this.#reliable) this.#startG(this.#host.timers.t1);
      this.#stopH = this.#host.clock.after(64 * this.#host.timers.t1, () => this.#timerH());
    }
  }

  #startG(interval: number): void {
    this.#stopG = this.#host.clock.after(interval, () => {
      this.#send(this.#last!);
      this.#startG(Math.min(2 * interval, this.#host.timers.t2));
    });
  }

  #timerH(): void {
    this.#stopG?.();
    this.state = 'terminated';
    this.#host.forget(this.#key);
    this.onTimeout?.();
  }

  #receiveAck(ack: SipRequest): void {
    if (this.state !== 'completed') return;
    this.#stopG?.();
    this.#stopH?.();
    this.#last = undefined;
    this.state = 'confirmed';
    // Timer I: T4 on UDP, zero on reliable transports.
    if (this.#reliable) this.#host.forget(this.#key);
    else this.#host.linger(this.#key, new Answered(this.localTag, false), this.#host.timers.t4);
    this.onAck?.(ack);
  }

  #send(response: SipResponse): void {
    this.#host.transport.sendResponse(response, this.request.source!, (error) => this.onTransportError?.(error));
  }
}
