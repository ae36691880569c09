import type { Decimal, Dialect, ImportColumn, RateField, Separator } from './import-types.ts';

/** Names that rate tables give their columns, without blanks and signs, in English and Spanish. */
const NAMES: Readonly<Record<RateField, readonly string[]>> = {
  prefix: [
    'prefix',
    'code',
    'codes',
    'dialcode',
    'diallingcode',
    'dialingcode',
    'areacode',
    'destinationprefix',
    'digits',
    'prefijo',
    'codigo',
  ],
  name: ['name', 'destination', 'destinationname', 'country', 'description', 'zone', 'nombre', 'destino', 'descripcion', 'pais', 'zona'],
  price: [
    'price',
    'priceperminute',
    'pricemin',
    'rate',
    'rateperminute',
    'ratemin',
    'perminute',
    'sellrate',
    'cost',
    'precio',
    'precioporminuto',
    'tarifa',
    'costo',
    'coste',
  ],
  connect_fee: ['connect', 'connectfee', 'connectionfee', 'connectcharge', 'connectioncharge', 'setupfee', 'setup', 'establecimiento'],
  first_increment: ['firstincrement', 'initial', 'initialincrement', 'firstinterval', 'interval1', 'initialinterval', 'primerincremento'],
  next_increment: [
    'nextincrement',
    'increment',
    'subsequent',
    'subsequentincrement',
    'nextinterval',
    'intervaln',
    'billingincrement',
    'incremento',
  ],
  min_charge: ['mincharge', 'minimumcharge', 'cargominimo'],
  free_seconds: ['freeseconds', 'segundosgratis'],
  grace_seconds: ['graceseconds', 'graceperiod', 'grace', 'segundosdegracia'],
  blocked: ['blocked', 'block', 'forbidden', 'bloqueado'],
  effective_from: ['effectivefrom', 'effectivedate', 'effective', 'validfrom', 'startdate', 'desde', 'vigentedesde'],
};
const FIELD_OF = new Map<string, RateField>(
  Object.entries(NAMES).flatMap(([field, names]) => names.map((name): [string, RateField] => [name, field as RateField])),
);

const SAMPLE_CELLS = 5;
const PREFIX = /^\+?[0-9]{1,15}$/;
const AMOUNT = /^[0-9]+([.,][0-9]+)?$/;

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(usd|eur|gbp)$/, '');

/** The field that a column's name says, if any. */
export const fieldOfName = (name: string): RateField | undefined => FIELD_OF.get(plain(name));

/** Whether a first row names columns: it says a name we know, or nothing in it is a number. */
export function isHeading(row: readonly string[]): boolean {
  if (row.some((cell) => fieldOfName(cell) !== undefined)) return true;
  return !row.some((cell) => AMOUNT.test(cell) || PREFIX.test(cell));
}

/** The decimal sign of the amounts in the sample; a point unless commas prevail. */
export function guessDecimal(rows: readonly (readonly string[])[]): Decimal {
  let points = 0;
  let commas = 0;
  for (const cell of rows.flat()) {
    if (/^[0-9]+\.[0-9]+$/.test(cell)) points++;
    else if (/^[0-9]+,[0-9]+$/.test(cell)) commas++;
  }
  return commas > points ? ',' : '.';
}

/** What each column is taken for: by its name, and where prefix, price or name are still missing, by what stands in it. */
export function guessColumns(heading: readonly string[] | null, rows: readonly (readonly string[])[]): ImportColumn[] {
  const width = Math.max(heading?.length ?? 0, ...rows.map((row) => row.length), 0);
  const fields: (RateField | null)[] = Array(width).fill(null);
  const taken = new Set<RateField>();
  const take = (index: number, field: RateField | undefined) => {
    if (index < 0 || field === undefined || fields[index] !== null || taken.has(field)) return;
    fields[index] = field;
    taken.add(field);
  };
  heading?.forEach((name, index) => {
    take(index, fieldOfName(name));
  });
  const cells = fields.map((_, index) => rows.map((row) => row[index] ?? '').filter((cell) => cell !== ''));
  const free = (fits: (column: readonly string[]) => boolean) =>
    fields.findIndex((field, index) => field === null && (cells[index]?.length ?? 0) > 0 && fits(cells[index] ?? []));
  const mostly = (column: readonly string[], test: (cell: string) => boolean) => column.filter(test).length * 10 >= column.length * 8;
  if (!taken.has('prefix'))
    take(
      free((column) => mostly(column, (cell) => PREFIX.test(cell)) && new Set(column).size * 2 >= column.length),
      'prefix',
    );
  if (!taken.has('price')) {
    const broken = free((column) => mostly(column, (cell) => AMOUNT.test(cell)) && column.some((cell) => /[.,]/.test(cell)));
    take(broken >= 0 ? broken : free((column) => mostly(column, (cell) => AMOUNT.test(cell))), 'price');
  }
  if (!taken.has('name'))
    take(
      free((column) => mostly(column, (cell) => /\p{L}/u.test(cell))),
      'name',
    );
  return fields.map((field, index) => ({ index, name: heading?.[index] ?? '', sample: cells[index]?.slice(0, SAMPLE_CELLS) ?? [], field }));
}

/** Without a prefix and a price nothing can be imported. */
export const isComplete = (columns: readonly { field: RateField | null }[]): boolean =>
  columns.some((column) => column.field === 'prefix') && columns.some((column) => column.field === 'price');

/** `54 Argentina 0.03942`: the list of a manual or a mail. */
const LISTED = /^\s*\+?[0-9]{1,15}\s+(\S.*\s)?[0-9]+([.,][0-9]+)?\s*$/;

export interface Guess {
  readonly dialect: Dialect;
  readonly columns: ImportColumn[];
  readonly complete: boolean;
}

/**
 * How a file is written and what stands in it, from its first lines.
 * @param parse the sample as rows of trimmed cells, with that separator
 * @param set what a person has set already; never overridden
 */
export function guessFile(
  sample: string,
  parse: (separator: Separator) => string[][],
  set: Partial<Dialect>,
  fields: readonly (RateField | null)[] | null,
): Guess {
  const lines = sample.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const listed = lines.length > 0 && lines.every((line) => LISTED.test(line) && !/[;\t]/.test(line));
  const candidates: readonly Separator[] = set.separator ? [set.separator] : listed ? [' '] : [';', '\t', ','];
  let best: { guess: Guess; score: number } | undefined;
  for (const separator of candidates) {
    const rows = parse(separator).filter((row) => row.some((cell) => cell !== ''));
    const headerRow = set.headerRow ?? isHeading(rows[0] ?? []);
    const body = headerRow ? rows.slice(1) : rows;
    const decimal = set.decimal ?? guessDecimal(body);
    const guessed = guessColumns(headerRow ? (rows[0] ?? []) : null, body);
    const columns = fields ? guessed.map((column) => ({ ...column, field: fields[column.index] ?? null })) : guessed;
    const complete = isComplete(columns);
    const width = body[0]?.length ?? rows[0]?.length ?? 0;
    const even = body.filter((row) => row.length === width).length / Math.max(1, body.length);
    // Complete beats even beats wide; on a tie the earlier candidate stays: a comma may be a decimal sign.
    const score = (complete ? 1000 : 0) + (width > 1 ? even * 100 : 0) + Math.min(width, 90);
    if (!best || score > best.score) best = { guess: { dialect: { separator, decimal, headerRow }, columns, complete }, score };
  }
  if (!best) throw new Error('no separator to try');
  return best.guess;
}
