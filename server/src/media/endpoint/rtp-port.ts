import type { RemoteInfo } from 'node:dgram';
import { RTP_CLOCK } from '../codecs/codec.ts';
import type { SideMedia } from '../engine.ts';
import type { PortPool } from '../ports/port-pool.ts';
import { openSocketPair, type SocketPair } from '../ports/socket-pair.ts';
import type { MediumDescription } from '../relay/description.ts';
import { Latch } from '../relay/latch.ts';
import { buildRtp, parseRtp, type RtpPacket } from '../rtp/packet.ts';
import { Reception } from '../rtp/reception.ts';
import { buildRtcp, looksLikeRtcp } from '../rtp/rtcp.ts';
import { addToTimestamp, nextSequence } from '../rtp/sequence.ts';

const RTCP_EVERY_MS = 5000;

const random32 = (): number => Math.floor(Math.random() * 2 ** 32);

/** The two UDP ports of an endpoint: valid packets of the one who belongs here come in, ours go where he is. */
export class RtpPort {
  packetsIn = 0;
  packetsOut = 0;
  /** What was no RTP, or came from a stranger. */
  dropped = 0;
  readonly number: number;

  private readonly pool: PortPool;
  private readonly sockets: SocketPair;
  private readonly latch: Latch;
  private readonly reception = new Reception();
  private readonly ssrc = random32();
  private readonly cname = `${random32().toString(16)}@dialtone`;
  private readonly onPacket: (packet: RtpPacket) => void;
  private description: MediumDescription | undefined;
  private sequence = Math.floor(Math.random() * 2 ** 16);
  private readonly firstTimestamp = random32();
  private bytesOut = 0;
  private lastTimestamp = 0;
  private remoteSsrc: number | undefined;
  private strangeSsrc: number | undefined;
  private reportedAt = performance.now();
  private lostBefore = 0;
  private highestBefore = 0;
  private open = true;

  private constructor(pool: PortPool, number: number, sockets: SocketPair, side: SideMedia, onPacket: (packet: RtpPacket) => void) {
    this.pool = pool;
    this.number = number;
    this.sockets = sockets;
    this.latch = new Latch(side);
    this.onPacket = onPacket;
    sockets.rtp.on('message', (bytes, from) => this.receive(bytes, from));
    // What they tell of our sound changes nothing here; it is read off the socket all the same.
    sockets.rtcp.on('message', () => {});
    for (const socket of [sockets.rtp, sockets.rtcp]) socket.on('error', () => this.dropped++);
  }

  /** Undefined: no ports are left. */
  static async open(pool: PortPool, side: SideMedia, onPacket: (packet: RtpPacket) => void): Promise<RtpPort | undefined> {
    const pair = await pool.open((even) => openSocketPair(side.bind, even));
    return pair && new RtpPort(pool, pair.even, pair.opened, side, onPacket);
  }

  /** What the other side says of where it is. */
  describe(description: MediumDescription): void {
    const before = this.description;
    this.description = description;
    // The very same again opens nothing for a stranger.
    if (description.version === before?.version && description.rtp?.ip === before.rtp?.ip && description.rtp?.port === before.rtp?.port)
      return;
    this.latch.describe(description.rtp);
  }

  get hasDestination(): boolean {
    return this.latch.destination !== undefined;
  }

  /** @param timestamp ticks since the endpoint began */
  send(payloadType: number, payload: Uint8Array, timestamp: number, marker: boolean): void {
    const { destination } = this.latch;
    if (destination === undefined || !this.open) return;
    this.sequence = nextSequence(this.sequence);
    this.lastTimestamp = addToTimestamp(this.firstTimestamp, timestamp);
    const bytes = buildRtp({
      ...{ payloadType, marker, sequence: this.sequence, timestamp: this.lastTimestamp, ssrc: this.ssrc },
      payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    });
    this.packetsOut++;
    this.bytesOut += payload.length;
    this.sockets.rtp.send(bytes, destination.port, destination.ip);
  }

  /** Sends a report when it is time for one (RFC 3550 section 6.2). Called at every tick. */
  report(now: number): void {
    if (now - this.reportedAt < RTCP_EVERY_MS) return;
    this.reportedAt = now;
    this.sendReport(false);
  }

  close(): void {
    if (!this.open) return;
    this.sendReport(true);
    this.open = false;
    const { rtp, rtcp } = this.sockets;
    rtcp.close();
    rtp.close(() => this.pool.give(this.number));
  }

  private receive(bytes: Buffer, from: RemoteInfo): void {
    if (looksLikeRtcp(bytes) && this.description?.isMuxed) return;
    const packet = parseRtp(bytes);
    if (packet === undefined || !this.latch.accepts(from.address, from.port) || !this.isTheirs(packet.ssrc)) {
      this.dropped++;
      return;
    }
    this.packetsIn++;
    const ticksPerMs = this.description?.ticksPerMs[packet.payloadType] ?? 0;
    this.reception.note(packet.ssrc, packet.sequence, packet.timestamp, performance.now(), ticksPerMs);
    this.onPacket(packet);
  }

  /** Another source takes the place of the one before with its second packet in a row (RFC 3550 appendix A.1): a single one is an accident. */
  private isTheirs(ssrc: number): boolean {
    if (this.remoteSsrc === undefined || ssrc === this.strangeSsrc) this.remoteSsrc = ssrc;
    this.strangeSsrc = ssrc === this.remoteSsrc ? undefined : ssrc;
    return ssrc === this.remoteSsrc;
  }

  private sendReport(last: boolean): void {
    const to = this.rtcpDestination();
    if (to === undefined || (this.packetsIn === 0 && this.packetsOut === 0)) return;
    const { ssrc, cname } = this;
    const sent = this.packetsOut > 0 && {
      sent: { at: Date.now(), timestamp: this.lastTimestamp, packets: this.packetsOut, bytes: this.bytesOut },
    };
    const received = this.remoteSsrc !== undefined && { received: this.receptionReport(this.remoteSsrc) };
    const bytes = buildRtcp({ ssrc, cname, ...sent, ...received, last });
    (this.description?.isMuxed ? this.sockets.rtp : this.sockets.rtcp).send(bytes, to.port, to.ip);
  }

  private receptionReport(ssrc: number) {
    const { lost, highestSequence, jitterMs } = this.reception;
    const expected = highestSequence - this.highestBefore;
    const missing = lost - this.lostBefore;
    this.lostBefore = lost;
    this.highestBefore = highestSequence;
    const fractionLost = expected > 0 && missing > 0 ? Math.min(255, Math.floor((256 * missing) / expected)) : 0;
    return { ssrc, fractionLost, lost, highestSequence, jitter: Math.round((jitterMs * RTP_CLOCK) / 1000) };
  }

  /** Beside the RTP: where the description says, unless the RTP comes from elsewhere than it said. */
  private rtcpDestination(): { ip: string; port: number } | undefined {
    const { destination } = this.latch;
    if (destination === undefined || this.description?.isMuxed) return destination;
    const { rtp, rtcp } = this.description ?? {};
    const isWhereItSaid = rtp?.ip === destination.ip && rtp.port === destination.port;
    if (isWhereItSaid && rtcp !== undefined) return rtcp;
    return destination.port < 65535 ? { ip: destination.ip, port: destination.port + 1 } : undefined;
  }
}
