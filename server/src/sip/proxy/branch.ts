import type { SipRequest, SipResponse, SipUri } from '../message/index.ts';
import type { Cancel, ClientTransaction, TransactionLayer } from '../transaction/index.ts';
import type { Target } from '../transport/types.ts';

/** One place to send a request to. */
export interface BranchTarget {
  /** The new Request-URI. */
  uri: string;
  /** Route values to put on top, such as the Path of a contact binding. */
  routes?: readonly string[];
  /** Send here; without it the next hop is looked up from the routes or the URI. */
  target?: Target;
  /**
   * A request too large for a datagram goes over TCP, and over UDP only when no connection can be made (RFC 3261 18.1.1). For servers whose
   * URI leaves the transport open. Not for phones that registered over UDP: behind their routers nobody can connect to them, and trying
   * costs seconds. Nor for gateways: their transport is what the operator chose.
   */
  tcpWhenLarge?: boolean;
}

/** RFC 3261 18.1.1: the size when nothing is known of the path. */
const LARGE_BYTES = 1300;
/** What our Via and Record-Route are going to add. */
const ADDED_BYTES = 200;

export interface Locator {
  locateNow(uri: SipUri): Target | undefined;
  locate(uri: SipUri): Promise<Target[]>;
}

export type BranchResult =
  | { kind: 'response'; response: SipResponse }
  /**
   * 408: silence, our own ring time or Timer C. 503: could not be sent. 487: given up on the caller's wish. 488: the answer was refused on
   * its way.
   */
  | { kind: 'local'; status: 408 | 487 | 488 | 503 };

/**
 * Holds a response until it may go on, in the order in which they came; calls one of the two. Whoever refuses a response has found no use
 * for its session description.
 */
export type ResponseGate = (response: SipResponse, passage: { next: () => void; refuse: () => void }, target: BranchTarget) => void;

export interface BranchOwner {
  /** A provisional response above 100. */
  onProvisional(branch: Branch, response: SipResponse): void;
  /** Every 2xx; also after `onFailed` was told. */
  onSuccess(branch: Branch, response: SipResponse): void;
  /** A 2xx that nobody upstream will hear of; `onFailed` follows. */
  onRefused(branch: Branch, response: SipResponse): void;
  /** Exactly once, unless a 2xx came first. */
  onFailed(branch: Branch, result: BranchResult): void;
}

export interface BranchPlan {
  layer: TransactionLayer;
  owner: BranchOwner;
  /** A fresh copy with Request-URI and Routes in place, for a target that is known now. */
  build: (target: Target) => SipRequest;
  branchTail: string;
  timerC: number;
  gate?: ResponseGate;
}

/** One branch of a forked request (RFC 3261 16.6): its client transaction, Timer C, and further addresses to try. */
export class Branch {
  readonly target: BranchTarget;
  /** True while neither a final response came nor the branch was given up. */
  pending = true;
  /** The request as sent, for what has to be sent after it. */
  sent: { request: SipRequest; target: Target } | undefined;
  readonly #plan: Omit<BranchPlan, 'build'>;
  #build: BranchPlan['build'] | undefined;
  #transaction: ClientTransaction | undefined;
  #addresses: Target[] = [];
  #triedTcp = false;
  #provisional = false;
  #cancelled: { because: 408 | 487; headers: readonly (readonly [string, string])[] } | undefined;
  #stopC: Cancel | undefined;
  #stopGrace: Cancel | undefined;

  constructor(target: BranchTarget, { build, ...plan }: BranchPlan) {
    this.target = target;
    this.#plan = plan;
    this.#build = build;
  }

  start(found: Target | Promise<Target[]>): void {
    if (!(found instanceof Promise)) {
      this.#begin([found]);
      return;
    }
    found.then(
      (targets) => this.#begin(targets),
      () => this.#begin([]),
    );
  }

