/** Sound of any sample rate to any other, carefully: for files, not for calls. */
import { setImmediate } from 'node:timers/promises';

const SIDE_LOBES = 24;
/** A little under half the lower rate, so that the slope of the filter ends there. */
const CUT = 0.94;

/** By a windowed sinc (Blackman) that stops what the lower of the two rates cannot hold. Both rates are whole numbers of Hz. */
export function convertRate(pcm: Int16Array, from: number, to: number): Int16Array {
  const filter = new RateFilter(from, to);
  return filter.convert(pcm, 0, filter.lengthOf(pcm));
}

/** The same, a second of sound at a time: others who wait for this thread hardly notice. */
export async function convertRateInPieces(pcm: Int16Array, from: number, to: number): Promise<Int16Array> {
  const filter = new RateFilter(from, to);
  const converted = new Int16Array(filter.lengthOf(pcm));
  for (let at = 0; at < converted.length; at += to) {
    converted.set(filter.convert(pcm, at, Math.min(at + to, converted.length)), at);
    await setImmediate();
  }
  return converted;
}

class RateFilter {
  private readonly from: number;
  private readonly to: number;
  private readonly reach: number;
  /** The taps for each place a new sample can have between two old ones. */
  private readonly phases = new Map<number, Float32Array>();

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
    this.reach = Math.ceil(SIDE_LOBES / Math.min(1, to / from));
  }

  lengthOf(pcm: Int16Array): number {
    return Math.floor((pcm.length * this.to) / this.from);
  }

  /** Samples `start` to `end` of the new sound. */
  convert(pcm: Int16Array, start: number, end: number): Int16Array {
    const { from, to, reach } = this;
    if (from === to) return pcm.slice(start, end);
    const converted = new Int16Array(end - start);
    for (let n = start; n < end; n++) {
      const middle = Math.floor((n * from) / to);
      const taps = this.tapsOf((n * from) % to);
      let sum = 0;
      for (let i = Math.max(0, reach - middle); i < taps.length && middle - reach + i < pcm.length; i++)
        sum += pcm[middle - reach + i]! * taps[i]!;
      converted[n - start] = Math.max(-32768, Math.min(32767, Math.round(sum)));
    }
    return converted;
  }

  /** @param phase how far the new sample lies after an old one, in parts of `to` */
  private tapsOf(phase: number): Float32Array {
    const known = this.phases.get(phase);
    if (known !== undefined) return known;
    const ratio = Math.min(1, this.to / this.from);
    const taps = Float32Array.from({ length: 2 * this.reach + 2 }, (_, i) => ratio * tap((i - this.reach - phase / this.to) * ratio));
    this.phases.set(phase, taps);
    return taps;
  }
}

function tap(x: number): number {
  if (x === 0) return CUT;
  if (Math.abs(x) >= SIDE_LOBES) return 0;
  const angle = (Math.PI * x) / SIDE_LOBES;
  const window = 0.42 + 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle);
  return (window * Math.sin(Math.PI * CUT * x)) / (Math.PI * x);
}

/** All channels laid together. */
export function toMono(pcm: Int16Array, channels: number): Int16Array {
  if (channels === 1) return pcm;
  const mono = new Int16Array(Math.floor(pcm.length / channels));
  for (let n = 0; n < mono.length; n++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += pcm[n * channels + c]!;
    mono[n] = Math.round(sum / channels);
  }
  return mono;
}
