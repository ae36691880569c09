import type { SipRequest } from '../message/index.ts';
import type { ServerTransaction, TransactionLayer } from '../transaction/index.ts';
import type { Target } from '../transport/types.ts';
import { Branch, type BranchOwner, type BranchTarget, type Locator } from './branch.ts';
import { Forward, type ForwardHandle, type ForwardOptions } from './forward.ts';
import { isLoop, loopTail } from './loop.ts';
import { recordRoute } from './record-route.ts';
import { applyRoutes, pushRoutes } from './route.ts';

export interface ProxyOptions {
  layer: TransactionLayer;
  locator: Locator;
  /** `lr=on` is for old phones that drop a parameter without a value (G-8). Asked for each request; default `lr`. */
  lr?: () => 'lr' | 'lr=on';
}

const MAX_FORWARDS = 70;

/** The stateful proxy of RFC 3261 16. Whether and where a request may go is decided before it comes here. */
export class ProxyCore {
  readonly #layer: TransactionLayer;
  readonly #locator: Locator;
  readonly #lr: () => 'lr' | 'lr=on';

  constructor(options: ProxyOptions) {
    this.#layer = options.layer;
    this.#locator = options.locator;
    this.#lr = options.lr ?? (() => 'lr');
  }

  /**
   * Forwards a request to groups of targets: the groups one after the other, the targets of a group at the same time.
   * Answers 483 and 482 itself (Max-Forwards, loop). An INVITE gets its 100 at once. A CANCEL of the caller stops all branches.
   */
  forward(transaction: ServerTransaction, groups: readonly (readonly BranchTarget[])[], options: ForwardOptions = {}): ForwardHandle {
    const { request } = transaction;
    const tail = loopTail(request);
    const forward = new Forward({
      layer: this.#layer,
      transaction,
      groups,
      options,
      launch: (target, owner) => this.#launch(transaction, target, owner, tail, options),
    });
    // RFC 3261 16.3 items 3 and 4.
    const refusal = request.maxForwards === 0 ? 483 : isLoop(request, tail) ? 482 : undefined;
    if (refusal !== undefined) {
      forward.state = 'failed';
      transaction.reply(refusal);
      return forward;
    }
    if (request.method === 'INVITE' && !transaction.answered) transaction.reply(100);
    transaction.onCancel = () => forward.cancel();
    forward.start();
    return forward;
  }

  /** Forwards a request inside a dialog to its next hop: the topmost route left, or the Request-URI. */
  forwardInDialog(transaction: ServerTransaction, options: ForwardOptions = {}, target?: Target): ForwardHandle {
    return this.forward(transaction, [[{ uri: transaction.request.uriText, target }]], options);
  }

  /** Forwards the ACK for a 2xx, which has no transaction. Dropped when there is nowhere to send it or it has no hops left. */
  forwardAck(ack: SipRequest, target?: Target): void {
    const tail = loopTail(ack);
    if (ack.maxForwards === 0 || isLoop(ack, tail)) return;
    const copy = ack.clone();
    countHop(copy);
    const hop = applyRoutes(copy);
    const known = target ?? this.#locator.locateNow(hop);
    if (known) this.#layer.sendAck(copy, known, { branchTail: tail });
    else {
      this.#locator.locate(hop).then(
        ([first]) => first && this.#layer.sendAck(copy, first, { branchTail: tail }),
        () => {
          // The callee repeats its 2xx, and with it comes another ACK.
        },
      );
    }
  }

  #launch(transaction: ServerTransaction, target: BranchTarget, owner: BranchOwner, tail: string, options: ForwardOptions): Branch {
    const prepared = transaction.request.clone();
    countHop(prepared);
    prepared.uriText = target.uri;
    if (target.routes) pushRoutes(prepared, target.routes);
    options.edit?.(prepared, target);
    const hop = applyRoutes(prepared);
    const branch = new Branch(target, {
      layer: this.#layer,
      owner,
      branchTail: tail,
      timerC: this.#layer.timers.timerC,
      gate: options.gate,
      build: (address) => {
        const copy = prepared.clone();
        if (options.recordRoute) recordRoute(copy, this.#layer.transport, address, { lr: this.#lr(), params: options.recordRouteParams });
        return copy;
      },
    });
    branch.start(target.target ?? this.#locator.locateNow(hop) ?? this.#locator.locate(hop));
    return branch;
  }
}

/** RFC 3261 16.6 item 3. */
function countHop(request: SipRequest): void {
  const hops = request.maxForwards;
  request.set('Max-Forwards', String(hops === undefined ? MAX_FORWARDS : hops - 1));
}
