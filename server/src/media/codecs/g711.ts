/** G.711: eight bits a sample on a logarithmic scale, mu-law (North America, Japan) and A-law (elsewhere). By tables. */

const ULAW_BIAS = 0x84;
const ULAW_CLIP = 32635;

function ulawToLinear(byte: number): number {
  const inverted = ~byte & 0xff;
  const exponent = (inverted >> 4) & 7;
  const magnitude = (((inverted & 0x0f) << 3) + ULAW_BIAS) << exponent;
  return inverted & 0x80 ? ULAW_BIAS - magnitude : magnitude - ULAW_BIAS;
}

function linearToUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function alawToLinear(byte: number): number {
  const even = byte ^ 0x55;
  const exponent = (even >> 4) & 7;
  const mantissa = ((even & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return even & 0x80 ? magnitude : -magnitude;
}

function linearToAlaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = Math.min(sample < 0 ? ~sample : sample, 32767) >> 4;
  const exponent = magnitude < 16 ? 0 : 31 - Math.clz32(magnitude) - 3;
  const mantissa = (exponent < 2 ? magnitude : magnitude >> (exponent - 1)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

const toLinear = (convert: (byte: number) => number): Int16Array => Int16Array.from({ length: 256 }, (_, byte) => convert(byte));
/** Indexed by the sample as an unsigned number. */
const fromLinear = (convert: (sample: number) => number): Uint8Array =>
  Uint8Array.from({ length: 65536 }, (_, index) => convert((index << 16) >> 16));

const ULAW_TO_LINEAR = toLinear(ulawToLinear);
const ALAW_TO_LINEAR = toLinear(alawToLinear);
const LINEAR_TO_ULAW = fromLinear(linearToUlaw);
const LINEAR_TO_ALAW = fromLinear(linearToAlaw);

function encodeBy(table: Uint8Array, pcm: Int16Array): Uint8Array {
  const bytes = new Uint8Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) bytes[i] = table[pcm[i]! & 0xffff]!;
  return bytes;
}

function decodeBy(table: Int16Array, bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) pcm[i] = table[bytes[i]!]!;
  return pcm;
}

export const encodeUlaw = (pcm: Int16Array): Uint8Array => encodeBy(LINEAR_TO_ULAW, pcm);
export const decodeUlaw = (bytes: Uint8Array): Int16Array => decodeBy(ULAW_TO_LINEAR, bytes);
export const encodeAlaw = (pcm: Int16Array): Uint8Array => encodeBy(LINEAR_TO_ALAW, pcm);
export const decodeAlaw = (bytes: Uint8Array): Int16Array => decodeBy(ALAW_TO_LINEAR, bytes);
