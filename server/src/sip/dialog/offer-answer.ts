/** What becomes of an offer that arrives now. */
export type OfferVerdict =
  | 'ok'
  /** Our own offer is not answered yet: 491 (RFC 3261 14.2, RFC 3311 5.2). */
  | 'glare'
  /** An earlier offer of the same side is not answered yet: 500 with Retry-After. */
  | 'pending';

/** The offer/answer state of one dialog (RFC 3264, RFC 6337 2): at most one offer is outstanding. */
export class OfferAnswer {
  #state: 'idle' | 'local-offer' | 'remote-offer' = 'idle';

  get state(): 'idle' | 'local-offer' | 'remote-offer' {
    return this.#state;
  }

  /** May the peer make an offer now? */
  judge(): OfferVerdict {
    if (this.#state === 'local-offer') return 'glare';
    return this.#state === 'remote-offer' ? 'pending' : 'ok';
  }

  /** A session description went to the peer: an answer when the peer has an offer open, else an offer of ours. */
  sent(): void {
    this.#state = this.#state === 'remote-offer' ? 'idle' : 'local-offer';
  }

  /** A session description came from the peer. */
  received(): void {
    this.#state = this.#state === 'local-offer' ? 'idle' : 'remote-offer';
  }

  /** The request with the offer was refused, or given up: the session stays as it was (RFC 3261 14.1). */
  reset(): void {
    this.#state = 'idle';
  }
}
