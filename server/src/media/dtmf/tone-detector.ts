/**
 * Digits out of the sound itself, for callers whose gateway knows no RFC 4733. Goertzel filters at the eight frequencies over blocks of
 * 12.75 ms; a digit counts when two blocks agree. Speech must not be taken for digits (talk-off), hence: the pair must hold nearly all of the
 * energy, stand far out of the other six, be balanced (twist), have no second harmonics, which voices have and keypads have not, and both
 * tones must be as loud in one block as in the next.
 */
import { COLUMN_HZ, KEYPAD, ROW_HZ } from './digits.ts';

const RATE = 8000;
const BLOCK = 102;
const MISSES = 2;

/** Mean square of a tone pair; about -35 dBm0. */
const LEAST_POWER = 20_000;
const LEAST_SHARE = 0.82;
/** ITU-T Q.24: the column up to 4 dB over the row, the row up to 8 dB over the column; a little more for lossy paths. */
const MOST_COLUMN_OVER_ROW = 4;
const MOST_ROW_OVER_COLUMN = 8;
const LEAST_OVER_OTHERS = 6;
const MOST_HARMONIC = 0.15;
/** Between two blocks of one digit. */
const MOST_CHANGE = 1.6;

interface Found {
  readonly digit: string;
  readonly low: number;
  readonly high: number;
}

interface Filter {
  readonly cos: number;
  readonly turn: number;
}

const filter = (hz: number): Filter => {
  const cos = Math.cos((2 * Math.PI * hz) / RATE);
  return { cos, turn: 2 * cos };
};
const ROWS = ROW_HZ.map(filter);
const COLUMNS = COLUMN_HZ.map(filter);
const ROW_HARMONICS = ROW_HZ.map((hz) => filter(2 * hz));
const COLUMN_HARMONICS = COLUMN_HZ.map((hz) => filter(2 * hz));

export class ToneDetector {
  private readonly block = new Float32Array(BLOCK);
  private filled = 0;
  private candidate: Found | undefined;
  private misses = 0;
  private pressed: string | undefined;

  /** @param pcm 8 kHz @returns the digits that began in it */
  push(pcm: Int16Array): string {
    let digits = '';
    for (let i = 0; i < pcm.length; i++) {
      this.block[this.filled++] = pcm[i]!;
      if (this.filled < BLOCK) continue;
      this.filled = 0;
      digits += this.judge(digitIn(this.block)) ?? '';
    }
    return digits;
  }

  /** One digit a press, however long: the key is up after so many blocks without it. */
  private judge(found: Found | undefined): string | undefined {
    if (this.pressed !== undefined) {
      if (found?.digit === this.pressed) this.misses = 0;
      else if (++this.misses >= MISSES) this.pressed = undefined;
    }
    const before = this.candidate;
    this.candidate = found;
    if (found === undefined || before === undefined || found.digit === this.pressed || !agree(found, before)) return undefined;
    this.pressed = found.digit;
    this.misses = 0;
    return found.digit;
  }
}

const steady = (a: number, b: number): boolean => a < MOST_CHANGE * b && b < MOST_CHANGE * a;
const agree = (a: Found, b: Found): boolean => a.digit === b.digit && steady(a.low, b.low) && steady(a.high, b.high);

function digitIn(block: Float32Array): Found | undefined {
  let total = 0;
  for (let i = 0; i < BLOCK; i++) total += block[i]! * block[i]!;
  total /= BLOCK;
  if (total < LEAST_POWER) return undefined;
  const rows = ROWS.map((one) => powerOf(block, one));
  const columns = COLUMNS.map((one) => powerOf(block, one));
  const row = rows.indexOf(Math.max(...rows));
  const column = columns.indexOf(Math.max(...columns));
  const low = rows[row]!;
  const high = columns[column]!;
  if (low + high < LEAST_SHARE * total) return undefined;
  if (high > MOST_COLUMN_OVER_ROW * low || low > MOST_ROW_OVER_COLUMN * high) return undefined;
  if (rows.some((power, i) => i !== row && power * LEAST_OVER_OTHERS > low)) return undefined;
  if (columns.some((power, i) => i !== column && power * LEAST_OVER_OTHERS > high)) return undefined;
  if (powerOf(block, ROW_HARMONICS[row]!) > MOST_HARMONIC * low) return undefined;
  if (powerOf(block, COLUMN_HARMONICS[column]!) > MOST_HARMONIC * high) return undefined;
  return { digit: KEYPAD[row]![column]!, low, high };
}

/** Mean square of one frequency in the block. */
function powerOf(block: Float32Array, { cos, turn }: Filter): number {
  let before = 0;
  let last = 0;
  for (let i = 0; i < BLOCK; i++) {
    const now = block[i]! + turn * last - before;
    before = last;
    last = now;
  }
  return (2 * (last * last + before * before - 2 * cos * last * before)) / (BLOCK * BLOCK);
}
