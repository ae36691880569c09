/** Reads RIFF WAVE files as telephone systems and people's computers write them. */
import { decodeAlaw, decodeUlaw } from '../codecs/g711.ts';

export interface Sound {
  readonly rate: number;
  readonly channels: number;
  /** Interleaved where there are several channels. */
  readonly pcm: Int16Array;
}

/** The file is no WAV, or holds sound of a kind that is not read here. The message says which. */
export class WavError extends Error {}

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const ULAW = 7;
/** The real format is in the first two bytes of the GUID that follows. */
const EXTENSIBLE = 0xfffe;

/** PCM of 8 to 32 bits, floats, A-law, mu-law. The size fields may be wrong, as a recorder that was stopped leaves them. Throws WavError. */
export function readWav(file: Uint8Array): Sound {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new WavError('This is not a WAV file.');
  }
  let format: Buffer | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, Math.min(at + 8 + size, bytes.length));
    if (name === 'fmt ') format = body;
    if (name === 'data') {
      if (format === undefined || format.length < 16) throw new WavError('The WAV file does not say what format it has.');
      return decode(format, body);
    }
    at += 8 + size + (size % 2);
  }
  throw new WavError('The WAV file holds no sound.');
}

function decode(format: Buffer, data: Buffer): Sound {
  const kind = format.readUInt16LE(0);
  const tag = kind === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : kind;
  const channels = format.readUInt16LE(2);
  const rate = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (channels < 1 || channels > 8 || rate < 4000 || rate > 384_000) throw new WavError('The WAV file has an impossible format.');
  const samples = samplesOf(tag, bits, data);
  return { rate, channels, pcm: samples.subarray(0, samples.length - (samples.length % channels)) };
}

function samplesOf(tag: number, bits: number, data: Buffer): Int16Array {
  if (tag === ULAW && bits === 8) return decodeUlaw(data);
  if (tag === ALAW && bits === 8) return decodeAlaw(data);
  const read = tag === PCM ? PCM_READERS[bits] : tag === FLOAT && bits === 32 ? readFloat : undefined;
  if (read === undefined) throw new WavError(`WAV format ${tag} with ${bits} bits is not supported.`);
  const size = bits / 8;
  const pcm = new Int16Array(Math.floor(data.length / size));
  for (let i = 0; i < pcm.length; i++) pcm[i] = read(data, i * size);
  return pcm;
}

type ReadSample = (data: Buffer, at: number) => number;

const PCM_READERS: Readonly<Record<number, ReadSample>> = {
  8: (data, at) => (data[at]! - 128) << 8,
  16: (data, at) => data.readInt16LE(at),
  24: (data, at) => data.readInt16LE(at + 1),
  32: (data, at) => data.readInt16LE(at + 2),
};

function readFloat(data: Buffer, at: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(data.readFloatLE(at) * 32767)));
}
