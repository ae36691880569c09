import type { Rounding } from '../money/money.ts';
import type { Rate, RateSnapshot } from './rate.ts';

/** The rates of one tariff in memory: longest prefix in a few map look-ups, whatever the number of rates. */
export class RateTable {
  /** One rate a prefix is the rule; a list, best first, where there are several versions. */
  readonly #byPrefix = new Map<string, Rate | Rate[]>();
  #longest = 0;
  #size = 0;

  /** Rates held, all versions. */
  get size(): number {
    return this.#size;
  }

  /** Adds the rate, or replaces the one with its id. */
  set(rate: Rate): void {
    const held = this.#byPrefix.get(rate.prefix);
    if (rate.prefix.length > this.#longest) this.#longest = rate.prefix.length;
    if (held === undefined) {
      this.#byPrefix.set(rate.prefix, rate);
      this.#size += 1;
      return;
    }
    const others = versionsOf(held).filter((other) => other.id !== rate.id);
    this.#size += others.length + 1 - versionsOf(held).length;
    this.#byPrefix.set(rate.prefix, others.length === 0 ? rate : [...others, rate].sort(bestFirst));
  }

  /** Takes the rate out; false when it was not there. */
  remove(prefix: string, id: number): boolean {
    const held = this.#byPrefix.get(prefix);
    if (held === undefined) return false;
    const left = versionsOf(held).filter((other) => other.id !== id);
    if (left.length === versionsOf(held).length) return false;
    this.#size -= 1;
    const [first] = left;
    if (first === undefined) this.#byPrefix.delete(prefix);
    else this.#byPrefix.set(prefix, left.length === 1 ? first : left);
    return true;
  }

  /**
   * The rate for a number: longest prefix, then higher weight, then newer version, of those in force at `atMs`.
   * Block entries take part: the caller looks at `blocked`.
   * @param e164 digits without plus
   * @param atMs epoch ms, the time of answer
   */
  lookup(e164: string, atMs: number): Rate | undefined {
    for (let length = Math.min(this.#longest, e164.length); length > 0; length -= 1) {
      const held = this.#byPrefix.get(e164.slice(0, length));
      if (held === undefined) continue;
      if (!Array.isArray(held)) {
        if (held.effectiveFrom <= atMs) return held;
        continue;
      }
      const rate = held.find((version) => version.effectiveFrom <= atMs);
      if (rate) return rate;
    }
    return undefined;
  }

  /** The versions of exactly this prefix, best first. */
  versions(prefix: string): readonly Rate[] {
    const held = this.#byPrefix.get(prefix);
    return held === undefined ? [] : versionsOf(held);
  }

  *[Symbol.iterator](): Generator<Rate> {
    for (const held of this.#byPrefix.values()) yield* versionsOf(held);
  }
}

const versionsOf = (held: Rate | Rate[]): Rate[] => (Array.isArray(held) ? held : [held]);

const bestFirst = (a: Rate, b: Rate): number =>
  (b.weight ?? 0) - (a.weight ?? 0) || b.effectiveFrom - a.effectiveFrom || b.version - a.version || b.id - a.id;

/** A tariff in memory, as the directory holds it. */
export interface Tariff {
  id: number;
  name: string;
  /** Asked when this tariff has no rate for a number; the default tariff is asked last. */
  parentId: number | null;
  isDefault: boolean;
  /** Decimals of a charge, 2 to 6. */
  scale: number;
  rounding: Rounding;
  table: RateTable;
}

export type RateLookup =
  | { ok: true; rate: RateSnapshot }
  | { ok: false; code: 'no-rate' }
  /** `rate` is the block entry that matched. */
  | { ok: false; code: 'destination-blocked'; rate: RateSnapshot };

/** Looks in the subscriber's tariff, then its parents, then the default tariff (5-rating C2, match). */
export function findRate(tariffs: ReadonlyMap<number, Tariff>, tariffId: number, e164: string, atMs: number): RateLookup {
  for (const tariff of lookupOrder(tariffs, tariffId)) {
    const rate = tariff.table.lookup(e164, atMs);
    if (!rate) continue;
    const snapshot: RateSnapshot = { ...rate, tariffId: tariff.id, scale: tariff.scale, rounding: tariff.rounding };
    return rate.blocked ? { ok: false, code: 'destination-blocked', rate: snapshot } : { ok: true, rate: snapshot };
  }
  return { ok: false, code: 'no-rate' };
}

function lookupOrder(tariffs: ReadonlyMap<number, Tariff>, tariffId: number): Set<Tariff> {
  const order = new Set<Tariff>(); // a set, so that a circle of parents ends
  for (let tariff = tariffs.get(tariffId); tariff && !order.has(tariff); tariff = tariffs.get(tariff.parentId ?? Number.NaN))
    order.add(tariff);
  for (const tariff of tariffs.values()) if (tariff.isDefault) order.add(tariff);
  return order;
}
