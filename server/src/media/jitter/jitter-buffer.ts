/**
 * Puts packets back in order and holds them just long enough to be there when they are due. How long is learnt from how late packets have
 * been of late: a calm network is heard within two frames, a rough one without holes.
 */
import { FRAME_MS, RTP_CLOCK } from '../codecs/codec.ts';
import { nextSequence, sequenceDistance, timestampDistance } from '../rtp/sequence.ts';

export interface SoundPacket {
  readonly sequence: number;
  readonly timestamp: number;
  /** Undefined for a packet of the stream that holds no sound, such as a telephone event. */
  readonly payload: Uint8Array | undefined;
}

/** What comes next: a packet, one that is lost, or nothing yet. */
export type Taken =
  | { readonly kind: 'packet'; readonly payload: Uint8Array | undefined }
  | { readonly kind: 'lost' }
  | { readonly kind: 'none' };

const LOST: Taken = { kind: 'lost' };
const NONE: Taken = { kind: 'none' };

const TICKS_PER_MS = RTP_CLOCK / 1000;
/** One frame to play and one in hand: the ticks of two machines never fall together. */
const LEAST_DELAY_MS = 2 * FRAME_MS;
const MOST_DELAY_MS = 240;
/** So much more than needed is not worked off bit by bit but left out at once: a line that was stuck. */
const MOST_SURPLUS_MS = 200;
/** A longer hole is no loss: the sender has started anew. */
const MOST_MISSING = 10;
/** RFC 3550 appendix A.1 (MAX_DROPOUT): so far off, two in a row make a new stream. */
const MOST_JUMP = 3000;
/** The lateness remembered halves in some twelve seconds of packets of 20 ms. */
const FORGET = 0.999;
/** The earliest packets of the last one or two so many are what lateness is measured from; by then clocks have not drifted apart. */
const BASE_PACKETS = 400;
/** Delay is given back when so many packets in a row were waiting longer than needed. */
const SURPLUS_PACKETS = 100;
export class JitterBuffer {
  /** Packets that came when it was too late for them. */
  late = 0;
  /** Packets that never came. */
  lost = 0;

  private readonly waiting = new Map<number, Uint8Array | undefined>();
  private waitingTicks = 0;
  private next = -1;
  private newest = -1;
  private strange: number | undefined;
  /** Filling up, at the beginning and whenever it ran dry: so long for now. What is learnt of lateness so becomes delay. */
  private primingMs: number | undefined = 0;
  private ranDry = false;
  private reference: { timestamp: number; arrivalMs: number } | undefined;
  private earliest = Infinity;
  private earliestBefore = Infinity;
  private baseCount = 0;
  private lateness = 0;
  private leastDepthMs = Infinity;
  private depthCount = 0;

  put(packet: SoundPacket, arrivalMs: number): void {
    const { sequence, payload } = packet;
    if (this.newest >= 0 && Math.abs(sequenceDistance(sequence, this.newest)) > MOST_JUMP) {
      if (this.strange !== sequence) {
        this.strange = nextSequence(sequence);
        return;
      }
      this.reset();
    }
    this.strange = undefined;
    if (payload !== undefined) this.learn(packet.timestamp, arrivalMs);
    if (this.next >= 0 && sequenceDistance(sequence, this.next) < 0) {
      if (this.primingMs === undefined || this.ranDry) {
        this.late++;
        return;
      }
      this.next = sequence;
    }
    if (this.next < 0) this.next = sequence;
    if (this.newest < 0 || sequenceDistance(sequence, this.newest) > 0) this.newest = sequence;
    if (this.waiting.has(sequence)) return;
    this.waiting.set(sequence, payload);
    this.waitingTicks += payload?.length ?? 0;
    while (this.depthMs > this.delayMs + MOST_SURPLUS_MS) this.leaveOut();
  }

