import type { SipRequest, SipResponse } from '../message/index.ts';
import type { Target } from '../transport/types.ts';
import type { Cancel } from './clock.ts';
import { ackFor, cancelFor } from './hop-by-hop.ts';
import type { ClientHost, ClientState, ClientTransaction, ClientUser, ResponseSink } from './types.ts';

export const ABSORB_RESPONSES: ResponseSink = { receive: () => {} };

/**
 * The INVITE client transaction (RFC 3261 17.1.1 with the Accepted state of RFC 6026 7.2).
 * Once it is answered, only what its last state needs stays with the layer for the 32 s of Timers D and M.
 */
export class InviteClientTransaction implements ClientTransaction {
  state: ClientState = 'calling';
  readonly #host: ClientHost;
  readonly #key: string;
  readonly #target: Target;
  readonly #reliable: boolean;
  /** Gone once it is answered: an answered call lasts for minutes. */
  #request: SipRequest | undefined;
  #user: ClientUser | undefined;
  #stopA: Cancel | undefined;
  #accepted: Accepted | undefined;
  /** Timer B while Calling, the wait for the 487 after a CANCEL. */
  #stopLimit: Cancel | undefined;
  #cancelHeaders: readonly (readonly [string, string])[] | undefined;
  #cancelled = false;

  constructor(host: ClientHost, key: string, request: SipRequest, target: Target, user: ClientUser) {
    this.#host = host;
    this.#key = key;
    this.#request = request;
    this.#target = target;
    this.#user = user;
    this.#reliable = (target.flow?.protocol ?? target.protocol) !== 'udp';
  }

  start(): void {
    const { clock, timers } = this.#host;
    this.#stopLimit = clock.after(64 * timers.t1, () => this.#giveUp());
    if (!this.#reliable) this.#startA(timers.t1);
    this.#send();
  }

  receive(response: SipResponse): void {
    if (this.state === 'calling' || this.state === 'proceeding') this.#receiveWhilePending(response);
  }

  cancel(headers: readonly (readonly [string, string])[] = []): void {
    if (this.#cancelled || (this.state !== 'calling' && this.state !== 'proceeding')) return;
    // RFC 3261 9.1: no CANCEL before a provisional response; it could overtake the INVITE.
    if (this.state === 'calling') this.#cancelHeaders = headers;
    else this.#sendCancel(headers);
  }

  detach(): void {
    this.#user = undefined;
    if (this.#accepted) this.#accepted.user = undefined;
  }

  #receiveWhilePending(response: SipResponse): void {
    this.#stopA?.();
    this.#stopA = undefined;
    if (response.status < 200) {
      if (this.state === 'calling') {
        this.state = 'proceeding';
        this.#stopLimit?.();
        this.#stopLimit = undefined;
        if (this.#cancelHeaders) this.#sendCancel(this.#cancelHeaders);
      }
      this.#user?.onResponse(response);
      return;
    }
    this.#stopLimit?.();
    this.#stopLimit = undefined;
    const user = this.#user;
    this.#user = undefined;
    if (response.status < 300) {
      this.state = 'accepted';
      // Timer M: until then another branch of the fork may answer, or this 2xx come again.
      this.#accepted = new Accepted(user);
      this.#host.linger(this.#key, this.#accepted, 64 * this.#host.timers.t1);
    } else {
      this.state = 'completed';
      const ack = ackFor(this.#request!, response);
      this.#host.transport.sendRequest(ack, this.#target, noMatter);
      // Timer D: 32 s on UDP, zero on reliable transports.
      if (this.#reliable) this.#host.linger(this.#key, ABSORB_RESPONSES, 0);
      else this.#host.linger(this.#key, new AckAgain(this.#host, ack, this.#target), Math.max(32_000, 64 * this.#host.timers.t1));
    }
    this.#request = undefined;
    user?.onResponse(response);
  }

  #startA(interval: number): void {
    this.#stopA = this.#host.clock.after(interval, () => {
      this.#startA(2 * interval);
      this.#send();
    });
  }

  #send(): void {
    // A transport that fails at once must not call the user before `send` gave it the transaction.
    this.#host.transport.sendRequest(this.#request!, this.#target, (error) => queueMicrotask(() => this.#failed(error)));
  }

  #failed(error: Error): void {
    if (this.state !== 'calling') return;
    const user = this.#user;
    this.#end();
    user?.onTransportError(error);
  }

  #sendCancel(headers: readonly (readonly [string, string])[]): void {
    this.#cancelled = true;
    this.#host.startCancel(cancelFor(this.#request!, headers), this.#target);
    // RFC 3261 9.1: without a final response within 64*T1 the INVITE counts as cancelled, and its transaction ends.
    this.#stopLimit?.();
    this.#stopLimit = this.#host.clock.after(64 * this.#host.timers.t1, () => this.#giveUp());
  }

  #giveUp(): void {
    const user = this.#user;
    this.#end();
    user?.onTimeout();
  }

  #end(): void {
    this.#stopA?.();
    this.#stopLimit?.();
    this.state = 'terminated';
    this.#user = undefined;
    this.#host.linger(this.#key, ABSORB_RESPONSES, 0);
  }
}

/** Accepted (RFC 6026 7.2): every 2xx goes to the user, who has to acknowledge each of them. */
class Accepted implements ResponseSink {
  user: ClientUser | undefined;

  constructor(user: ClientUser | undefined) {
    this.user = user;
  }

  receive(response: SipResponse): void {
    if (response.status >= 200 && response.status < 300) this.user?.onResponse(response);
  }
}

/** Completed (RFC 3261 17.1.1.2): the final response again means that the ACK was lost. */
class AckAgain implements ResponseSink {
  readonly #host: ClientHost;
  readonly #ack: SipRequest;
  readonly #target: Target;

  constructor(host: ClientHost, ack: SipRequest, target: Target) {
    this.#host = host;
    this.#ack = ack;
    this.#target = target;
  }

  receive(response: SipResponse): void {
    if (response.status >= 300) this.#host.transport.sendRequest(this.#ack, this.#target, noMatter);
  }
}

/** An ACK that cannot be sent: the other side will send its response again, or give up by its own timer. */
function noMatter(): void {}
