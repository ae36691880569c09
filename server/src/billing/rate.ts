import type { Micros, Rounding } from '../money/money.ts';

/** From `fromSecond` after the answer on, increments that start there cost this price (5-rating C2, tiers). */
export interface RateTier {
  fromSecond: number;
  pricePerMinute: Micros;
  /** Length of one increment in this tier, seconds. */
  increment: number;
}

/** What calls to one prefix cost. Immutable: an edit puts a new object into the table. */
export interface Rate {
  id: number;
  /** E.164 digits, no plus. */
  prefix: string;
  name: string;
  pricePerMinute: Micros;
  connectFee: Micros;
  /** Seconds; the first increment is billed in full as soon as the call is answered. */
  firstIncrement: number;
  nextIncrement: number;
  minCharge: Micros;
  /** Seconds after the answer that are not billed. */
  freeSeconds: number;
  /** A call of up to this many seconds costs nothing, not even the connect fee. */
  graceSeconds: number;
  /** The destination is refused. A longer prefix that is not blocked beats this entry. */
  blocked: boolean;
  /** Epoch ms; in force for calls answered at or after this instant. 0 = always. */
  effectiveFrom: number;
  /** Counts the edits of this entry. */
  version: number;
  /** Between entries of equal prefix the higher weight wins. */
  weight?: number;
  /** The connect fee counts towards the usage instead of being added to it. */
  connectDeductible?: boolean;
  maxCost?: Micros;
  /** At `maxCost` the rest of the call is free, or the call is cut. */
  maxCostAction?: 'free' | 'disconnect';
  /** Cheaper or dearer prices further into the call, by rising `fromSecond` > 0. */
  tiers?: readonly RateTier[];
}

/** A rate as it was when the call was answered, with the rounding of its tariff: all that the price depends on. Stored on the CDR. */
export interface RateSnapshot extends Rate {
  tariffId: number;
  /** Decimals of a charge, 2 to 6. */
  scale: number;
  rounding: Rounding;
}

/** Bounds of what a rate may hold. Within them every sum of a call up to 10 days is exact in plain numbers. */
export const RATE_LIMITS = {
  /** Prefix digits: E.164 numbers have up to 15. */
  prefixDigits: 15,
  /** Money fields: 10,000 currency units. */
  money: 10_000_000_000,
  /** Increments, free and grace seconds. */
  seconds: 86_400,
} as const;
