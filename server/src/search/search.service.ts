import { Injectable } from '@nestjs/common';
import type { Rate } from '../billing/rate.ts';
import { findRate, type Tariff } from '../billing/rate-table.ts';
import { Directory } from '../directory/directory.ts';
import { formatMoney } from '../http/index.ts';
import { NumbersService } from '../numbers/numbers.service.ts';
import { RatesService } from '../rates/rates.service.ts';
import { settingsSchema } from '../settings/settings.schema.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import type { SearchResult } from './search.schemas.ts';

/** With more tariffs than these the rates page is the place to look. */
const searchedTariffs = 5;

type RateHit = SearchResult['rates'][number];

/** Everything the palette can jump to: people, numbers, rates and settings. */
@Injectable()
export class SearchService {
  readonly #subscribers: SubscribersService;
  readonly #numbers: NumbersService;
  readonly #rateList: RatesService;
  readonly #directory: Directory;

  constructor(subscribers: SubscribersService, numbers: NumbersService, rates: RatesService, directory: Directory) {
    this.#subscribers = subscribers;
    this.#numbers = numbers;
    this.#rateList = rates;
    this.#directory = directory;
  }

  async search(q: string, limit: number): Promise<SearchResult> {
    const digits = telephoneDigits(q);
    const [subscribers, numbers, rates] = await Promise.all([
      this.#subscribers.search(q, limit),
      this.#numbers.search(digits ?? q, limit),
      this.#rates(q, digits, limit),
    ]);
    return { subscribers, numbers, rates, settings: settingKeys(q, limit) };
  }

  /** For a telephone number first what it costs in each tariff, by longest prefix; then the rates that a list filtered by this shows. */
  async #rates(q: string, digits: string | undefined, limit: number): Promise<RateHit[]> {
    if (digits === undefined && q.length < 2) return [];
    const found = new Map<number, RateHit>();
    const tariffs = [...this.#directory.tariffs.values()].slice(0, searchedTariffs);
    if (digits !== undefined) {
      for (const tariff of tariffs) {
        const hit = findRate(new Map([[tariff.id, tariff]]), tariff.id, digits, Date.now());
        if (hit.ok || hit.code === 'destination-blocked') found.set(hit.rate.id, rateHit(tariff, hit.rate));
      }
    }
    // By the database, in its own thread: going through 300,000 rates here would hold up calls.
    const text = digits === undefined ? q : `+${digits}`;
    const lists = await Promise.all(
      tariffs.map((tariff) => this.#rateList.list(tariff.id, { q: text, sort: 'prefix', page: 1, pageSize: limit })),
    );
    lists.forEach((list, index) => {
      for (const rate of list.items) if (!found.has(rate.id)) found.set(rate.id, rateHit(tariffs[index] as Tariff, rate));
    });
    return [...found.values()].slice(0, limit);
  }
}

function rateHit(tariff: Tariff, rate: Pick<Rate, 'id' | 'prefix' | 'name' | 'pricePerMinute' | 'blocked'>): RateHit {
  return {
    tariffId: tariff.id,
    tariffName: tariff.name,
    rateId: rate.id,
    prefix: rate.prefix,
    name: rate.name,
    pricePerMinute: formatMoney(rate.pricePerMinute),
    blocked: rate.blocked,
  };
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
