import { type Decode, G722, PCMA, PCMU } from '../codecs/codec.ts';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from '../codecs/g711.ts';
import { resampler } from '../codecs/resample.ts';
import type { RecordOrder, Side } from '../engine.ts';
import { rtpPayloadEnd, rtpPayloadType, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import { timestampDistance } from '../rtp/sequence.ts';
import { WavWriter } from '../wav/wav-writer.ts';

const RATE = 8000;
const PER_MS = RATE / 1000;
/** How long a packet may be late before its place in the file is written. */
const LATE_MS = 1000;
/** Sound that waits to be written; a packet from further ahead begins anew. */
const RING = 8 * RATE;
/** A stream may stray so far from the clock, by drift or by a jump of its timestamps, before its place is found anew. */
const STRAY = RATE / 2;

/** Payload of a second; nobody sends longer packets. */
const LONGEST = RATE;

const BEEP = { hz: 1400, samples: RATE / 5, amplitude: 4000 };

const SOUNDS = new Map([
  [PCMU.payloadType, { decode: decodeUlaw, encode: encodeUlaw }],
  [PCMA.payloadType, { decode: decodeAlaw, encode: encodeAlaw }],
]);

/** Payload types that can be recorded. The beep is heard over G.711 only, so with a beep only that is. */
export const audibleFormats = (order: RecordOrder): ReadonlySet<string> =>
  new Set([PCMU, PCMA, ...(order.beepEverySeconds === null ? [G722] : [])].map((codec) => String(codec.payloadType)));

/** One side: where its stream lies in the recording. */
class Track {
  readonly ring = new Int16Array(RING);
  /** Samples of the beep that this side's voice still gets. */
  beep = 0;
  #ssrc = -1;
  /** Place of the timestamp below in the recording, in samples from its start. */
  #place = 0;
  #timestamp = 0;
  readonly #g722: Decode = wideband();

  /** Takes the sound of a packet that came `now` samples after the start. Places before `from` are written already. */
  hear(packet: Buffer, headerLength: number, now: number, from: number): void {
    const type = rtpPayloadType(packet);
    const decode = SOUNDS.get(type)?.decode ?? (type === G722.payloadType ? this.#g722 : undefined);
    const payload = packet.subarray(headerLength, rtpPayloadEnd(packet));
    if (!decode || payload.length > LONGEST) return;
    const sound = decode(payload);
    const ssrc = rtpSsrc(packet);
    const timestamp = rtpTimestamp(packet);
    let place = this.#place + timestampDistance(timestamp, this.#timestamp);
    // A packet holds what was said before it was sent.
    const byClock = now - sound.length;
    if (ssrc !== this.#ssrc || Math.abs(place - byClock) > STRAY) {
      this.#ssrc = ssrc;
      place = Math.max(0, byClock);
    }
    this.#place = place;
    this.#timestamp = timestamp;
    for (let n = Math.max(0, from - place); n < sound.length; n += 1) this.ring[(place + n) % RING] = sound[n]!;
  }
}

function wideband(): Decode {
  const decode = G722.decoder();
  const halve = resampler(16000, RATE)!;
  return (payload) => halve(decode(payload));
}

/** Records a call as it passes: stereo, the caller to the left, each packet where its timestamp says, so that a gap is silence. */
export class Recording {
  readonly #writer: WavWriter;
  readonly #beepEverySeconds: number | null;
  readonly #tracks: Readonly<Record<Side, Track>> = { caller: new Track(), callee: new Track() };
  readonly #startedAt = performance.now();
  /** Samples that are written. */
  #written = 0;
  #nextBeepAt = 0;
  #faultTold = false;

  private constructor(writer: WavWriter, order: RecordOrder) {
    this.#writer = writer;
    this.#beepEverySeconds = order.beepEverySeconds;
  }

  /** Rejects when the file cannot be made. */
  static async start(order: RecordOrder): Promise<Recording> {
    return new Recording(await WavWriter.create(order.file, RATE, 2), order);
  }

  /** Hears an RTP packet of one side, and mixes the beep into it when it is time. */
  hear(side: Side, packet: Buffer, headerLength: number): void {
    const track = this.#tracks[side];
    track.hear(packet, headerLength, this.#now(), this.#written);
    if (track.beep > 0) mixBeep(track, packet, headerLength);
  }

  /** To be called every second: writes what nothing can be added to any more. The first fault of the file is returned, once. */
  look(): Error | undefined {
    this.#write(this.#now() - LATE_MS * PER_MS);
    this.#startBeep();
    const { failed } = this.#writer;
    if (!failed || this.#faultTold) return undefined;
    this.#faultTold = true;
    return failed;
  }

  /** Rejects when the file could not be written. */
  async close(): Promise<void> {
    this.#write(this.#now());
    await this.#writer.close();
  }

  #now(): number {
    return Math.round((performance.now() - this.#startedAt) * PER_MS);
  }

  #startBeep(): void {
    if (this.#beepEverySeconds === null || this.#now() < this.#nextBeepAt) return;
    this.#nextBeepAt = this.#now() + this.#beepEverySeconds * RATE;
    for (const track of Object.values(this.#tracks)) track.beep = BEEP.samples;
  }

  #write(until: number): void {
    // In pieces of half a ring: what lies further ahead than the ring is long must not be written twice.
    while (this.#written < until) {
      const count = Math.min(until - this.#written, RING / 2);
      const pcm = new Int16Array(2 * count);
      for (const [channel, { ring }] of [this.#tracks.caller, this.#tracks.callee].entries()) {
        for (let n = 0; n < count; n += 1) {
          const at = (this.#written + n) % RING;
          pcm[2 * n + channel] = ring[at]!;
          ring[at] = 0;
        }
      }
      this.#writer.write(pcm);
      this.#written += count;
    }
  }
}

/** G.711 in, G.711 with the tone out, in place. */
function mixBeep(track: Track, packet: Buffer, headerLength: number): void {
  const sound = SOUNDS.get(rtpPayloadType(packet));
  if (!sound) return;
  const payload = packet.subarray(headerLength, rtpPayloadEnd(packet));
  const pcm = sound.decode(payload);
  for (let n = 0; n < pcm.length && track.beep > 0; n += 1, track.beep -= 1) {
    const tone = BEEP.amplitude * Math.sin((2 * Math.PI * BEEP.hz * track.beep) / RATE);
    pcm[n] = Math.max(-32768, Math.min(32767, pcm[n]! + tone));
  }
  payload.set(sound.encode(pcm));
}
