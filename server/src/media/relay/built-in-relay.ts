import { availableParallelism } from 'node:os';
import type { RelayEngine, RelayEngineStats, RelayOrder, RelaySession } from '../engine.ts';
import { PortPool, type PortRange, splitRange } from '../ports/port-pool.ts';
import { RelayHand } from './relay-hand.ts';

export interface BuiltInRelayOptions {
  readonly range: PortRange;
  /** Worker threads at most; else one for each core but one. */
  readonly workers?: number;
  /** Something the operator should know, in words. */
  readonly onFault: (what: string) => void;
}

/** More threads would only wait for each other: one carries some 800 calls. */
const MOST_WORKERS = 8;
/** A further worker starts when all have so many sessions. */
const BUSY = 50;

/** The relay of the house: RTP through worker threads, no packet crosses the main one. */
export class BuiltInRelay implements RelayEngine {
  readonly name = 'built-in';
  readonly #ports: number;
  /** Each has its own part of the ports. */
  readonly #hands: readonly RelayHand[];
  #closed = false;

  constructor({ range, workers, onFault }: BuiltInRelayOptions) {
    const count = Math.max(1, Math.min(MOST_WORKERS, workers ?? availableParallelism() - 1));
    this.#ports = 2 * new PortPool(range).size;
    this.#hands = splitRange(range, count).map(
      (part, index) => new RelayHand(part, (what) => onFault(`Relay worker ${index + 1}: ${what}`)),
    );
  }

  /** A worker that died is started again, so there is always one to come. */
  get healthy(): boolean {
    return !this.#closed;
  }

  /** The workers, in the order they start. */
  get hands(): readonly RelayHand[] {
    return this.#hands;
  }

  async open(order: RelayOrder): Promise<RelaySession | undefined> {
    for (const hand of this.#byPreference()) {
      const session = await hand.open(order);
      if (session) return session;
    }
    return undefined;
  }

  stats(): RelayEngineStats {
    const sum = (figure: (hand: RelayHand) => number) => this.#hands.reduce((total, hand) => total + figure(hand), 0);
    return {
      sessions: sum((hand) => hand.sessions),
      portsOpen: sum((hand) => hand.figures.portsOpen),
      ports: this.#ports,
      packets: sum((hand) => hand.figures.packets),
      bytes: sum((hand) => hand.figures.bytes),
      strangers: sum((hand) => hand.figures.strangers),
      losses: sum((hand) => hand.losses),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#hands.map((hand) => hand.close()));
  }

  /** The least busy of those that run; one that does not yet when they have enough to do; the others are asked when these have no ports. */
  #byPreference(): RelayHand[] {
    const started = this.#hands.filter((hand) => hand.isStarted).toSorted((a, b) => a.sessions - b.sessions);
    const resting = this.#hands.filter((hand) => !hand.isStarted);
    const least = started[0];
    return least && least.sessions < BUSY ? [...started, ...resting] : [...resting.slice(0, 1), ...started, ...resting.slice(1)];
  }
}
