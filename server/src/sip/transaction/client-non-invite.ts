import type { SipRequest, SipResponse } from '../message/index.ts';
import type { Target } from '../transport/types.ts';
import { ABSORB_RESPONSES } from './client-invite.ts';
import type { Cancel } from './clock.ts';
import type { ClientHost, ClientState, ClientTransaction, ClientUser } from './types.ts';

/** The non-INVITE client transaction (RFC 3261 17.1.2). */
export class NonInviteClientTransaction implements ClientTransaction {
  readonly #request: SipRequest;
  state: ClientState = 'trying';
  readonly #host: ClientHost;
  readonly #key: string;
  readonly #target: Target;
  readonly #reliable: boolean;
  #user: ClientUser | undefined;
  #stopE: Cancel | undefined;
  #stopF: Cancel | undefined;

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
    this.#stopF = clock.after(64 * timers.t1, () => this.#timerF());
    if (!this.#reliable) this.#startE(timers.t1);
    this.#send();
  }

  receive(response: SipResponse): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    if (response.status < 200) {
      this.state = 'proceeding';
      this.#user?.onResponse(response);
      return;
    }
    const user = this.#user;
    this.#stop('completed');
    // Timer K: T4 on UDP, zero on reliable transports.
    this.#host.linger(this.#key, ABSORB_RESPONSES, this.#reliable ? 0 : this.#host.timers.t4);
    user?.onResponse(response);
  }

  /** RFC 3261 9.1: only an INVITE can be cancelled. */
  cancel(): void {}

  detach(): void {
    this.#user = undefined;
  }

  #startE(interval: number): void {
    const { clock, timers } = this.#host;
    this.#stopE = clock.after(interval, () => {
      // RFC 3261 17.1.2.2: doubling up to T2 while Trying, T2 while Proceeding.
      this.#startE(this.state === 'trying' ? Math.min(2 * interval, timers.t2) : timers.t2);
      this.#send();
    });
  }

  #send(): void {
    // A transport that fails at once must not call the user before `send` gave it the transaction.
    this.#host.transport.sendRequest(this.#request, this.#target, (error) => queueMicrotask(() => this.#failed(error)));
  }

  #failed(error: Error): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    const user = this.#user;
    this.#stop('terminated');
    this.#host.linger(this.#key, ABSORB_RESPONSES, 0);
    user?.onTransportError(error);
  }

  #timerF(): void {
    const user = this.#user;
    this.#stop('terminated');
    this.#host.linger(this.#key, ABSORB_RESPONSES, 0);
    user?.onTimeout();
  }

  #stop(state: ClientState): void {
    this.#stopE?.();
    this.#stopF?.();
    this.state = state;
    this.#user = undefined;
  }
}
