/**
 * The life of a bridged call.
 * - inviting: a gateway is being called; the caller has no final response.
 * - answering: a gateway answered; the answer is being written down before the caller hears of it.
 * - talking: the caller has his 200 OK.
 * - ended: over; what is left are the BYEs on their way.
 */
export type BridgeState = 'inviting' | 'answering' | 'talking' | 'ended';

export type BridgeEvent =
  /** A gateway sent its 2xx. */
  | 'answered'
  /** The journal has the answer. */
  | 'written'
  /** No gateway took the call. */
  | 'failed'
  /** The caller cancelled, or the call was ended from outside. */
  | 'cancelled'
  /** BYE of either side, cut-off, a dead peer. */
  | 'ended';

/**
 * What may follow what; anything else changes nothing. A CANCEL that comes while answering is one of those: the call is answered, and the
 * caller who gets a 200 for a call he cancelled has to end it by BYE (RFC 3261 9.1, 15).
 */
const TRANSITIONS: Record<BridgeState, Partial<Record<BridgeEvent, BridgeState>>> = {
  inviting: { answered: 'answering', failed: 'ended', cancelled: 'ended' },
  answering: { written: 'talking', ended: 'ended' },
  talking: { ended: 'ended' },
  ended: {},
};

export function nextState(state: BridgeState, event: BridgeEvent): BridgeState | undefined {
  return TRANSITIONS[state][event];
}
