import { Injectable } from '@nestjs/common';
import { explainPrice } from '../billing/price.ts';
import type { RateSnapshot } from '../billing/rate.ts';
import { findRate } from '../billing/rate-table.ts';
import { Directory } from '../directory/directory.ts';
import { formatMoney, problem, timeOf } from '../http/index.ts';
import { type ExampleQuestion, type LookupAnswer, type PriceExample } from './rate.schemas.ts';
import { RATE_DEFAULTS } from './rate-defaults.ts';

/** "What does a call to this number cost?", answered by the look-up and the price function of real calls. */
@Injectable()
export class RateLookupService {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /**
   * @param number as a person writes it: +44 20..., 004420..., 4420...
   * @param tariffId default: the default tariff
   * @throws problem 404 for a tariff that is not there
   */
  lookup(number: string, tariffId: number | undefined, seconds: number): LookupAnswer {
    const e164 = e164Of(number);
    const id = tariffId ?? this.#defaultTariffId();
    if (!this.#directory.tariff(id)) throw problem(404, 'tariff-not-found', 'There is no such tariff.');
    if (e164 === null) return { number, e164, tariff: null, rate: null, refusal: 'no-rate', example: null };
    const found = findRate(this.#directory.tariffs, id, e164, Date.now());
    if (!found.ok && found.code === 'no-rate') return { number, e164, tariff: null, rate: null, refusal: 'no-rate', example: null };
    return {
      number,
      e164,
      tariff: this.#directory.tariff(found.rate.tariffId)?.name ?? null,
      rate: rateAnswer(found.rate),
      refusal: found.ok ? null : found.code,
      example: found.ok ? example(found.rate, seconds) : null,
    };
  }

  /** The tariff of a subscriber. */
  tariffOf(subscriberId: number): number | undefined {
    return this.#directory.subscriberById(subscriberId)?.tariffId;
  }

  /** The price of a rate that is still being typed. */
  example(question: ExampleQuestion): PriceExample {
    const tariff = this.#directory.tariff(question.tariffId ?? this.#defaultTariffId());
    if (!tariff) throw problem(404, 'tariff-not-found', 'There is no such tariff.');
    const { seconds = 180, tariffId: _tariff, ...rate } = question;
    return example(
      { ...RATE_DEFAULTS, ...rate, id: 0, prefix: '', version: 0, tariffId: tariff.id, scale: tariff.scale, rounding: tariff.rounding },
      seconds,
    );
  }

  #defaultTariffId(): number {
    for (const tariff of this.#directory.tariffs.values()) if (tariff.isDefault) return tariff.id;
    throw new Error('There is no default tariff.');
  }
}

/** E.164 digits of a number as written; null when none are left. */
function e164Of(text: string): string | null {
  const digits = text.replace(/[^0-9+]/g, '');
  const e164 = digits.startsWith('+') ? digits.slice(1) : digits.replace(/^00/, '');
  return /^[0-9]+$/.test(e164) ? e164 : null;
}

function example(rate: RateSnapshot, seconds: number): PriceExample {
  const { billedSeconds, cost, steps } = explainPrice(rate, seconds * 1000);
  return { seconds, billedSeconds, cost: formatMoney(cost), steps };
}

function rateAnswer(rate: RateSnapshot): NonNullable<LookupAnswer['rate']> {
  return {
    id: rate.id,
    tariffId: rate.tariffId,
    prefix: rate.prefix,
    name: rate.name,
    pricePerMinute: formatMoney(rate.pricePerMinute),
    connectFee: formatMoney(rate.connectFee),
    firstIncrement: rate.firstIncrement,
    nextIncrement: rate.nextIncrement,
    minCharge: formatMoney(rate.minCharge),
    freeSeconds: rate.freeSeconds,
    graceSeconds: rate.graceSeconds,
    blocked: rate.blocked,
    effectiveFrom: rate.effectiveFrom === 0 ? null : timeOf(rate.effectiveFrom),
    version: rate.version,
  };
}
