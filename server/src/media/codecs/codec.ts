import { decodeAlaw, decodeUlaw, encodeAlaw, encodeUlaw } from './g711.ts';
import { G722Decoder, G722Encoder } from './g722.ts';

export type SampleRate = 8000 | 16000;

/** Milliseconds of sound in one frame; what one tick of the endpoints makes and takes. */
export const FRAME_MS = 20;

/** RTP clock of all codecs here. G.722 samples at 16 kHz but its RTP clock is 8 kHz (RFC 3551 section 4.5.2). */
export const RTP_CLOCK = 8000;

/** PCM, 16 bit, at the codec's sample rate -> payload. Keeps state from frame to frame. */
export type Encode = (pcm: Int16Array) => Uint8Array;
/** Payload -> PCM. Keeps state from frame to frame. */
export type Decode = (payload: Uint8Array) => Int16Array;

/** All three make one byte of payload for each tick of the RTP clock. */
export interface Codec {
  readonly name: 'PCMU' | 'PCMA' | 'G722';
  /** RFC 3551 section 6. */
  readonly payloadType: number;
  readonly rate: SampleRate;
  encoder(): Encode;
  decoder(): Decode;
}

export const PCMU: Codec = { name: 'PCMU', payloadType: 0, rate: 8000, encoder: () => encodeUlaw, decoder: () => decodeUlaw };
export const PCMA: Codec = { name: 'PCMA', payloadType: 8, rate: 8000, encoder: () => encodeAlaw, decoder: () => decodeAlaw };
export const G722: Codec = {
  name: 'G722',
  payloadType: 9,
  rate: 16000,
  encoder: () => {
    const state = new G722Encoder();
    return (pcm) => state.encode(pcm);
  },
  decoder: () => {
    const state = new G722Decoder();
    return (payload) => state.decode(payload);
  },
};

export const CODECS: readonly Codec[] = [G722, PCMU, PCMA];

/** Samples in one frame. */
export const frameSize = (rate: SampleRate): number => (rate * FRAME_MS) / 1000;
