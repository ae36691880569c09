import { CODECS, type Decode, type Encode, type SampleRate } from '../codecs/codec.ts';
import { rtpPayloadEnd, rtpPayloadType } from '../rtp/packet.ts';

/** The same sound at both rates, by which phones hear it. */
export type WhisperSound = Readonly<Record<SampleRate, Int16Array>>;

interface Voice {
  readonly rate: SampleRate;
  readonly decode: Decode;
  readonly encode: Encode;
}

/** The voice of the other side while something is said over it. */
const DUCKED = 0.4;

/**
 * Says something to one side of a call: mixes it into the packets that pass to it, in place. Over G.711 and G.722; others pass as they are.
 */
export class Whisper {
  readonly #sound: WhisperSound;
  /** G.722 goes from packet to packet, so each stream has its own coder. */
  readonly #voices = new Map<number, Voice>();
  #seconds = 0;

  constructor(sound: WhisperSound) {
    this.#sound = sound;
  }

  get done(): boolean {
    return this.#seconds * 8000 >= this.#sound[8000].length;
  }

  mix(packet: Buffer, headerLength: number): void {
    const voice = this.#voiceOf(rtpPayloadType(packet));
    if (!voice || this.done) return;
    const payload = packet.subarray(headerLength, rtpPayloadEnd(packet));
    const pcm = voice.decode(payload);
    const said = this.#sound[voice.rate];
    const from = Math.round(this.#seconds * voice.rate);
    for (let n = 0; n < pcm.length && from + n < said.length; n += 1) {
      pcm[n] = Math.max(-32768, Math.min(32767, Math.round(pcm[n]! * DUCKED + said[from + n]!)));
    }
    this.#seconds += pcm.length / voice.rate;
    payload.set(voice.encode(pcm));
  }

  #voiceOf(payloadType: number): Voice | undefined {
    const codec = CODECS.find((one) => one.payloadType === payloadType);
    if (!codec) return undefined;
    let voice = this.#voices.get(payloadType);
    if (!voice) {
      voice = { rate: codec.rate, decode: codec.decoder(), encode: codec.encoder() };
      this.#voices.set(payloadType, voice);
    }
    return voice;
  }
}
