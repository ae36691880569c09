/** Packets of one stream in, frames of 20 ms out: order, time, losses and the decoder in one place. */
import { type Codec, type Decode, frameSize } from '../codecs/codec.ts';
import { Concealment } from './concealment.ts';
import { JitterBuffer, type SoundPacket } from './jitter-buffer.ts';

export class Playout {
  readonly codec: Codec;
  readonly buffer = new JitterBuffer();
  /** Frames or parts of frames that were made up. */
  concealed = 0;

  private decode: Decode;
  private readonly concealment: Concealment;
  private readonly size: number;
  private ready: Int16Array = new Int16Array(0);
  private packetSamples: number;

  constructor(codec: Codec) {
    this.codec = codec;
    this.decode = codec.decoder();
    this.size = frameSize(codec.rate);
    this.packetSamples = this.size;
    this.concealment = new Concealment(codec.rate);
  }

  put(packet: SoundPacket, arrivalMs: number): void {
    this.buffer.put(packet, arrivalMs);
  }

  /** Another source sends from now on. */
  reset(): void {
    this.buffer.reset();
    this.decode = this.codec.decoder();
    this.concealment.quiet();
  }

  /** The next 20 ms; undefined where there is nothing to be heard, nor to be made up. */
  frame(): Int16Array | undefined {
    let silent = this.ready.length === 0;
    while (this.ready.length < this.size) {
      const sound = this.next();
      if (sound !== undefined) silent = false;
      this.ready = append(this.ready, sound ?? new Int16Array(this.size - this.ready.length));
    }
    const frame = this.ready.slice(0, this.size);
    this.ready = this.ready.slice(this.size);
    return silent ? undefined : frame;
  }

  private next(): Int16Array | undefined {
    const taken = this.buffer.take();
    if (taken.kind === 'packet') {
      if (taken.payload === undefined) {
        this.concealment.quiet();
        return new Int16Array(0);
      }
      return this.concealment.heard(this.decoded(taken.payload));
    }
    if (taken.kind === 'none' && this.concealment.faded) return undefined;
    this.concealed++;
    return this.concealment.conceal(taken.kind === 'lost' ? this.packetSamples : this.size - this.ready.length);
  }

  /** Where sound waited too long, two packets are laid over each other: 20 ms are gained, and hardly heard. */
  private decoded(payload: Uint8Array): Int16Array {
    const pcm = this.decode(payload);
    this.packetSamples = pcm.length;
    if (!this.buffer.surplus()) return pcm;
    const taken = this.buffer.take();
    if (taken.kind !== 'packet' || taken.payload === undefined) return pcm;
    const after = this.decode(taken.payload);
    return after.map((sample, i) => {
      const weight = i / after.length;
      return sample * weight + (pcm[i] ?? 0) * (1 - weight);
    });
  }
}

function append(first: Int16Array, second: Int16Array): Int16Array {
  if (first.length === 0) return second;
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
