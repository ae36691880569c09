/**
 * Covers lost packets in the manner of G.711 Appendix I: the last pitch period is said again and again, ever softer, until after 60 ms there
 * is silence; where the real sound returns the two are blended.
 */
import type { SampleRate } from '../codecs/codec.ts';

const SHORTEST_PITCH_MS = 5;
const LONGEST_PITCH_MS = 15;
const COMPARED_MS = 20;
const FULL_MS = 10;
const SILENT_MS = 60;
const BLEND_MS = 5;

export class Concealment {
  private readonly perMs: number;
  /** The last 35 ms heard. */
  private history: Int16Array;
  private cycle: Int16Array | undefined;
  private made = 0;
  private lastMade = 0;
  private silent = true;

  constructor(rate: SampleRate) {
    this.perMs = rate / 1000;
    this.history = new Int16Array((LONGEST_PITCH_MS + COMPARED_MS) * this.perMs);
  }

  /** Nothing is left that could be said again. */
  get faded(): boolean {
    return this.silent || (this.cycle !== undefined && this.made >= SILENT_MS * this.perMs);
  }

  /** Sound that arrived; its beginning is blended with what was made up before. @returns the very array, changed */
  heard(pcm: Int16Array): Int16Array {
    if (this.cycle !== undefined) {
      const blend = Math.min(BLEND_MS * this.perMs, pcm.length);
      for (let i = 0; i < blend; i++) pcm[i] = this.nextSample() + ((pcm[i]! - this.lastMade) * (i + 1)) / (blend + 1);
      this.cycle = undefined;
    }
    this.remember(pcm);
    this.silent = false;
    return pcm;
  }

  conceal(samples: number): Int16Array {
    if (this.cycle === undefined) {
      this.cycle = this.lastPeriod();
      this.made = 0;
    }
    const pcm = new Int16Array(samples);
    for (let i = 0; i < samples; i++) pcm[i] = this.nextSample();
    return pcm;
  }

  /** Nothing was said last: a loss now is silent. */
  quiet(): void {
    this.history.fill(0);
    this.cycle = undefined;
    this.silent = true;
  }

  private nextSample(): number {
    const ms = this.made / this.perMs;
    const gain = ms < FULL_MS ? 1 : ms > SILENT_MS ? 0 : (SILENT_MS - ms) / (SILENT_MS - FULL_MS);
    this.lastMade = gain * this.cycle![this.made % this.cycle!.length]!;
    this.made++;
    return this.lastMade;
  }

  private remember(pcm: Int16Array): void {
    const { history } = this;
    if (pcm.length >= history.length) {
      history.set(pcm.subarray(pcm.length - history.length));
      return;
    }
    history.copyWithin(0, pcm.length);
    history.set(pcm, history.length - pcm.length);
  }

  /** The last pitch period, with its last quarter led over to what came before its beginning: it can be said in a ring. */
  private lastPeriod(): Int16Array {
    const { history } = this;
    const pitch = this.pitch();
    const start = history.length - pitch;
    const cycle = history.slice(start);
    const quarter = pitch >> 2;
    for (let i = 0; i < quarter; i++) {
      const weight = (i + 1) / (quarter + 1);
      const at = pitch - quarter + i;
      cycle[at] = cycle[at]! * (1 - weight) + history[start - quarter + i]! * weight;
    }
    return cycle;
  }

  /** The lag at which the last 20 ms are most like what came before: coarse first, then around the best. */
  private pitch(): number {
    const shortest = SHORTEST_PITCH_MS * this.perMs;
    const longest = LONGEST_PITCH_MS * this.perMs;
    const coarse = this.perMs / 4;
    let best = shortest;
    let bestLikeness = -Infinity;
    const look = (from: number, to: number, step: number): void => {
      for (let lag = from; lag <= to; lag += step) {
        const likeness = this.likeness(lag, coarse);
        if (likeness > bestLikeness) [best, bestLikeness] = [lag, likeness];
      }
    };
    look(shortest, longest, coarse);
    const around = best;
    look(Math.max(shortest, around - coarse + 1), Math.min(longest, around + coarse - 1), 1);
    return best;
  }

  private likeness(lag: number, step: number): number {
    const { history } = this;
    let cross = 0;
    let energy = 1;
    for (let i = history.length - COMPARED_MS * this.perMs; i < history.length; i += step) {
      const before = history[i - lag]!;
      cross += history[i]! * before;
      energy += before * before;
    }
    return cross / Math.sqrt(energy);
  }
}