  /** Called whenever more sound is needed; 'none' stands for a frame. */
  take(): Taken {
    if (this.primingMs !== undefined && !this.primed()) return NONE;
    if (this.waiting.size === 0) {
      this.primingMs = 0;
      this.ranDry = true;
      return NONE;
    }
    if (!this.waiting.has(this.next)) {
      if (this.missing() <= MOST_MISSING) {
        // It may still come: packets have been later than this of late.
        if (this.depthMs + FRAME_MS < this.delayMs) return NONE;
        this.next = nextSequence(this.next);
        this.lost++;
        return LOST;
      }
      this.next = this.oldest();
    }
    this.ranDry = false;
    return { kind: 'packet', payload: this.takeNext() };
  }

  /** Whether sound has been waiting longer than it needs to for a while: one packet may be left out. Says so once. */
  surplus(): boolean {
    if (this.primingMs !== undefined) return false;
    this.leastDepthMs = Math.min(this.leastDepthMs, this.depthMs);
    if (++this.depthCount < SURPLUS_PACKETS) return false;
    const surplus = this.leastDepthMs > this.delayMs && this.waiting.has(this.next);
    this.leastDepthMs = Infinity;
    this.depthCount = 0;
    return surplus;
  }

  /** How long packets are held before they are heard. */
  get delayMs(): number {
    const frames = Math.ceil(this.lateness / FRAME_MS);
    return Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, (frames + 1) * FRAME_MS));
  }

  get depthMs(): number {
    return this.waitingTicks / TICKS_PER_MS;
  }

  /** A stream of another source begins. */
  reset(): void {
    this.waiting.clear();
    this.waitingTicks = 0;
    this.next = this.newest = -1;
    this.primingMs = 0;
    this.ranDry = false;
    this.reference = undefined;
    this.earliest = this.earliestBefore = Infinity;
    this.baseCount = 0;
  }

  private primed(): boolean {
    if (this.waiting.size > 0) this.primingMs! += FRAME_MS;
    // A packet without sound waits for nothing; a single one is not waited with for ever.
    const ready = this.depthMs >= this.delayMs || this.primingMs! > this.delayMs || (this.waiting.size > 0 && this.waitingTicks === 0);
    if (!ready) return false;
    this.primingMs = undefined;
    this.leastDepthMs = Infinity;
    this.depthCount = 0;
    // After it ran dry: what is missing had its time while nothing came.
    this.next = this.oldest();
    return true;
  }

  private takeNext(): Uint8Array | undefined {
    const payload = this.waiting.get(this.next);
    this.waiting.delete(this.next);
    this.waitingTicks -= payload?.length ?? 0;
    this.next = nextSequence(this.next);
    // After a telephone event sound begins anew.
    if (payload === undefined) this.primingMs = 0;
    return payload;
  }

  private leaveOut(): void {
    this.next = this.oldest();
    this.takeNext();
    this.late++;
  }

  private missing(): number {
    return sequenceDistance(this.oldest(), this.next);
  }

  private oldest(): number {
    let oldest = this.newest;
    for (const sequence of this.waiting.keys()) if (sequenceDistance(sequence, oldest) < 0) oldest = sequence;
    return oldest;
  }

  /** Lateness against the earliest of the last packets; remembered at its worst, and slowly forgotten. */
  private learn(timestamp: number, arrivalMs: number): void {
    this.reference ??= { timestamp, arrivalMs };
    const sentMs = timestampDistance(timestamp, this.reference.timestamp) / TICKS_PER_MS;
    const transit = arrivalMs - this.reference.arrivalMs - sentMs;
    this.earliest = Math.min(this.earliest, transit);
    this.lateness = Math.max(transit - Math.min(this.earliest, this.earliestBefore), this.lateness * FORGET);
    if (++this.baseCount < BASE_PACKETS) return;
    // From here on times are measured from this packet, whose transit is then zero: timestamps never get far from their reference.
    this.reference = { timestamp, arrivalMs };
    this.earliestBefore = this.earliest - transit;
    this.earliest = 0;
    this.baseCount = 0;
  }
}
