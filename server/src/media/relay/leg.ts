import type { RemoteInfo, Socket } from 'node:dgram';
import type { RelaySideStats, Side, SideMedia } from '../engine.ts';
import type { PortPool } from '../ports/port-pool.ts';
import { openSocketPair, type SocketPair } from '../ports/socket-pair.ts';
import { rtpHeaderLength, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import { Reception } from '../rtp/reception.ts';
import { isRtcp, looksLikeRtcp } from '../rtp/rtcp.ts';
import type { MediumDescription } from './description.ts';
import { Latch } from './latch.ts';

/** What all legs of a worker have counted since it started, and the ports they have open. */
export interface Totals {
  packets: number;
  bytes: number;
  strangers: number;
  portsOpen: number;
}

/** Hears, and may change, each RTP packet of a leg before it goes on. */
export type Tap = (packet: Buffer, headerLength: number) => void;

/** What all legs of a worker share. */
export interface LegParts {
  readonly pool: PortPool;
  readonly totals: Totals;
}

/** Ports of one side for one medium: what comes in here is that side's, and leaves by the leg of the other side. */
export class Leg {
  readonly side: Side;
  /** Set once, before anything is received. */
  other!: Leg;
  tap: Tap | undefined;
  /** Something valid came since the last look. */
  heard = false;
  #packets = 0;
  #bytes = 0;
  #strangers = 0;
  #invalid = 0;
  readonly #media: SideMedia;
  readonly #pool: PortPool;
  readonly #totals: Totals;
  readonly #reception = new Reception();
  readonly #rtpLatch: Latch;
  readonly #rtcpLatch: Latch;
  #even: number | undefined;
  #sockets: SocketPair | undefined;
  #described: MediumDescription | undefined;
  /** What follows is of the description, kept apart for speed. */
  #isRtp = true;
  #isSecret = false;
  #isKeyed = false;
  #isMuxed = false;
  #ticksPerMs: readonly number[] = [];

  constructor(side: Side, media: SideMedia, { pool, totals }: LegParts) {
    this.side = side;
    this.#media = media;
    this.#pool = pool;
    this.#totals = totals;
    this.#rtpLatch = new Latch(media);
    this.#rtcpLatch = new Latch(media);
  }

  /** The port for its RTP; that for RTCP is the next. Undefined before it is open. */
  get port(): number | undefined {
    return this.#even;
  }

  get described(): MediumDescription | undefined {
    return this.#described;
  }

  /** False: no ports are left. Once opened it keeps its ports for the call, open or not: a description that comes again finds the same. */
  async open(): Promise<boolean> {
    if (this.#sockets) return true;
    if (this.#even !== undefined) {
      this.#sockets = await openSocketPair(this.#media.bind, this.#even);
      if (!this.#sockets) this.close();
    }
    if (!this.#sockets) {
      const pair = await this.#pool.open((even) => openSocketPair(this.#media.bind, even));
      if (!pair) return false;
      this.#even = pair.even;
      this.#sockets = pair.opened;
    }
    this.#totals.portsOpen += 2;
    this.#receive(this.#sockets.rtp, this.#onRtp);
    this.#receive(this.#sockets.rtcp, this.#onRtcp);
    return true;
  }

  /** Closes the sockets of a medium nobody uses for now. */
  suspend(): void {
    if (!this.#sockets) return;
    this.#sockets.rtp.close();
    this.#sockets.rtcp.close();
    this.#sockets = undefined;
    this.#totals.portsOpen -= 2;
  }

  close(): void {
    this.suspend();
    if (this.#even !== undefined) this.#pool.give(this.#even);
    this.#even = undefined;
  }

  /** What its side said of this medium last. */
  describe(medium: MediumDescription): void {
    this.#described = medium;
    this.#isRtp = medium.kind === 'rtp';
    this.#isSecret = medium.isSecret;
    this.#isKeyed = medium.isKeyed;
    this.#isMuxed = medium.isMuxed;
    this.#ticksPerMs = medium.ticksPerMs;
    // RFC 2543 hold: nothing may be sent to 0.0.0.0, but its side has not moved.
    if (medium.isNowhere || medium.port === 0) return;
    this.#rtpLatch.describe(medium.rtp);
    this.#rtcpLatch.describe(medium.rtcp);
  }

  get stats(): RelaySideStats {
    const { lost, jitterMs } = this.#reception;
    const to = this.#rtpLatch.destination;
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost,
      jitterMs,
      strangers: this.#strangers,
      invalid: this.#invalid,
      ...(to ? { remote: to.ip.includes(':') ? `[${to.ip}]:${to.port}` : `${to.ip}:${to.port}` } : {}),
    };
  }

  #receive(socket: Socket, listener: (bytes: Buffer, from: RemoteInfo) => void): void {
    socket.on('message', listener);
    // A packet that could not be received or sent is a lost one.
    socket.on('error', () => undefined);
  }

  readonly #onRtp = (bytes: Buffer, from: RemoteInfo): void => {
    if (this.#isRtp && looksLikeRtcp(bytes)) {
      if (this.#isMuxed) this.#control(bytes, from, this.#rtpLatch);
      else this.#invalid += 1;
      return;
    }
    const header = this.#isRtp ? rtpHeaderLength(bytes) : 0;
    if (header === 0 && this.#isRtp && !this.#isHandshake(bytes)) {
      this.#invalid += 1;
      return;
    }
    if (!this.#rtpLatch.accepts(from.address, from.port)) {
      this.#countStranger();
      return;
    }
    this.heard = true;
    this.#packets += 1;
    this.#bytes += bytes.length;
    this.#totals.packets += 1;
    this.#totals.bytes += bytes.length;
    if (header !== 0) {
      const ticksPerMs = this.#ticksPerMs[rtpPayloadType(bytes)] ?? 0;
      this.#reception.note(rtpSsrc(bytes), rtpSequence(bytes), rtpTimestamp(bytes), performance.now(), ticksPerMs);
      if (!this.#isSecret) this.tap?.(bytes, header);
    }
    this.other.sendRtp(bytes);
  };

  readonly #onRtcp = (bytes: Buffer, from: RemoteInfo): void => this.#control(bytes, from, this.#rtcpLatch);

  #control(bytes: Buffer, from: RemoteInfo, latch: Latch): void {
    if (!isRtcp(bytes) && !this.#isHandshake(bytes)) this.#invalid += 1;
    else if (!latch.accepts(from.address, from.port)) this.#countStranger();
    else this.other.sendRtcp(bytes);
  }

  /** DTLS and ZRTP share the port with RTP and are told from it by the first byte (RFC 7983 section 7). */
  #isHandshake(bytes: Buffer): boolean {
    return this.#isKeyed && bytes.length > 12 && bytes[0]! >= 16 && bytes[0]! <= 63;
  }

  #countStranger(): void {
    this.#strangers += 1;
    this.#totals.strangers += 1;
  }

  sendRtp(bytes: Buffer): void {
    const to = this.#rtpLatch.destination;
    if (to && !this.#described?.isNowhere) this.#sockets?.rtp.send(bytes, to.port, to.ip);
  }

  /** RTCP goes to the RTP port where both sides want them on one (RFC 5761 section 5.1.1). */
  sendRtcp(bytes: Buffer): void {
    if (this.#isMuxed && this.other.#isMuxed) {
      this.sendRtp(bytes);
      return;
    }
    const to = this.#rtcpLatch.destination;
    if (to && !this.#described?.isNowhere) this.#sockets?.rtcp.send(bytes, to.port, to.ip);
  }
}
