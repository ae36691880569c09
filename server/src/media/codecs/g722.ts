/**
 * ITU-T G.722 at 64 kbit/s: 7 kHz of sound in one byte for each two samples of 16 kHz. A pair of mirror filters (QMF) parts it into two
 * bands of 8 kHz each; six bits go to the lower one, two to the upper one. Tables are those of the recommendation, with its names.
 */
import { AdaptiveBand, type BandShape } from './g722-band.ts';

const QMF = Int16Array.from([3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11]);
const HISTORY = 22;

/** Decision levels of the lower band (Q6), and the codes of positive and negative differences (ILP, ILN). */
const LOW_LEVELS = Int16Array.from([
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980,
  2195, 2557, 2919,
]);
const lowCodes = (last: number, codes: number[]): Uint8Array => {
  const table = [0, ...codes];
  for (let code = last; table.length < 31; code--) table.push(code);
  return Uint8Array.from(table);
};
const LOW_POSITIVE = lowCodes(61, []);
const LOW_NEGATIVE = lowCodes(31, [63, 62]);

/** Inverse quantizers: six bits (QM6) for what is heard, the upper four of them (QM4) for what adapts; two bits for the upper band. */
const LOW_SIX = Int16Array.from([
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856, -7192, -6576, -6000,
  -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
  11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
  -432, -136,
]);
const LOW_FOUR = Int16Array.from([0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0]);
const HIGH_TWO = Int16Array.from([-7408, -1616, 7408, 1616]);
const HIGH_LEVEL = 564;

/** WL[RL42] and WH[RH2], by the code itself. */
const LOW: BandShape = {
  stepChanges: Int16Array.from([-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60]),
  largestLogStep: 18432,
  logShift: 8,
  firstStep: 32,
};
const HIGH: BandShape = { stepChanges: Int16Array.from([798, -214, 798, -214]), largestLogStep: 22528, logShift: 10, firstStep: 8 };

const saturate = (value: number): number => (value > 32767 ? 32767 : value < -32768 ? -32768 : value);
const limit15 = (value: number): number => (value > 16383 ? 16383 : value < -16384 ? -16384 : value);

export class G722Encoder {
  private readonly low = new AdaptiveBand(LOW);
  private readonly high = new AdaptiveBand(HIGH);
  private samples = new Int16Array(HISTORY);

  /** @param pcm 16 kHz, an even number of samples */
  encode(pcm: Int16Array): Uint8Array {
    const samples = new Int16Array(HISTORY + pcm.length);
    samples.set(this.samples);
    samples.set(pcm, HISTORY);
    this.samples = samples.slice(pcm.length);
    const bytes = new Uint8Array(pcm.length >> 1);
    for (let n = 0; n < bytes.length; n++) {
      let odd = 0;
      let even = 0;
      for (let i = 0, at = 2 * n; i < 12; i++, at += 2) {
        odd += samples[at]! * QMF[i]!;
        even += samples[at + 1]! * QMF[11 - i]!;
      }
      bytes[n] = (this.encodeHigh((even - odd) >> 14) << 6) | this.encodeLow((even + odd) >> 14);
    }
    return bytes;
  }

  private encodeLow(sample: number): number {
    const { low } = this;
    const error = saturate(sample - low.prediction);
    const size = error < 0 ? ~error : error;
    let level = 1;
    while (level < 30 && size >= (LOW_LEVELS[level]! * low.step) >> 12) level++;
    const code = (error < 0 ? LOW_NEGATIVE : LOW_POSITIVE)[level]!;
    low.adapt(code >> 2, (low.step * LOW_FOUR[code >> 2]!) >> 15);
    return code;
  }

  private encodeHigh(sample: number): number {
    const { high } = this;
    const error = saturate(sample - high.prediction);
    const large = (error < 0 ? ~error : error) >= (HIGH_LEVEL * high.step) >> 12;
    const code = error < 0 ? (large ? 0 : 1) : large ? 2 : 3;
    high.adapt(code, (high.step * HIGH_TWO[code]!) >> 15);
    return code;
  }
}

export class G722Decoder {
  private readonly low = new AdaptiveBand(LOW);
  private readonly high = new AdaptiveBand(HIGH);
  private bands = new Int32Array(HISTORY);

  /** @returns 16 kHz, two samples a byte */
  decode(bytes: Uint8Array): Int16Array {
    const bands = new Int32Array(HISTORY + 2 * bytes.length);
    bands.set(this.bands);
    const pcm = new Int16Array(2 * bytes.length);
    for (let n = 0; n < bytes.length; n++) {
      const low = this.decodeLow(bytes[n]! & 0x3f);
      const high = this.decodeHigh(bytes[n]! >> 6);
      bands[HISTORY + 2 * n] = low + high;
      bands[HISTORY + 2 * n + 1] = low - high;
      let first = 0;
      let second = 0;
      for (let i = 0, at = 2 * n; i < 12; i++, at += 2) {
        second += bands[at]! * QMF[i]!;
        first += bands[at + 1]! * QMF[11 - i]!;
      }
      pcm[2 * n] = saturate(first >> 11);
      pcm[2 * n + 1] = saturate(second >> 11);
    }
    this.bands = bands.slice(2 * bytes.length);
    return pcm;
  }

  private decodeLow(code: number): number {
    const { low } = this;
    const heard = limit15(low.prediction + ((low.step * LOW_SIX[code]!) >> 15));
    low.adapt(code >> 2, (low.step * LOW_FOUR[code >> 2]!) >> 15);
    return heard;
  }

  private decodeHigh(code: number): number {
    const { high } = this;
    const difference = (high.step * HIGH_TWO[code]!) >> 15;
    const heard = limit15(high.prediction + difference);
    high.adapt(code, difference);
    return heard;
  }
}
