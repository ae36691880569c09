import { isIP } from 'node:net';
import {
  otherSide,
  type Protection,
  type RelayOrder,
  type RelaySession,
  type RelaySessionStats,
  SdpRefused,
  type Side,
} from '../engine.ts';
import { figuresOf, noFigures, TAGS } from './call-figures.ts';
import { type NgCommand, NgRefused, NgSilent, type NgValue } from './ng-client.ts';
import type { RtpengineNode } from './node.ts';
import { describes, type SdpFacts } from './sdp-facts.ts';

/** Codecs that Debian's rtpengine translates into each other. Of iLBC it only has the decoder: that one passes, as G.723 and G.729 do. */
export const TRANSCODABLE = ['PCMU', 'PCMA', 'G722', 'GSM', 'opus'] as const;
export type Transcodable = (typeof TRANSCODABLE)[number];

/** Phones know the two suites of RFC 4568 6.2; a dozen more make the INVITE too long for a datagram. */
const RARE_SUITES = [
  ...['AEAD_AES_256_GCM', 'AEAD_AES_128_GCM', 'AES_256_CM_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_32', 'AES_192_CM_HMAC_SHA1_80'],
  ...['AES_192_CM_HMAC_SHA1_32', 'F8_128_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_32', 'NULL_HMAC_SHA1_80', 'NULL_HMAC_SHA1_32'],
];

const COMMON_SUITES = { SDES: RARE_SUITES.map((suite) => `no-${suite}`) };
const KEYS_BY_SDES = { DTLS: 'off', ...COMMON_SUITES };

const PROTECTED: Readonly<Record<Protection, Record<string, NgValue>>> = {
  // With a fingerprint beside the keys: some phones that know DTLS only take this profile for theirs.
  sdes: { 'transport-protocol': 'RTP/SAVP', ICE: 'remove', ...COMMON_SUITES },
  // Browsers take it with ICE and on one port only; phones do not mind.
  dtls: { 'transport-protocol': 'UDP/TLS/RTP/SAVPF', ICE: 'force', SDES: ['off'], 'rtcp-mux': ['offer'] },
};

export interface SessionParts {
  readonly order: RelayOrder;
  readonly node: RtpengineNode;
  /** Another daemon that lives, when the first one turns out not to. */
  readonly elsewhere: () => RtpengineNode | undefined;
  /** Added to what a side offers, and translated when the other side takes one of them. */
  readonly transcode: readonly Transcodable[];
  /** Nothing more is asked of this session. */
  readonly closed: (session: RtpengineSession) => void;
}

/** One call in a daemon. */
export class RtpengineSession implements RelaySession {
  onSilence: (seconds: number) => void = () => undefined;
  onLost: (why: string) => void = () => undefined;
  readonly #parts: SessionParts;
  #node: RtpengineNode;
  /** The daemon knows the call: it cannot go to another one any more. */
  #settled = false;
  /** What each side said last and what became of it: a retransmission is the same again. */
  readonly #last: Partial<Record<Side, { readonly text: string; readonly kind: string; readonly result: Promise<Buffer> }>> = {};
  /** Descriptions go to the daemon one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #figures: RelaySessionStats = { caller: noFigures, callee: noFigures };
  #onHold: Record<Side, boolean> = { caller: false, callee: false };
  /** What each side has said of its media last: offers to it are made in the same way. */
  readonly #facts: Partial<Record<Side, SdpFacts>> = {};
  /** Monotonic ms since which nothing came; undefined before the answer. */
  #silentSince: number | undefined;
  #closed = false;
  /** The daemon has been told that it is over. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#node = parts.node;
  }

  get node(): RtpengineNode {
    return this.#node;
  }

  get settled(): boolean {
    return this.#settled;
  }

  get figures(): RelaySessionStats {
    return this.#figures;
  }

  pass(from: Side, sdp: Buffer, kind: 'offer' | 'answer'): Promise<Buffer> {
    const text = sdp.toString('latin1');
    const last = this.#last[from];
    if (last?.text === text && last.kind === kind) return last.result;
    const result = this.#queue.then(() => this.#negotiate(from, text, kind));
    this.#queue = result.catch(() => undefined);
    this.#last[from] = { text, kind, result };
    return result;
  }

  answered(): void {
    this.#silentSince ??= performance.now();
  }

  close(): void {
    if (this.#closed) return;
    this.#end();
    // Not until what is under way has arrived, else it would make the call anew.
    this.#told = this.#queue.then(() => this.#command({ command: 'delete', 'delete-delay': 0 })).catch(() => undefined);
  }

  /** Closes it, and waits until the daemon knows. */
  async finish(): Promise<void> {
    this.close();
    await this.#told;
  }

