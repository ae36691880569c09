import { Injectable } from '@nestjs/common';
import type { Rate } from '../billing/rate.ts';
import { findRate, type Tariff } from '../billing/rate-table.ts';
import { Directory } from '../directory/directory.ts';
import { formatMoney } from '../http/index.ts';
import { NumbersService } from '../numbers/numbers.service.ts';
import { settingsSchema } from '../settings/settings.schema.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import type { SearchResult } from './search.schemas.ts';

type RateHit = SearchResult['rates'][number];

/** Everything the palette can jump to: people, numbers, rates and settings. */
@Injectable()
export class SearchService {
  readonly #subscribers: SubscribersService;
  readonly #numbers: NumbersService;
  readonly #directory: Directory;

  constructor(subscribers: SubscribersService, numbers: NumbersService, directory: Directory) {
    this.#subscribers = subscribers;
    this.#numbers = numbers;
    this.#directory = directory;
  }

  async search(q: string, limit: number): Promise<SearchResult> {
    const digits = telephoneDigits(q);
    const [subscribers, numbers] = await Promise.all([this.#subscribers.search(q, limit), this.#numbers.search(digits ?? q, limit)]);
    return { subscribers, numbers, rates: this.#rates(q, digits, limit), settings: settingKeys(q, limit) };
  }

  #rates(q: string, digits: string | undefined, limit: number): RateHit[] {
    const found = new Map<number, RateHit>();
    const add = (tariff: Tariff, rate: Rate): void => {
      found.set(rate.id, {
        tariffId: tariff.id,
        tariffName: tariff.name,
        rateId: rate.id,
        prefix: rate.prefix,
        name: rate.name,
        pricePerMinute: formatMoney(rate.pricePerMinute),
        blocked: rate.blocked,
      });
    };
    if (digits !== undefined) this.#ratesOfNumber(digits, limit, add, () => found.size);
    else if (q.length >= 2) this.#ratesByName(q.toLowerCase(), limit, add, () => found.size);
    return [...found.values()];
  }

  /** What the number costs in each tariff; then the rates of longer prefixes that begin with what was typed so far. */
  #ratesOfNumber(digits: string, limit: number, add: (tariff: Tariff, rate: Rate) => void, count: () => number): void {
    const now = Date.now();
    for (const tariff of this.#directory.tariffs.values()) {
      const hit = findRate(new Map([[tariff.id, tariff]]), tariff.id, digits, now);
      if (count() < limit && (hit.ok || hit.code === 'destination-blocked')) add(tariff, hit.rate);
    }
    for (const tariff of this.#directory.tariffs.values()) {
      for (const rate of tariff.table) {
        if (count() >= limit) return;
        if (rate.prefix.startsWith(digits)) add(tariff, rate);
      }
    }
  }

  #ratesByName(q: string, limit: number, add: (tariff: Tariff, rate: Rate) => void, count: () => number): void {
    for (const tariff of this.#directory.tariffs.values()) {
      for (const rate of tariff.table) {
        if (count() >= limit) return;
        if (rate.name.toLowerCase().includes(q)) add(tariff, rate);
      }
    }
  }
}

/** "+44 79", "004479" and "4479" are the same telephone number; undefined for anything else. */
export function telephoneDigits(q: string): string | undefined {
  const plain = q.replace(/[\s().-]/g, '');
  const match = /^(?:\+|00)?([1-9][0-9]{0,14})$/.exec(plain);
  return match?.[1];
}

/** Setting keys of which every typed word occurs in the key ("max calls" finds newAccountMaxCalls) or its description. */
function settingKeys(q: string, limit: number): string[] {
  const words = q.toLowerCase().split(/\s+/);
  return Object.entries(settingsSchema.shape)
    .filter(([key, schema]) => {
      const text = `${key} ${schema.description ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map(([key]) => key)
    .slice(0, limit);
}
