import { type Micros, parseMoney } from '../money/money.ts';
import type { CallRecord, PaidCall } from './call-record.ts';
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

/** A clock whose time the spec moves. */
export class HandClock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }
}

export const paidCall = (callId: string, accountId: number, rate: RateSnapshot, extra: Partial<PaidCall> = {}): PaidCall => ({
  callId,
  accountId,
  e164: '442071838750',
  rate,
  maxSeconds: null,
  startedAt: 1_780_000_000_000,
  record: {
    sipCallId: `${callId}@phone`,
    fromSubscriberId: accountId,
    fromUser: '1001',
    dialled: '00442071838750',
    gatewayId: 7,
    direction: 'outbound',
  },
  ...extra,
});

/** The record of a paid call that ended by BYE. */
export const callRecord = (call: PaidCall, talkMs: number, extra: Partial<CallRecord> = {}): CallRecord => ({
  ...call.record,
  callId: call.callId,
  accountId: call.accountId,
  toSubscriberId: null,
  e164: call.e164,
  startedAt: call.startedAt,
  answeredAt: talkMs > 0 ? call.startedAt + 2000 : null,
  endedAt: call.startedAt + 2000 + talkMs,
  talkMs,
  status: talkMs > 0 ? 200 : 487,
  reason: talkMs > 0 ? 'OK' : 'Request Terminated',
  endedBy: 'caller',
  rate: call.rate,
  missed: false,
  refusal: null,
  app: null,
  ...extra,
});
