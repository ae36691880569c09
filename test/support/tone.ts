import { readFileSync, writeFileSync } from 'node:fs';

const RATE = 8000;

/** Writes a mono 16 bit WAV file at 8 kHz with one sine tone. */
export function writeTone(file: string, hertz: number, seconds: number): void {
  const samples = Buffer.alloc(RATE * seconds * 2);
  for (let i = 0; i < RATE * seconds; i += 1) samples.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * i) / RATE)), i * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  writeFileSync(file, Buffer.concat([head, samples]));
}

/** Samples of a 16 bit mono WAV file at 8 kHz; the size fields may be those of a recorder that was stopped. */
export function readSamples(file: string): Int16Array {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('data');
  if (at < 0) throw new Error(`${file} is no WAV file`);
  if (bytes.readUInt32LE(24) !== RATE) throw new Error(`${file} is not sampled at ${RATE} Hz`);
  const body = bytes.subarray(at + 8);
  return Int16Array.from({ length: body.length >> 1 }, (_, i) => body.readInt16LE(i * 2));
}

/** Amplitude of one frequency in the samples (Goertzel), 0..32767. */
export function amplitude(samples: Int16Array, hertz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let before = 0;
  let last = 0;
  for (const sample of samples) [before, last] = [last, sample + turn * last - before];
  const power = last * last + before * before - turn * last * before;
  return (2 * Math.sqrt(Math.max(power, 0))) / Math.max(samples.length, 1);
}
