import { PCMA, PCMU } from '../codecs/codec.ts';
import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from '../codecs/g711.ts';
import { rtpPayloadEnd, rtpPayloadType } from '../rtp/packet.ts';

const SOUNDS = new Map([
  [PCMU.payloadType, { decode: decodeUlaw, encode: encodeUlaw }],
  [PCMA.payloadType, { decode: decodeAlaw, encode: encodeAlaw }],
]);

/** The voice of the other side while something is said over it. */
const DUCKED = 0.4;

/** Says something to one side of a call: mixes it into the packets that pass to it, in place. Over G.711 only; others pass as they are. */
export class Whisper {
  readonly #pcm: Int16Array;
  #at = 0;

  /** @param pcm 8 kHz */
  constructor(pcm: Int16Array) {
    this.#pcm = pcm;
  }

  get done(): boolean {
    return this.#at >= this.#pcm.length;
  }

  mix(packet: Buffer, headerLength: number): void {
    const sound = SOUNDS.get(rtpPayloadType(packet));
    if (!sound || this.done) return;
    const payload = packet.subarray(headerLength, rtpPayloadEnd(packet));
    const pcm = sound.decode(payload);
    for (let n = 0; n < pcm.length && !this.done; n += 1, this.#at += 1) {
      pcm[n] = Math.max(-32768, Math.min(32767, Math.round(pcm[n]! * DUCKED + this.#pcm[this.#at]!)));
    }
    payload.set(sound.encode(pcm));
  }
}
