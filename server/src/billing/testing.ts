import { type Micros, parseMoney } from '../money/money.ts';
import type { RateSnapshot } from './rate.ts';

/** Public doubles and builders for specs. */

export function money(text: string): Micros {
  const amount = parseMoney(text);
  if (amount === undefined) throw new Error(`not money: ${text}`);
  return amount;
}

/** A rate by price per minute and "first/next" increments. */
export function rateOf(perMinute: string, increments = '1/1', extra: Partial<RateSnapshot> = {}): RateSnapshot {
  const [first, next] = increments.split('/').map(Number);
  return {
    id: 1,
    prefix: '44',
    name: 'United Kingdom',
    pricePerMinute: money(perMinute),
    connectFee: money('0'),
    firstIncrement: first ?? 1,
    nextIncrement: next ?? 1,
    minCharge: money('0'),
    freeSeconds: 0,
    graceSeconds: 0,
    blocked: false,
    effectiveFrom: 0,
    version: 1,
    tariffId: 1,
    scale: 4,
    rounding: 'half-up',
    ...extra,
  };
}
