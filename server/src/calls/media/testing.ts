import {
  type RecordOrder,
  type RelayEngine,
  type RelayEngineStats,
  type RelayOrder,
  type RelaySession,
  type RelaySessionStats,
  SdpRefused,
  type Side,
  type SideMedia,
} from '../../media/engine.ts';
import type { MediaParts } from './relays.ts';

const NOTHING = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, strangers: 0, invalid: 0 };

/** A relay that writes down what it is asked, and answers when the test lets it. The description of a side gets a line that tells so. */
export class FakeSession implements RelaySession {
  readonly order: RelayOrder;
  readonly passed: string[] = [];
  /** Nobody answers what it is asked. */
  isGone = false;
  state: 'open' | 'answered' | 'closed' = 'open';
  onSilence: (seconds: number) => void = () => undefined;
  onLost: (why: string) => void = () => undefined;
  readonly #hold: () => Promise<void>;

  constructor(order: RelayOrder, hold: () => Promise<void>) {
    this.order = order;
    this.#hold = hold;
  }

  async pass(from: Side, sdp: Buffer, kind: 'offer' | 'answer'): Promise<Buffer> {
    const text = sdp.toString();
    this.passed.push(`${from} ${kind}`);
    await this.#hold();
    if (this.isGone) throw new Error('No answer');
    if (text.includes('unrelayable')) throw new SdpRefused('No medium that can be relayed');
    return Buffer.from(`${text}a=relayed-from:${from}\r\n`);
  }

  answered(): void {
    this.state = 'answered';
  }
  close(): void {
    this.state = 'closed';
  }
  async stats(): Promise<RelaySessionStats> {
    return { caller: NOTHING, callee: NOTHING };
  }
}

/** An engine of such relays. */
export class FakeRelays implements RelayEngine {
  readonly name = 'built-in';
  healthy = true;
  /** Sessions that open but never answer, as of a server that has just died. */
  gone = 0;
  readonly opened: FakeSession[] = [];
  /** Sessions that may still be opened. */
  room = Number.POSITIVE_INFINITY;
  /** Set to let every description wait. */
  hold: Promise<void> = Promise.resolve();
  record: RecordOrder | undefined;
  /** Who relays instead of these, when a test sets it. */
  parts: MediaParts = { engine: () => this, recording: () => this.record };

  async open(order: RelayOrder): Promise<RelaySession | undefined> {
    if (this.room-- <= 0) return undefined;
    const session = new FakeSession(order, () => this.hold);
    session.isGone = this.gone-- > 0;
    this.opened.push(session);
    return session;
  }

  beside(): SideMedia {
    return { advertise: '127.0.0.1', bind: '127.0.0.1', behindNat: false, asymmetric: false };
  }

  stats(): RelayEngineStats {
    return { sessions: this.opened.length, portsOpen: 0, ports: 0, packets: 0, bytes: 0, strangers: 0, losses: 0 };
  }

  async close(): Promise<void> {}
}