  async stats(): Promise<RelaySessionStats> {
    if (!this.#closed) await this.refresh();
    return this.#figures;
  }

  /** Asks the daemon how the call is. To be called now and then: silence shows by it. */
  async refresh(): Promise<void> {
    const before = this.#packets;
    try {
      this.#figures = figuresOf(await this.#command({ command: 'query' }));
    } catch (error) {
      if (error instanceof NgRefused && !this.#closed) this.lose('rtpengine does not know the call any more');
      return;
    }
    const { silenceSeconds } = this.#parts.order;
    if (this.#closed || this.#silentSince === undefined || silenceSeconds === null) return;
    if (this.#packets !== before || this.#onHold.caller || this.#onHold.callee) this.#silentSince = performance.now();
    else if (performance.now() - this.#silentSince >= silenceSeconds * 1000) {
      this.#silentSince = undefined;
      this.onSilence(silenceSeconds);
    }
  }

  /** The daemon has lost it. */
  lose(why: string): void {
    if (this.#closed) return;
    this.#end();
    this.onLost(why);
  }

  get #packets(): number {
    return this.#figures.caller.packets + this.#figures.callee.packets;
  }

  #end(): void {
    this.#closed = true;
    this.#parts.closed(this);
  }

  async #negotiate(from: Side, sdp: string, kind: 'offer' | 'answer'): Promise<Buffer> {
    if (this.#closed) throw new Error('The media of this call is closed');
    const facts = describes(sdp);
    this.#onHold[from] = facts.onHold;
    this.#facts[from] = facts;
    const to = otherSide(from);
    try {
      const answer = await this.#command({
        ...{ command: kind, sdp: Buffer.from(sdp, 'latin1') },
        // In an answer the tags are those of the offer: who offered is "from".
        ...(kind === 'offer' ? { 'from-tag': TAGS[from], 'to-tag': TAGS[to] } : { 'from-tag': TAGS[to], 'to-tag': TAGS[from] }),
        ...this.#wishes(from, kind, facts.secure),
      });
      const bytes = answer.sdp;
      if (!(bytes instanceof Uint8Array)) throw new NgRefused('no session description in the answer');
      this.#settled = true;
      return Buffer.from(bytes);
    } catch (error) {
      if (error instanceof NgRefused) throw new SdpRefused(`The media server does not take this session description: ${error.message}`);
      const other = error instanceof NgSilent && !this.#settled ? this.#parts.elsewhere() : undefined;
      if (other) {
        this.#node = other;
        return this.#negotiate(from, sdp, kind);
      }
      // A call that no daemon knows yet is not lost: another engine may have it.
      if (error instanceof NgSilent && this.#settled) this.lose(error.message);
      else if (error instanceof NgSilent && !this.#closed) this.#end();
      throw error;
    }
  }

  #wishes(from: Side, kind: 'offer' | 'answer', secure: boolean): Partial<NgCommand> {
    const { sides } = this.#parts.order;
    const sender = sides[from];
    const receiver = sides[otherSide(from)];
    const flags: string[] = sender.asymmetric ? ['asymmetric', 'trust-address'] : sender.behindNat ? [] : ['trust-address'];
    const wishes: Record<string, NgValue | undefined> = {
      replace: ['origin', 'session-connection'],
      'address family': isIP(receiver.advertise) === 6 ? 'IP6' : 'IP4',
      ...(sender.signalling !== undefined && {
        'received-from': [isIP(sender.signalling) === 6 ? 'IP6' : 'IP4', sender.signalling],
      }),
    };
    const towardsSender = this.node.interfaceFor(sender);
    const towardsReceiver = this.node.interfaceFor(receiver);
    if (towardsSender !== undefined && towardsReceiver !== undefined) wishes.direction = [towardsSender, towardsReceiver];
    // A daemon on this machine is reached where we are; another one knows its own address.
    if (isLoopback(this.#node.address.host)) wishes['media address'] = receiver.advertise;
    if (kind === 'offer') {
      Object.assign(wishes, this.#offerTo(otherSide(from)));
      // One that can is asked to encrypt (RFC 8643).
      if (secure && !/SAVP/.test(String(wishes['transport-protocol']))) {
        flags.push('OSRTP-offer');
        Object.assign(wishes, KEYS_BY_SDES);
      }
      if (this.#parts.transcode.length > 0) wishes.codec = { transcode: this.#parts.transcode };
    }
    return { ...wishes, flags };
  }

  /**
   * Encryption and ICE end here: plain RTP is what every phone and gateway takes. Whoever insists on more, or has said that he speaks it,
   * gets that.
   */
  #offerTo(to: Side): Record<string, NgValue> {
    const { proto, ice, keyed } = this.#facts[to] ?? {};
    const protection = to === 'callee' ? this.#parts.order.protection : undefined;
    if (proto === undefined && protection) return PROTECTED[protection];
    return {
      'transport-protocol': proto ?? 'RTP/AVP',
      ICE: ice ? 'force' : 'remove',
      ...(keyed ? { SDES: ['off'] } : proto?.includes('SAVP') ? KEYS_BY_SDES : {}),
    };
  }

  #command(command: NgCommand) {
    return this.#node.command({ 'call-id': this.#parts.order.callId, ...command });
  }
}

const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.') || host === 'localhost';
