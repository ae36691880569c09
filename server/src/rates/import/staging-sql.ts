import type { ImportTask, RateField } from './import-types.ts';
import { COLUMN_OF, type StagedRate } from './rate-row.ts';

/** Columns of the table `staged`, named as those of `rates`. */
export const STAGED_COLUMNS = [
  'prefix',
  'effectiveFrom',
  'name',
  'pricePerMinute',
  'connectFee',
  'firstIncrement',
  'nextIncrement',
  'minCharge',
  'freeSeconds',
  'graceSeconds',
  'blocked',
] as const satisfies readonly (keyof StagedRate)[];

/** In key order: the commit then fills the index of `rates` from left to right. A repeated prefix replaces the row before it. */
export const CREATE_STAGED = `CREATE TABLE "staged" ("prefix" TEXT NOT NULL, "effectiveFrom" INTEGER NOT NULL, "name" TEXT NOT NULL,
  "pricePerMinute" INTEGER NOT NULL, "connectFee" INTEGER NOT NULL, "firstIncrement" INTEGER NOT NULL, "nextIncrement" INTEGER NOT NULL,
  "minCharge" INTEGER NOT NULL, "freeSeconds" INTEGER NOT NULL, "graceSeconds" INTEGER NOT NULL, "blocked" INTEGER NOT NULL,
  PRIMARY KEY ("prefix", "effectiveFrom")) WITHOUT ROWID`;

export const quoted = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');

/** What an import changes of a rate that is there: a merge only what the file has columns for, a replacement everything. */
export function changedColumns(mode: ImportTask['mode'], fields: readonly (RateField | null)[]): (keyof StagedRate)[] {
  const mapped = new Set(fields.flatMap((field) => (field === null ? [] : [COLUMN_OF[field]])));
  return STAGED_COLUMNS.filter((column) => column !== 'prefix' && column !== 'effectiveFrom' && (mode === 'replace' || mapped.has(column)));
}

/** True where the two rows differ in one of the columns. */
export const differs = (a: string, b: string, columns: readonly string[]): string =>
  `(${columns.map((column) => `${a}."${column}" <> ${b}."${column}"`).join(' OR ')})`;
