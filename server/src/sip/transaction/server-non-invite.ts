import { createResponse, parseMessage, type SipRequest, type SipResponse } from '../message/index.ts';
import { token } from '../token.ts';
import type { Cancelled, RequestSink, ServerHost, ServerState, ServerTransaction } from './types.ts';

/** The non-INVITE server transaction (RFC 3261 17.2.2). In Completed only its last response stays with the layer. */
export class NonInviteServerTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly cancels: Cancelled | undefined;
  state: ServerState = 'trying';
  onTransportError: ((error: Error) => void) | undefined;
  readonly #host: ServerHost;
  readonly #key: string;
  #localTag: string | undefined;
  #last: SipResponse | undefined;

  constructor(host: ServerHost, key: string, request: SipRequest, cancels?: Cancelled) {
    this.#host = host;
    this.#key = key;
    this.request = request;
    this.cancels = cancels;
  }

  get answered(): boolean {
    return this.state === 'completed' || this.state === 'terminated';
  }

  get localTag(): string {
    // RFC 3261 9.2: the response to a CANCEL carries the tag of the responses to what it cancels.
    this.#localTag ??= this.cancels?.localTag ?? token(12);
    return this.#localTag;
  }

  /** A retransmission: silent in Trying, the latest provisional response in Proceeding. */
  receive(_request: SipRequest): void {
    if (this.#last) this.#send(this.#last);
  }

  reply(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void {
    this.respond(createResponse(this.request, status, reason, { toTag: status > 100 ? this.localTag : undefined, headers }));
  }

  dismiss(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void {
    if (this.state !== 'trying') return;
    this.state = 'terminated';
    this.#host.dismiss(this.#key, this.request, status, reason, headers);
  }

  respond(response: SipResponse): void {
    if (this.answered) return;
    this.#host.countReply(response.status);
    if (response.status < 200) {
      this.state = 'proceeding';
      this.#last = response;
      this.#send(response);
      return;
    }
    this.state = 'completed';
    this.#last = undefined;
    if (response.status >= 300) this.#host.settle(this.#key);
    this.#send(response);
    // Timer J: 64*T1 on UDP, zero on reliable transports.
    if (this.request.source?.protocol !== 'udp') this.#host.forget(this.#key);
    else this.#host.linger(this.#key, new LastResponse(this.#host, response), 64 * this.#host.timers.t1);
  }

  #send(response: SipResponse): void {
    this.#host.transport.sendResponse(response, this.request.source!, (error) => this.onTransportError?.(error));
  }
}

/**
 * Completed: the response as text alone. Thousands of these wait at a time for a retransmission that hardly ever comes; then it is
 * parsed again.
 */
class LastResponse implements RequestSink {
  readonly #host: ServerHost;
  readonly #text: string;

  constructor(host: ServerHost, response: SipResponse) {
    this.#host = host;
    this.#text = response.toBuffer().toString('latin1');
  }

  receive(request: SipRequest): void {
    const parsed = parseMessage(Buffer.from(this.#text, 'latin1'));
    if (parsed.ok && parsed.message.kind === 'response') this.#host.transport.sendResponse(parsed.message, request.source!);
  }
}
