import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { DataSource } from 'typeorm';
import { formatMoney, timeOf } from '../http/index.ts';
import { micros } from '../money/money.ts';
import { RATE_FIELDS, type RateField } from './import/import-types.ts';
import { TariffsService } from './tariffs.service.ts';

const CHUNK = 2_000;

interface RawRate {
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
}

const money = (value: number | string): string => formatMoney(micros(Number(value)));

const cells: Readonly<Record<RateField, (row: RawRate) => string | number>> = {
  prefix: (row) => row.prefix,
  name: (row) => row.name,
  price: (row) => money(row.pricePerMinute),
  connect_fee: (row) => money(row.connectFee),
  first_increment: (row) => row.firstIncrement,
  next_increment: (row) => row.nextIncrement,
  min_charge: (row) => money(row.minCharge),
  free_seconds: (row) => row.freeSeconds,
  grace_seconds: (row) => row.graceSeconds,
  blocked: (row) => (row.blocked ? 'yes' : 'no'),
  effective_from: (row) => (Number(row.effectiveFrom) === 0 ? '' : timeOf(Number(row.effectiveFrom))),
};

/** Gives a tariff out as the CSV file that an import takes: export, then import in replace mode, changes nothing. */
@Injectable()
export class RateExportService {
  readonly #reader: DataSource;
  readonly #tariffs: TariffsService;

  constructor(reader: DataSource, tariffs: TariffsService) {
    this.#reader = reader;
    this.#tariffs = tariffs;
  }

  /** @throws problem 404 */
  async csv(tariffId: number): Promise<{ stream: Readable; fileName: string }> {
    const { name } = await this.#tariffs.get(tariffId);
    return { stream: Readable.from(this.#lines(tariffId)), fileName: `${name.replace(/[^A-Za-z0-9._-]+/g, '-')}.csv` };
  }

  async *#lines(tariffId: number): AsyncGenerator<string> {
    yield stringify([[...RATE_FIELDS]]);
    for (let after: RawRate | undefined; ; ) {
      const rows: RawRate[] = await this.#chunk(tariffId, after);
      if (rows.length > 0) yield stringify(rows.map((row) => RATE_FIELDS.map((field) => cells[field](row))));
      if (rows.length < CHUNK) return;
      after = rows[rows.length - 1];
    }
  }

  /** The rows after one, in the order of the index; the prefix comes out of the table, so it is digits. */
  #chunk(tariffId: number, after: RawRate | undefined): Promise<RawRate[]> {
    const since = after ? `AND ("prefix", "effectiveFrom") > ('${after.prefix}', ${Number(after.effectiveFrom)})` : '';
    return this.#reader.query<RawRate[]>(
      `SELECT "prefix", "name", "pricePerMinute", "connectFee", "firstIncrement", "nextIncrement", "minCharge", "freeSeconds", "graceSeconds",
        "blocked", "effectiveFrom" FROM "rates" WHERE "tariffId" = ${tariffId} ${since} ORDER BY "prefix", "effectiveFrom" LIMIT ${CHUNK}`,
    );
  }
}
