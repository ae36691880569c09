import { toMicros } from '#app/lib/money.ts';

export interface SimpleRate {
  pricePerMinute: string;
  connectFee: string;
  firstIncrement: number;
  nextIncrement: number;
  freeSeconds: number;
}

/**
 * How long an amount lasts at a rate, in seconds, rounded down to whole increments (5-rating C2, affordable time); `free` when it costs
 * nothing. An estimate for the eye: what a call may really use is decided by the server.
 */
export function secondsFor(available: string, rate: SimpleRate): number | 'free' {
  const money = toMicros(available) ?? 0n;
  const price = toMicros(rate.pricePerMinute) ?? 0n;
  const connect = toMicros(rate.connectFee) ?? 0n;
  if (price === 0n && connect === 0n) return 'free';
  if (price === 0n) return money >= connect ? 'free' : 0;
  // All in sixtieths of a millionth, because the price is per minute and time is in seconds.
  const left = (money - connect) * 60n - BigInt(rate.firstIncrement) * price;
  if (left < 0n) return 0;
  const steps = left / (BigInt(rate.nextIncrement) * price);
  return rate.freeSeconds + rate.firstIncrement + Number(steps) * rate.nextIncrement;
}
