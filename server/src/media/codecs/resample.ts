/**
 * 8 kHz <-> 16 kHz by a half-band filter of 31 taps: passes up to 3.4 kHz, stops from 4.6 kHz. Every second tap of a half-band filter is
 * zero, so both directions cost eight multiplications a sample of 8 kHz.
 */
import type { SampleRate } from './codec.ts';

/** The taps at odd distances 1, 3 ... 15 from the middle, of a windowed sinc (Hamming); the middle one is a half. */
const SIDE = Float32Array.from({ length: 8 }, (_, i) => {
  const distance = 2 * i + 1;
  const window = 0.54 + 0.46 * Math.cos((Math.PI * distance) / 16);
  return (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * window;
});
const SCALE = 0.5 / (2 * SIDE.reduce((sum, tap) => sum + tap, 0));
for (let i = 0; i < SIDE.length; i++) SIDE[i]! *= SCALE;

const saturate = (value: number): number => (value > 32767 ? 32767 : value < -32768 ? -32768 : value);

/** Keeps the end of what went before, so that frames join without a click. */
export type Resample = (pcm: Int16Array) => Int16Array;

/** @returns a converter, or undefined when there is nothing to convert */
export function resampler(from: SampleRate, to: SampleRate): Resample | undefined {
  if (from === to) return undefined;
  return from === 8000 ? upsampler() : downsampler();
}

function withHistory(history: Int16Array, pcm: Int16Array): Int16Array {
  const samples = new Int16Array(history.length + pcm.length);
  samples.set(history);
  samples.set(pcm, history.length);
  return samples;
}

function upsampler(): Resample {
  let history = new Int16Array(15);
  return (pcm) => {
    const samples = withHistory(history, pcm);
    history = samples.slice(pcm.length);
    const doubled = new Int16Array(2 * pcm.length);
    for (let n = 0; n < pcm.length; n++) {
      const middle = n + 7;
      let between = 0;
      for (let i = 0; i < 8; i++) between += SIDE[i]! * (samples[middle - i]! + samples[middle + 1 + i]!);
      doubled[2 * n] = samples[middle]!;
      doubled[2 * n + 1] = saturate(Math.round(2 * between));
    }
    return doubled;
  };
}

function downsampler(): Resample {
  let history = new Int16Array(31);
  return (pcm) => {
    const samples = withHistory(history, pcm);
    history = samples.slice(pcm.length);
    const halved = new Int16Array(pcm.length >> 1);
    for (let n = 0; n < halved.length; n++) {
      const middle = 2 * n + 15;
      let sum = samples[middle]! / 2;
      for (let i = 0; i < 8; i++) sum += SIDE[i]! * (samples[middle - 1 - 2 * i]! + samples[middle + 1 + 2 * i]!);
      halved[n] = saturate(Math.round(sum));
    }
    return halved;
  };
}