  /**
   * Stops ringing. A branch that never gave a sign of life is given up at once; the others get T4 to say how it ended, since they may
   * have answered just now.
   */
  cancel(because: 408 | 487, headers: readonly (readonly [string, string])[] = []): void {
    if (!this.pending || this.#cancelled) return;
    this.#cancelled = { because, headers };
    this.#transaction?.cancel(headers);
    this.#stopC?.();
    if (this.#provisional) this.#stopGrace = this.#plan.layer.clock.after(this.#plan.layer.timers.t4, () => this.#fail(because));
    else this.#fail(because);
  }

  /** The 2xx went upstream: what follows is only passed on, and the requests need not be kept for the 32 s of Timer M. */
  release(): void {
    this.sent = undefined;
    this.#build = undefined;
    this.#transaction = undefined;
  }

  #begin(targets: Target[]): void {
    if (!this.pending) return;
    this.#addresses = targets;
    if (!this.#tryNext()) this.#fail(503);
  }

  #tryNext(): boolean {
    const address = this.#addresses.shift();
    if (!address || !this.#build) return false;
    const { layer, branchTail, timerC } = this.#plan;
    const target = this.#withTransport(address, this.#build);
    const request = this.#build(target);
    this.sent = { request, target };
    this.#transaction = layer.send(
      request,
      target,
      {
        onResponse: (response) => this.#admit(response),
        onTimeout: () => this.#onSilence(408),
        onTransportError: () => this.#onSilence(503),
      },
      { branchTail },
    );
    if (request.method === 'INVITE') this.#startC(timerC);
    return true;
  }

  #withTransport(target: Target, build: BranchPlan['build']): Target {
    if (!this.target.tcpWhenLarge || this.#triedTcp || target.protocol !== 'udp') return target;
    if (build(target).toBuffer().length + ADDED_BYTES <= LARGE_BYTES) return target;
    this.#triedTcp = true;
    this.#addresses.unshift(target);
    return { protocol: 'tcp', address: target.address, port: target.port };
  }

  /** RFC 3263 4.3: where nobody is reached, the next address of the name is tried. */
  #onSilence(status: 408 | 503): void {
    this.#stopC?.();
    if (this.pending && !this.#cancelled && !this.#provisional && this.#tryNext()) return;
    this.#fail(this.#cancelled?.because ?? status);
  }

  #admit(response: SipResponse): void {
    const { gate } = this.#plan;
    if (gate) gate(response, { next: () => this.#onResponse(response), refuse: () => this.#refuse(response) }, this.target);
    else this.#onResponse(response);
  }

  #refuse(response: SipResponse): void {
    if (response.status < 200 || response.status >= 300) {
      response.setBody('');
      this.#onResponse(response);
      return;
    }
    this.#plan.owner.onRefused(this, response);
    this.#fail(488);
  }

  #onResponse(response: SipResponse): void {
    if (response.status === 100) this.#provisional = true;
    else if (response.status < 200) {
      this.#provisional = true;
      // RFC 3261 16.7 item 2: a phone that rings sets Timer C back.
      if (this.#stopC && this.pending) this.#startC(this.#plan.timerC);
      if (this.pending) this.#plan.owner.onProvisional(this, response);
    } else if (response.status < 300) {
      this.#settle();
      this.#plan.owner.onSuccess(this, response);
    } else if (this.pending) {
      this.#settle();
      const timedOut = this.#cancelled?.because === 408 && response.status === 487;
      this.#plan.owner.onFailed(this, timedOut ? { kind: 'local', status: 408 } : { kind: 'response', response });
    }
  }

  #startC(ms: number): void {
    this.#stopC?.();
    this.#stopC = this.#plan.layer.clock.after(ms, () => this.cancel(408));
  }

  #fail(status: 408 | 487 | 488 | 503): void {
    if (!this.pending) return;
    this.#settle();
    this.#plan.owner.onFailed(this, { kind: 'local', status });
  }

  #settle(): void {
    this.pending = false;
    this.#stopC?.();
    this.#stopC = undefined;
    this.#stopGrace?.();
  }
}
