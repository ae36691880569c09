import { micros } from '../money/money.ts';

/** What a field of a rate left out means: a minute is billed as a minute. Imported by a worker: no framework here. */
export const RATE_DEFAULTS = {
  name: '',
  connectFee: micros(0),
  firstIncrement: 60,
  nextIncrement: 60,
  minCharge: micros(0),
  freeSeconds: 0,
  graceSeconds: 0,
  blocked: false,
  effectiveFrom: 0,
} as const;
