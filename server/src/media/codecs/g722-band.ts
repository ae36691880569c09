/**
 * One of the two sub-bands of G.722 (ITU-T G.722, section 3): an ADPCM with an adaptive predictor of two poles and six zeros and a
 * quantizer whose step follows the signal. Encoder and decoder run the very same code here: they stay in step because both adapt by the
 * quantized difference only. Names in brackets are those of the recommendation.
 */

/** Logarithmic step sizes to linear ones (ILB, table 12). */
const INVERSE_LOG = Int16Array.from([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158, 3228, 3298,
  3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]);

/** What differs between the bands: how fast the step adapts, its largest value, and the shift from its logarithm. */
export interface BandShape {
  /** Change of the logarithm of the step for each code (WL, WH). */
  readonly stepChanges: Int16Array;
  readonly largestLogStep: number;
  readonly logShift: number;
  readonly firstStep: number;
}

const saturate = (value: number): number => (value > 32767 ? 32767 : value < -32768 ? -32768 : value);

export class AdaptiveBand {
  /** What the predictor expects the next sample to be (S). */
  prediction = 0;
  /** Step of the quantizer (DET). */
  step: number;

  private readonly shape: BandShape;
  private logStep = 0;
  private zeroPrediction = 0;
  private r1 = 0;
  private r2 = 0;
  private a1 = 0;
  private a2 = 0;
  private p1 = 0;
  private p2 = 0;
  private readonly b = new Int16Array(6);
  private readonly d = new Int16Array(6);

  constructor(shape: BandShape) {
    this.shape = shape;
    this.step = shape.firstStep;
  }

  /** Adapts step and predictor. @param change index of stepChanges @param difference the quantized difference (DLT, DH) */
  adapt(change: number, difference: number): void {
    this.adaptStep(change);
    this.adaptPredictor(difference);
  }

  private adaptStep(change: number): void {
    const { stepChanges, largestLogStep, logShift } = this.shape;
    const wanted = ((this.logStep * 127) >> 7) + stepChanges[change]!;
    this.logStep = wanted < 0 ? 0 : wanted > largestLogStep ? largestLogStep : wanted;
    const shift = logShift - (this.logStep >> 11);
    const mantissa = INVERSE_LOG[(this.logStep >> 6) & 31]!;
    this.step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  private adaptPredictor(difference: number): void {
    const { b, d } = this;
    const partial = saturate(this.zeroPrediction + difference);
    const reconstructed = saturate(this.prediction + difference);

    // Poles (UPPOL2, UPPOL1): by the signs of the partially reconstructed signal.
    const limited = saturate(this.a1 * 4);
    const gradient = partial < 0 !== this.p1 < 0 ? limited : Math.min(-limited, 32767);
    let a2 = (gradient >> 7) + (partial < 0 === this.p2 < 0 ? 128 : -128) + ((this.a2 * 32512) >> 15);
    a2 = a2 > 12288 ? 12288 : a2 < -12288 ? -12288 : a2;
    let a1 = (partial < 0 === this.p1 < 0 ? 192 : -192) + ((this.a1 * 32640) >> 15);
    const room = 15360 - a2;
    a1 = a1 > room ? room : a1 < -room ? -room : a1;

    // Zeros (UPZERO), and the new prediction of theirs (FILTEZ).
    const leap = difference === 0 ? 0 : 128;
    const negative = difference < 0;
    let zeros = 0;
    for (let i = 5; i >= 0; i--) {
      b[i] = ((b[i]! * 32640) >> 15) + (d[i]! < 0 === negative ? leap : -leap);
      d[i] = i > 0 ? d[i - 1]! : difference;
      zeros += (b[i]! * saturate(d[i]! * 2)) >> 15;
    }

    // FILTEP, PREDIC.
    this.a1 = a1;
    this.a2 = a2;
    this.p2 = this.p1;
    this.p1 = partial;
    this.r2 = this.r1;
    this.r1 = reconstructed;
    const poles = ((a1 * saturate(this.r1 * 2)) >> 15) + ((a2 * saturate(this.r2 * 2)) >> 15);
    this.zeroPrediction = saturate(zeros);
    this.prediction = saturate(saturate(poles) + this.zeroPrediction);
  }
}
