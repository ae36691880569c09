import { frameSize, type SampleRate } from '../codecs/codec.ts';
import type { Playable } from './endpoint.ts';
import type { SoundFiles } from './sound-files.ts';

const TONE_AMPLITUDE = 8000;
const FADE_MS = 4;
const MOST_MS = 3_600_000;

/** What is ready to be played: samples, or so much silence. */
type Piece = Int16Array | number;

/** Plays one thing after the other, frame by frame. */
export class Player {
  readonly rate: SampleRate;
  private readonly pieces: readonly Piece[];
  private readonly loop: boolean;
  private piece = 0;
  private at = 0;

  constructor(rate: SampleRate, pieces: readonly Piece[], loop: boolean) {
    this.rate = rate;
    this.pieces = pieces;
    this.loop = loop && pieces.some((piece) => lengthOf(piece) > 0);
  }

  /** The next 20 ms, the last of them filled up with silence; undefined when all was played. */
  frame(): Int16Array | undefined {
    const frame = new Int16Array(frameSize(this.rate));
    let filled = 0;
    while (filled < frame.length) {
      if (this.piece === this.pieces.length && this.loop) this.piece = 0;
      const piece = this.pieces[this.piece];
      if (piece === undefined) break;
      const count = Math.min(frame.length - filled, lengthOf(piece) - this.at);
      if (typeof piece !== 'number') frame.set(piece.subarray(this.at, this.at + count), filled);
      filled += count;
      this.at += count;
      if (this.at < lengthOf(piece)) continue;
      this.piece++;
      this.at = 0;
    }
    return filled === 0 ? undefined : frame;
  }
}

const lengthOf = (piece: Piece): number => (typeof piece === 'number' ? piece : piece.length);

/** Makes ready what is to be played; what cannot be read is left out, and `onFault` hears why. */
export async function preparePlayer(
  files: SoundFiles,
  rate: SampleRate,
  what: readonly Playable[],
  loop: boolean,
  onFault: (what: string) => void,
): Promise<Player> {
  const pieces = await Promise.all(
    what.map(async (one): Promise<Piece> => {
      if ('silenceMs' in one) return samplesIn(rate, one.silenceMs);
      if ('tone' in one) return tone(rate, one.tone.hz, one.tone.ms);
      try {
        return await files.load(one.file, rate);
      } catch (error) {
        onFault(`cannot play: ${error instanceof Error ? error.message : String(error)}`);
        return 0;
      }
    }),
  );
  return new Player(rate, pieces, loop);
}

const samplesIn = (rate: SampleRate, ms: number): number => Math.round((rate * Math.min(Math.max(0, ms), MOST_MS)) / 1000);

function tone(rate: SampleRate, hz: readonly number[], ms: number): Int16Array {
  const pcm = new Int16Array(samplesIn(rate, ms));
  const fade = samplesIn(rate, FADE_MS);
  const amplitude = TONE_AMPLITUDE / Math.max(1, Math.sqrt(hz.length));
  for (let n = 0; n < pcm.length; n++) {
    const gain = amplitude * Math.min(1, (n + 1) / fade, (pcm.length - n) / fade);
    for (const f of hz) pcm[n]! += gain * Math.sin((2 * Math.PI * f * n) / rate);
  }
  return pcm;
}
