import type { ColumnOptions } from 'typeorm';
import { type Micros, micros } from '../money/money.ts';

/** PostgreSQL hands bigint out as text; both engines give numbers through this. */
export const bigintNumber = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** A column of micro-units: `@Column(moneyColumn())`. */
export const moneyColumn = (options: ColumnOptions = {}): ColumnOptions => ({
  ...options,
  type: 'bigint',
  transformer: {
    to: (value: Micros | null | undefined) => value,
    from: (value: string | number | null) => (value === null ? null : micros(Number(value))),
  },
});

/** A column of epoch milliseconds: `@Column(timeColumn())`. */
export const timeColumn = (options: ColumnOptions = {}): ColumnOptions => ({ ...options, type: 'bigint', transformer: bigintNumber });
