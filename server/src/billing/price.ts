import { formatMoney, MICROS_PER_UNIT, type Micros, micros, roundRatio, stepOfScale, ZERO } from '../money/money.ts';
import type { RateSnapshot } from './rate.ts';

/**
 * The one price function (5-rating C2): the price box, the authoriser at INVITE and the final rating all use it.
 * Inside, sums are sixtieths of a micro-unit, because a price is per minute and time is in seconds: no fraction is ever lost before the
 * one rounding at the end.
 */

/** One line of "why did this call cost that": a stable code that the web puts in words, and its values. Money is decimal text. */
export interface PriceStep {
  code:
    | 'not-answered'
    | 'talk'
    | 'grace'
    | 'free'
    | 'increments'
    | 'usage'
    | 'connect'
    | 'connect-deducted'
    | 'min-charge'
    | 'max-cost'
    | 'rounded';
  params: Record<string, string | number>;
}

export interface Price {
  /** Seconds charged for after increments; 0 in free and grace time. */
  billedSeconds: number;
  cost: Micros;
}

/** The longest a call may last when nobody sets a shorter limit, seconds. */
export const MAX_CALL_SECONDS = 86_400;

/** A stretch of increments of one length and price, laid end to end after the free seconds. */
interface Block {
  increment: number;
  count: number;
  pricePerMinute: number;
}

/**
 * What a call costs.
 * @param talkMs 200 OK to BYE on the monotonic clock; 0 or less = not answered.
 * @param explain receives the steps of the calculation, in order.
 */
export function price(rate: RateSnapshot, talkMs: number, explain?: PriceStep[]): Price {
  if (talkMs <= 0) {
    explain?.push({ code: 'not-answered', params: {} });
    return { billedSeconds: 0, cost: ZERO };
  }
  const seconds = Math.max(1, Math.ceil(talkMs / 1000));
  explain?.push({ code: 'talk', params: { milliseconds: talkMs, seconds } });
  if (seconds <= rate.graceSeconds) {
    explain?.push({ code: 'grace', params: { graceSeconds: rate.graceSeconds } });
    return { billedSeconds: 0, cost: ZERO };
  }
  const blocks = blocksOf(rate, Math.max(0, seconds - rate.freeSeconds));
  const billedSeconds = blocks.reduce((sum, block) => sum + block.increment * block.count, 0);
  if (explain) explainBlocks(rate, seconds, blocks, billedSeconds, explain);
  return { billedSeconds, cost: costOf(rate, blocks, explain) };
}

/** The price with its calculation, for people. */
export function explainPrice(rate: RateSnapshot, talkMs: number): Price & { steps: PriceStep[] } {
  const steps: PriceStep[] = [];
  return { ...price(rate, talkMs, steps), steps };
}

/**
 * How long a call may last on the money available: the longest T with cost(T) <= available.
 * Not ok when not even the connect fee and the first increment are covered; a call that costs nothing is always ok.
 * @param available micro-units; balance + credit limit - holds, and never more than the daily cap leaves.
 */
export function affordableSeconds(
  rate: RateSnapshot,
  available: Micros,
  maxSeconds: number = MAX_CALL_SECONDS,
): { ok: true; seconds: number } | { ok: false } {
  const limit = Math.min(maxSeconds, MAX_CALL_SECONDS);
  const { maxCost, maxCostAction } = rate;
  if (maxCost !== undefined && maxCostAction === 'free' && maxCost <= available) return { ok: true, seconds: limit };
  const cutAt = maxCost !== undefined && maxCostAction === 'disconnect' ? Math.min(available, maxCost) : available;
  const budget = largestSumWithin(rate, cutAt);
  const connect = rate.connectFee * 60;
  const usageBudget = rate.connectDeductible ? budget : budget - connect;
  if (connect > budget || rate.minCharge * 60 > budget) return isFree(rate) ? { ok: true, seconds: limit } : { ok: false };
  const billed = billedSecondsWithin(rate, usageBudget, limit);
  if (billed === 0) return isFree(rate) ? { ok: true, seconds: limit } : { ok: false };
  return { ok: true, seconds: Math.min(Math.max(rate.freeSeconds + billed, rate.graceSeconds), limit) };
}

/** A stretch of billed time, up to second `end`, whose increments have one length and price. */
interface Section {
  increment: number;
  end: number;
  /** One increment only. */
  once: boolean;
  pricePerMinute: number;
}

/** Nothing this rate can ever charge. */
function isFree(rate: RateSnapshot): boolean {
  const noUsage = rate.pricePerMinute === 0 && (rate.tiers ?? []).every((tier) => tier.pricePerMinute === 0);
  return noUsage && rate.connectFee === 0 && rate.minCharge === 0;
}

/** The sections of a call by position in billed time: the rate itself (its first increment may differ), then its tiers. */
function sections(rate: RateSnapshot): Section[] {
  const { firstIncrement, nextIncrement, pricePerMinute, tiers = [] } = rate;
  const startOf = (index: number) => Math.max(0, (tiers[index]?.fromSecond ?? Number.POSITIVE_INFINITY) - rate.freeSeconds);
  const end = startOf(0);
  const all: Section[] = [
    { increment: firstIncrement, end, once: true, pricePerMinute },
    { increment: nextIncrement, end, once: false, pricePerMinute },
  ];
  tiers.forEach((tier, index) => {
    all.push({ increment: tier.increment, end: startOf(index + 1), once: false, pricePerMinute: tier.pricePerMinute });
  });
  return all;
}

