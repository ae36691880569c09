import type { SampleRate } from '../codecs/codec.ts';
import { type Resample, resampler } from '../codecs/resample.ts';
import type { Played, PlayOptions } from './endpoint.ts';
import type { Player } from './player.ts';

/** A play that is on its way, and who waits for its end. */
export class Playback {
  private readonly player: Player;
  private readonly options: PlayOptions;
  private readonly settle: (played: Played) => void;
  private readonly converters = new Map<SampleRate, Resample>();

  constructor(player: Player, options: PlayOptions, settle: (played: Played) => void) {
    this.player = player;
    this.options = options;
    this.settle = settle;
  }

  /** The next 20 ms at this rate, which a re-INVITE may change in the middle; undefined at the end. */
  frame(rate: SampleRate): Int16Array | undefined {
    const frame = this.player.frame();
    if (frame === undefined || this.player.rate === rate) return frame;
    const convert = this.converters.get(rate) ?? resampler(this.player.rate, rate)!;
    this.converters.set(rate, convert);
    return convert(frame);
  }

  isInterruptedBy(digit: string): boolean {
    return this.options.interruptBy?.includes(digit) ?? false;
  }

  end(ended: Played['ended'], digit?: string): void {
    this.settle({ ended, ...(digit === undefined ? {} : { digit }) });
  }
}
