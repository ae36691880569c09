import { FRAME_MS, frameSize, type SampleRate } from '../codecs/codec.ts';
import { WavWriter } from '../wav/wav-writer.ts';
import type { Recorded, RecordOptions } from './endpoint.ts';
import { isLoud } from './level.ts';

/** Of the silence that ends a message so much stays: words may end softly. */
const KEPT_SILENCE_SECONDS = 0.5;

/** Writes what is heard to a file, until somebody says enough, says nothing any more, or the time is up. */
export class Recorder {
  readonly rate: SampleRate;
  private readonly writer: WavWriter;
  private readonly options: RecordOptions;
  private readonly settle: (recorded: Recorded) => void;
  private silentMs = 0;
  private over = false;

  private constructor(writer: WavWriter, rate: SampleRate, options: RecordOptions, settle: (recorded: Recorded) => void) {
    this.writer = writer;
    this.rate = rate;
    this.options = options;
    this.settle = settle;
  }

  /** @param settle called once, when the file is complete. Rejects when the file cannot be made. */
  static async start(rate: SampleRate, options: RecordOptions, settle: (recorded: Recorded) => void): Promise<Recorder> {
    return new Recorder(await WavWriter.create(options.file, rate, 1), rate, options, settle);
  }

  /** 20 ms of sound at the recorder's rate; undefined: nothing came. */
  push(frame: Int16Array | undefined): void {
    if (this.over) return;
    this.writer.write(frame ?? new Int16Array(frameSize(this.rate)));
    this.silentMs = frame !== undefined && isLoud(frame) ? 0 : this.silentMs + FRAME_MS;
    if (this.writer.failed) this.end('failed');
    else if (this.options.silenceSeconds > 0 && this.silentMs >= this.options.silenceSeconds * 1000) this.end('silence');
    else if (this.writer.seconds >= this.options.maxSeconds) this.end('limit');
  }

  /** @returns whether the digit ended it */
  digit(digit: string): boolean {
    if (this.over || !this.options.terminators.includes(digit)) return false;
    this.end('digit', digit);
    return true;
  }

  end(ended: Recorded['ended'], digit?: string): void {
    if (this.over) return;
    this.over = true;
    const cut = ended === 'silence' ? Math.max(0, this.silentMs / 1000 - KEPT_SILENCE_SECONDS) : 0;
    const seconds = Math.max(0, this.writer.seconds - cut);
    this.writer.close(cut).then(
      () => this.settle({ ended, seconds, ...(digit === undefined ? {} : { digit }) }),
      () => this.settle({ ended: 'failed', seconds: 0 }),
    );
  }
}