/** The increments that cover `billable` seconds; each is priced by the tier in which it starts (5-rating C2). */
function blocksOf(rate: RateSnapshot, billable: number): Block[] {
  const blocks: Block[] = [];
  let position = 0;
  for (const section of sections(rate)) {
    const until = Math.min(billable, section.end);
    if (position >= until) continue;
    const count = section.once ? 1 : Math.ceil((until - position) / section.increment);
    blocks.push({ increment: section.increment, count, pricePerMinute: section.pricePerMinute });
    position += count * section.increment;
  }
  return blocks;
}

/** The most billed seconds whose usage stays within `budget` sixtieths of a micro-unit, not counting past `limit`. */
function billedSecondsWithin(rate: RateSnapshot, budget: number, limit: number): number {
  let position = 0;
  let rest = budget;
  for (const section of sections(rate)) {
    if (position >= Math.min(section.end, limit)) continue;
    const wanted = section.once ? 1 : Math.ceil((Math.min(section.end, limit) - position) / section.increment);
    const each = section.increment * section.pricePerMinute;
    const count = each === 0 ? wanted : Math.min(wanted, Math.floor(rest / each));
    position += count * section.increment;
    rest -= count * each;
    if (count < wanted) break;
  }
  return position;
}

/** The largest sum, in sixtieths of a micro-unit, that still rounds to no more than `available`. */
function largestSumWithin(rate: RateSnapshot, available: Micros | number): number {
  if (available < 0) return -1;
  const step = stepOfScale(rate.scale);
  // 100 million units buy any call within RATE_LIMITS; the cap keeps the product exact.
  const steps = Math.floor(Math.min(available, 100_000_000 * MICROS_PER_UNIT) / step);
  const unit = step * 60;
  switch (rate.rounding) {
    case 'up':
      return steps * unit;
    case 'down':
      return steps * unit + unit - 1;
    case 'half-up':
      return steps * unit + unit / 2 - 1;
    case 'half-even':
      return steps * unit + unit / 2 - (steps % 2 === 0 ? 0 : 1);
  }
}

/** Fees, minimum, the one rounding, and the cap of a `free` maximum. */
function costOf(rate: RateSnapshot, blocks: readonly Block[], explain: PriceStep[] | undefined): Micros {
  const usage = blocks.reduce((sum, block) => sum + block.increment * block.count * block.pricePerMinute, 0);
  const connect = rate.connectFee * 60;
  const minimum = rate.minCharge * 60;
  const sum = rate.connectDeductible ? Math.max(connect, usage) : connect + usage;
  const exact = Math.max(minimum, sum);
  if (!Number.isSafeInteger(exact)) throw new RangeError('the price of this call passes what can be calculated exactly');
  const rounded = roundRatio(exact, 60, stepOfScale(rate.scale), rate.rounding);
  const capped = rate.maxCost !== undefined && rate.maxCostAction === 'free' ? micros(Math.min(rounded, rate.maxCost)) : rounded;
  if (explain) {
    if (rate.connectFee > 0) {
      explain.push({
        code: rate.connectDeductible ? 'connect-deducted' : 'connect',
        params: { fee: formatMoney(rate.connectFee), sum: exactText(sum) },
      });
    }
    if (minimum > sum) explain.push({ code: 'min-charge', params: { minCharge: formatMoney(rate.minCharge) } });
    explain.push({
      code: 'rounded',
      params: { exact: exactText(exact), scale: rate.scale, rounding: rate.rounding, cost: formatMoney(rounded) },
    });
    if (capped < rounded) explain.push({ code: 'max-cost', params: { maxCost: formatMoney(capped) } });
  }
  return capped;
}

function explainBlocks(rate: RateSnapshot, seconds: number, blocks: readonly Block[], billedSeconds: number, explain: PriceStep[]): void {
  if (rate.freeSeconds > 0) {
    explain.push({ code: 'free', params: { freeSeconds: rate.freeSeconds, billable: Math.max(0, seconds - rate.freeSeconds) } });
  }
  explain.push({ code: 'increments', params: { first: rate.firstIncrement, next: rate.nextIncrement, billedSeconds } });
  let merged: { seconds: number; pricePerMinute: number } | undefined;
  const tell = () => {
    if (!merged) return;
    const amount = exactText(merged.seconds * merged.pricePerMinute);
    explain.push({
      code: 'usage',
      params: { seconds: merged.seconds, pricePerMinute: formatMoney(micros(merged.pricePerMinute)), amount },
    });
  };
  for (const block of blocks) {
    if (merged?.pricePerMinute === block.pricePerMinute) merged.seconds += block.increment * block.count;
    else {
      tell();
      merged = { seconds: block.increment * block.count, pricePerMinute: block.pricePerMinute };
    }
  }
  tell();
}

/** Sixtieths of a micro-unit as decimal text with up to 8 decimals, at least 4, cut off. */
function exactText(sixtieths: number): string {
  const whole = Math.floor(sixtieths / 60 / MICROS_PER_UNIT);
  const hundredths = Math.floor(((sixtieths % (60 * MICROS_PER_UNIT)) * 100) / 60);
  return `${whole}.${String(hundredths)
    .padStart(8, '0')
    .replace(/0{1,4}$/, '')}`;
}
