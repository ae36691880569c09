/** What the worker of an import and the service exchange. No framework here: the worker imports it. */

/** Columns an import takes and an export gives, in this order. */
export const RATE_FIELDS = [
  'prefix',
  'name',
  'price',
  'connect_fee',
  'first_increment',
  'next_increment',
  'min_charge',
  'free_seconds',
  'grace_seconds',
  'blocked',
  'effective_from',
] as const;
export type RateField = (typeof RATE_FIELDS)[number];

/** The blank separates only lists such as `54 Argentina 0.03942`: the first word is the prefix, the last the price. */
export const SEPARATORS = [',', ';', '\t', ' '] as const;
export type Separator = (typeof SEPARATORS)[number];
export const DECIMALS = ['.', ','] as const;
export type Decimal = (typeof DECIMALS)[number];

/** How a file is written. */
export interface Dialect {
  readonly separator: Separator;
  readonly decimal: Decimal;
  /** The first row names the columns. */
  readonly headerRow: boolean;
}

export interface ImportColumn {
  readonly index: number;
  /** From the first row; empty in a file without names. */
  readonly name: string;
  /** The first cells of it. */
  readonly sample: readonly string[];
  /** What it is taken for; null = left out. */
  readonly field: RateField | null;
}

export const FAULT_CAUSES = [
  'prefix-missing',
  'prefix-not-digits',
  'prefix-too-long',
  'price-missing',
  'not-a-price',
  'price-too-high',
  'price-too-fine',
  'not-seconds',
  'not-yes-or-no',
  'not-a-date',
  'name-too-long',
  'name-unprintable',
] as const;
export const WARNING_CAUSES = ['duplicate-prefix', 'prefix-starts-with-zero'] as const;
export type FaultCause = (typeof FAULT_CAUSES)[number];
export type WarningCause = (typeof WARNING_CAUSES)[number];

/** One thing wrong: the row as a spreadsheet counts (the first line of the file is row 1), what was expected, what stood there. */
export interface RowFault {
  readonly row: number;
  /** The name in the file's heading, else the field it is taken for. */
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

export interface FaultGroup<C extends string = string> {
  readonly cause: C;
  readonly count: number;
  /** The first ones. */
  readonly rows: readonly RowFault[];
}

/** rows = create + update + skip + errors. */
export interface ImportCounts {
  /** Rows with something in them, without the heading. */
  readonly rows: number;
  readonly create: number;
  readonly update: number;
  /** Rows that say what the tariff says already, or that a later row of the file replaces. */
  readonly skip: number;
  /** Rates that are not in the file; only in replace mode. */
  readonly delete: number;
  /** Rejected rows. */
  readonly errors: number;
  readonly warnings: number;
}

export interface ImportTask {
  readonly upload: string;
  /** Good rows go into this SQLite file, one row of table `staged` each. */
  readonly staging: string;
  /** Rejected rows go into this CSV file. */
  readonly rejected: string;
  /** The SQLite file of the house, opened for reading only. */
  readonly database: string;
  readonly tariffId: number;
  readonly mode: 'merge' | 'replace';
  /** Epoch ms for rows that say nothing of it; 0 = always. */
  readonly effectiveFrom: number;
  /** What the person has set; the rest is guessed. */
  readonly dialect: Partial<Dialect>;
  /** A field a column, or null to guess. */
  readonly fields: readonly (RateField | null)[] | null;
}

export type ImportNews =
  | { readonly kind: 'guess'; readonly dialect: Dialect; readonly columns: readonly ImportColumn[]; readonly complete: boolean }
  | { readonly kind: 'progress'; readonly share: number }
  | {
      readonly kind: 'checked';
      readonly counts: ImportCounts;
      readonly errors: readonly FaultGroup[];
      readonly warnings: readonly FaultGroup[];
    }
  /** The file as a whole cannot be read. */
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };
