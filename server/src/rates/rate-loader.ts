import type { DataSource } from 'typeorm';
import type { Rate, RateTier } from '../billing/rate.ts';
import { RateTable } from '../billing/rate-table.ts';
import { micros } from '../money/money.ts';

/** A row of `rates` as either database hands it out. */
interface RawRate {
  id: number;
  prefix: string;
  name: string;
  pricePerMinute: number | string;
  connectFee: number | string;
  firstIncrement: number;
  nextIncrement: number;
  minCharge: number | string;
  freeSeconds: number;
  graceSeconds: number;
  blocked: boolean | number;
  effectiveFrom: number | string;
  version: number;
  connectDeductible: boolean | number;
  maxCost: number | string | null;
  maxCostAction: 'free' | 'disconnect' | null;
  tiers: string | RateTier[] | null;
}

// So many rows a query: the event loop, and with it every call, breathes in between.
const CHUNK = 2_000;

/** The rates of a tariff, read with plain SQL: 300,000 entities would take a minute and most of the memory. */
export async function loadRates(reader: DataSource, tariffId: number): Promise<RateTable> {
  const table = new RateTable();
  for (let after = 0; ; ) {
    const rows = await reader.query<RawRate[]>(
      `SELECT "id", "prefix", "name", "pricePerMinute", "connectFee", "firstIncrement", "nextIncrement", "minCharge", "freeSeconds", "graceSeconds",
        "blocked", "effectiveFrom", "version", "connectDeductible", "maxCost", "maxCostAction", "tiers"
        FROM "rates" WHERE "tariffId" = ${tariffId} AND "id" > ${after} ORDER BY "id" LIMIT ${CHUNK}`,
    );
    for (const row of rows) table.set(toRate(row));
    const last = rows[rows.length - 1];
    if (!last || rows.length < CHUNK) return table;
    after = last.id;
  }
}

export function toRate(row: RawRate): Rate {
  const rate: Rate = {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    pricePerMinute: micros(Number(row.pricePerMinute)),
    connectFee: micros(Number(row.connectFee)),
    firstIncrement: row.firstIncrement,
    nextIncrement: row.nextIncrement,
    minCharge: micros(Number(row.minCharge)),
    freeSeconds: row.freeSeconds,
    graceSeconds: row.graceSeconds,
    blocked: Boolean(row.blocked),
    effectiveFrom: Number(row.effectiveFrom),
    version: row.version,
  };
  // Rare fields stay away from the object when unused: 300,000 of them are in memory.
  if (row.connectDeductible) rate.connectDeductible = true;
  if (row.maxCost !== null) rate.maxCost = micros(Number(row.maxCost));
  if (row.maxCostAction !== null) rate.maxCostAction = row.maxCostAction;
  if (row.tiers !== null) rate.tiers = typeof row.tiers === 'string' ? (JSON.parse(row.tiers) as RateTier[]) : row.tiers;
  return rate;
}
