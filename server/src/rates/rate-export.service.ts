import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { formatMoney, timeOf } from '../http/index.ts';
import { micros } from '../money/money.ts';
import { RATE_FIELDS, type RateField } from './import/import-types.ts';
import { COLUMN_OF } from './import/rate-row.ts';
import { type PackedValue, packedRates } from './packed-rows.ts';
import { TariffsService } from './tariffs.service.ts';

const money = (value: PackedValue): string => formatMoney(micros(Number(value)));
const text = (value: PackedValue): string => {
  const cell = String(value);
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

const CELLS: Readonly<Record<RateField, (value: PackedValue) => string>> = {
  prefix: String,
  name: text,
  price: money,
  connect_fee: money,
  first_increment: String,
  next_increment: String,
  min_charge: money,
  free_seconds: String,
  grace_seconds: String,
  blocked: (value) => (value ? 'yes' : 'no'),
  effective_from: (value) => (Number(value) === 0 ? '' : timeOf(Number(value))),
};
/** Prefix and effective-from are in every packed row, in front. */
const COLUMNS = RATE_FIELDS.filter((field) => field !== 'prefix' && field !== 'effective_from');

const line = ([prefix = '', effectiveFrom = 0, ...rest]: readonly PackedValue[]): string => {
  const cells = COLUMNS.map((field, index) => CELLS[field](rest[index] ?? ''));
  return `${CELLS.prefix(prefix)},${cells.join(',')},${CELLS.effective_from(effectiveFrom)}\n`;
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
    yield `${RATE_FIELDS.join(',')}\n`;
    const columns = COLUMNS.map((field) => COLUMN_OF[field]);
    for await (const rows of packedRates(this.#reader, tariffId, columns)) yield rows.map(line).join('');
  }
}
