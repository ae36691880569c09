import { FRAME_MS } from '../codecs/codec.ts';
import type { CollectOptions } from './endpoint.ts';

/** More than anybody types ahead. */
const MOST_KEPT = 64;

interface Collection {
  readonly options: CollectOptions;
  readonly settle: (digits: string) => void;
  digits: string;
  waitedMs: number;
}

/** The digits one has typed, and who waits for them. */
export class DigitInput {
  private kept = '';
  private collection: Collection | undefined;

  /** @returns whether somebody took it, or it is kept for the next one who asks */
  push(digit: string): 'taken' | 'kept' {
    if (this.collection !== undefined) {
      this.collect(this.collection, digit);
      return 'taken';
    }
    if (this.kept.length < MOST_KEPT) this.kept += digit;
    return 'kept';
  }

  /** A collection that is on its way ends with what it has. */
  collectFor(options: CollectOptions, settle: (digits: string) => void): void {
    this.end();
    const collection = { options, settle, digits: '', waitedMs: 0 };
    this.collection = collection;
    if (options.max < 1) this.end();
    while (this.kept !== '' && this.collection === collection) {
      const digit = this.kept[0]!;
      this.kept = this.kept.slice(1);
      this.collect(collection, digit);
    }
  }

  /** @param playing the wait for the first digit begins when nothing is played any more */
  tick(playing: boolean): void {
    const { collection } = this;
    if (collection === undefined || (playing && collection.digits === '')) return;
    collection.waitedMs += FRAME_MS;
    const { firstMs, betweenMs } = collection.options;
    if (collection.waitedMs >= (collection.digits === '' ? firstMs : betweenMs)) this.end();
  }

  clear(): void {
    this.kept = '';
  }

  end(): void {
    const { collection } = this;
    this.collection = undefined;
    collection?.settle(collection.digits);
  }

  private collect(collection: Collection, digit: string): void {
    collection.waitedMs = 0;
    if (digit !== collection.options.terminator) collection.digits += digit;
    if (digit === collection.options.terminator || collection.digits.length >= collection.options.max) this.end();
  }
}
