/** An address and port to send to. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

export interface LatchRules {
  /** Where its signalling comes from. */
  readonly signalling?: string | undefined;
  readonly behindNat: boolean;
  readonly asymmetric: boolean;
}

/**
 * How long after its first packet a source may still be replaced by a better one. Long enough for what a phone sends before it has read
 * the answer, short enough that nobody can wait for a call and then take it over.
 */
export const WINDOW_MS = 3000;

/** How far a source is believed. It is replaced, within the window, by one that is believed more; never by one that is believed as much. */
const belief = { none: 0, anybody: 1, beforeMove: 2, knownAddress: 3, asDescribed: 4, asBefore: 5 } as const;

/**
 * Decides which packets belong to a stream, and where its other direction is sent (symmetric RTP, RFC 4961). It locks on to the first
 * source; within the window one with the address of the session description or of the signalling takes its place. After that all others
 * are strangers until a new session description opens the window again; only a source that nothing speaks for still gives way to one that
 * the session description or the signalling names.
 */
export class Latch {
  /** Where the side gets its media; undefined while that is not known. */
  destination: Address | undefined;
  readonly #rules: LatchRules;
  #described: Address | undefined;
  #isLocked = false;
  #sourceIp = '';
  #sourcePort = 0;
  #belief: number = belief.none;
  /** The source before the window opened again, and how far it is believed now. */
  #former: Address | undefined;
  #beliefInFormer: number = belief.none;
  /** When the first packet since the window opened came; undefined: none yet. */
  #firstAt: number | undefined;

  constructor(rules: LatchRules) {
    this.#rules = rules;
  }

  /** A new session description says where the side wants its media; undefined: it does not say, or nobody may be sent to there. */
  describe(address: Address | undefined): void {
    const moved = address?.ip !== this.#described?.ip || address?.port !== this.#described?.port;
    this.#described = address;
    let believed = this.#beliefInFormer;
    if (this.#belief !== belief.none) {
      this.#former = { ip: this.#sourceIp, port: this.#sourcePort };
      believed = this.#belief;
    }
    // Whom nothing ever spoke for gains nothing by having been there.
    this.#beliefInFormer = moved || believed <= belief.beforeMove ? belief.beforeMove : belief.asBefore;
    this.#isLocked = false;
    this.#sourceIp = '';
    this.#belief = belief.none;
    this.#firstAt = undefined;
    // Behind NAT the address is one of another net: what is sent there gets lost, or reaches somebody else.
    const isReached = this.#rules.asymmetric || !this.#rules.behindNat || address?.ip === this.#rules.signalling;
    if (moved && isReached) this.destination = address;
  }

  /** Whether a valid packet from there belongs to the stream. Called for every packet. */
  accepts(ip: string, port: number): boolean {
    const isSource = port === this.#sourcePort && ip === this.#sourceIp;
    return this.#isLocked ? isSource : this.#consider(ip, port, isSource);
  }

  #consider(ip: string, port: number, isSource: boolean): boolean {
    const now = performance.now();
    const isOver = this.#firstAt !== undefined && now - this.#firstAt >= WINDOW_MS;
    // Where a side said that it moves and nothing comes from there, the window stays open for that. So it does for the side itself where
    // all that came yet is from somewhere: whoever sprays the ports while it rings must not have the call.
    if (isOver && this.#belief !== belief.beforeMove && this.#belief !== belief.anybody) {
      this.#isLocked = true;
      return isSource;
    }
    // A packet may come from port 0, but none can be sent there.
    if (port === 0) return false;
    if (!isSource) {
      const believed = this.#beliefIn(ip, port);
      if (believed <= this.#belief) return false;
      this.#sourceIp = ip;
      this.#sourcePort = port;
      this.#belief = believed;
    }
    this.#firstAt ??= now;
    // Its former source is answered where the side said it moves, unless it is still there after the window.
    if (!this.#rules.asymmetric && (isOver || this.#belief !== belief.beforeMove)) this.#sendTo(ip, port);
    return true;
  }

  #beliefIn(ip: string, port: number): number {
    if (ip === this.#former?.ip && port === this.#former.port) return this.#beliefInFormer;
    const described = this.#described;
    if (ip === described?.ip) return port === described.port ? belief.asDescribed : belief.knownAddress;
    return ip === this.#rules.signalling ? belief.knownAddress : belief.anybody;
  }

  #sendTo(ip: string, port: number): void {
    if (this.destination?.ip !== ip || this.destination.port !== port) this.destination = { ip, port };
  }
}
