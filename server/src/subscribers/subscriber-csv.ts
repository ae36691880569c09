import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { emailField, lineText } from '../http/index.ts';
import { type Micros, micros, parseMoney } from '../money/money.ts';
import { groupNames, sipPassword, subscriberNumber } from './subscriber.schemas.ts';

/** One good row of the file. */
export interface ImportRow {
  /** Line of the table, the heading counted as 1. */
  readonly row: number;
  readonly number: string;
  readonly password: string;
  readonly balance: Micros;
  readonly email: string | null;
  readonly displayName: string;
  readonly language: 'en' | 'es';
  readonly groups: readonly string[];
  readonly maxCalls: number;
  readonly kind: 'prepaid' | 'postpaid';
  readonly creditLimit: Micros;
  readonly dailyCap: Micros | null;
  readonly callerId: string | null;
}

export interface RowError {
  readonly row: number;
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

export interface ParsedSubscribers {
  readonly rows: ImportRow[];
  readonly errors: RowError[];
  /** Rows in the file, good and bad, without the heading. */
  readonly count: number;
}

type Column =
  | 'number'
  | 'password'
  | 'balance'
  | 'email'
  | 'name'
  | 'language'
  | 'groups'
  | 'maxcalls'
  | 'kind'
  | 'creditlimit'
  | 'dailycap'
  | 'callerid';

const aliases: Readonly<Record<string, Column>> = {
  username: 'number',
  extension: 'number',
  sippassword: 'password',
  displayname: 'name',
  acl: 'groups',
  mail: 'email',
};
const known: ReadonlySet<string> = new Set<Column>([
  'number',
  'password',
  'balance',
  'email',
  'name',
  'language',
  'groups',
  'maxcalls',
  'kind',
  'creditlimit',
  'dailycap',
  'callerid',
]);
const positional: Column[] = ['number', 'password', 'balance'];

/** A cell's reader: what it gives for a good text, and what it wants to see. */
interface Cell<T> {
  read(text: string): T | undefined;
  readonly expected: string;
}

const zodCell = <T>(schema: z.ZodType<T>, expected: string): Cell<T> => ({
  expected,
  read: (text) => {
    const result = schema.safeParse(text);
    return result.success ? result.data : undefined;
  },
});

const money: Cell<Micros> = { expected: 'an amount such as 12.50', read: (text) => parseMoney(decimalPoint(text)) };
const positive: Cell<Micros> = {
  expected: 'an amount of zero or more',
  read: (text) => {
    const amount = parseMoney(decimalPoint(text));
    return amount === undefined || amount < 0 ? undefined : amount;
  },
};
const cells = {
  number: zodCell(subscriberNumber, 'digits or letters, not starting with 00'),
  password: zodCell(sipPassword, '1 to 128 ASCII signs without blanks'),
  balance: money,
  email: zodCell(emailField, 'an e-mail address'),
  name: zodCell(lineText(120, 0), 'one line of at most 120 signs'),
  language: zodCell(z.enum(['en', 'es']), 'en or es'),
  groups: {
    expected: `any of ${groupNames.join(' ')}, separated by blanks`,
    read: (text: string) => {
      const names = [...new Set(text.split(/[\s;|]+/).filter(Boolean))].sort();
      return names.every((name) => (groupNames as readonly string[]).includes(name)) ? names : undefined;
    },
  } satisfies Cell<string[]>,
  maxcalls: zodCell(z.coerce.number().int().min(1).max(10_000), 'a whole number from 1'),
  kind: zodCell(z.enum(['prepaid', 'postpaid']), 'prepaid or postpaid'),
  creditlimit: positive,
  dailycap: positive,
  callerid: zodCell(z.string().regex(/^[0-9]{3,15}$/), '3 to 15 digits'),
};

/**
 * Reads a table of subscribers: `number,password,balance` and optional other columns named in a heading. Separator (comma, semicolon,
 * tab), BOM and decimal comma are recognised. Every fault is told with row, column, expected and found; a number that comes twice names
 * both rows.
 */
export async function parseSubscribers(csv: string): Promise<ParsedSubscribers> {
  const rows: ImportRow[] = [];
  const errors: RowError[] = [];
  const firstSeen = new Map<string, number>();
  let columns: (Column | undefined)[] | undefined;
  let count = 0;
  let line = 0;
  const parser = Readable.from(pieces(csv)).pipe(
    parse({
      bom: true,
      delimiter: separatorOf(csv),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
    }),
  );
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      line++;
      // Streams run on in the same turn of the event loop as long as there is data: calls must not wait for that.
      if (line % 500 === 0) await new Promise(setImmediate);
      if (!columns) {
        columns = heading(record, errors);
        if (columns !== positional) continue;
      }
      count++;
      // With a heading that is wrong every row would be wrong too.
      if (errors[0]?.row === 1 && columns !== positional) continue;
      const row = readRow(record, columns, line, errors);
      if (!row) continue;
      const earlier = firstSeen.get(row.number);
      if (earlier !== undefined) {
        errors.push({ row: line, column: 'number', expected: `a number of its own`, found: `${row.number}, which row ${earlier} has too` });
        continue;
      }
      firstSeen.set(row.number, line);
      rows.push(row);
    }
  } catch (error) {
    errors.push({
      row: line + 1,
      column: '',
      expected: 'a readable CSV row',
      found: error instanceof Error ? error.message : String(error),
    });
  }
  if (count === 0 && errors.length === 0) errors.push({ row: 1, column: '', expected: 'at least one subscriber', found: 'nothing' });
  return { rows, errors, count };
}

function readRow(
  record: readonly string[],
  columns: readonly (Column | undefined)[],
  line: number,
  errors: RowError[],
): ImportRow | undefined {
  const before = errors.length;
  const text = (column: Column): string => {
    const index = columns.indexOf(column);
    return index < 0 ? '' : (record[index] ?? '');
  };
  const take = <T>(column: Column, cell: Cell<T>, fallback: T): T => {
    const found = text(column);
    if (found === '' && column !== 'number' && column !== 'password') return fallback;
    const value = cell.read(found);
    if (value !== undefined) return value;
    // A password that is not accepted must not come back on a screen.
    errors.push({
      row: line,
      column,
      expected: cell.expected,
      found: found === '' ? 'nothing' : column === 'password' ? '(hidden)' : found.slice(0, 80),
    });
    return fallback;
  };
  const row: ImportRow = {
    row: line,
    number: take('number', cells.number, ''),
    password: take('password', cells.password, ''),
    balance: take('balance', cells.balance, micros(0)),
    email: take<string | null>('email', cells.email, null),
    displayName: take('name', cells.name, ''),
    language: take('language', cells.language, 'en'),
    groups: take<readonly string[]>('groups', cells.groups, ['local', 'voicemail']),
    maxCalls: take('maxcalls', cells.maxcalls, 4),
    kind: take('kind', cells.kind, 'prepaid'),
    creditLimit: take('creditlimit', cells.creditlimit, micros(0)),
    dailyCap: take<Micros | null>('dailycap', cells.dailycap, null),
    callerId: take<string | null>('callerid', cells.callerid, null),
  };
  if (row.kind === 'prepaid' && row.creditLimit > 0) {
    errors.push({ row: line, column: 'creditlimit', expected: 'nothing: only postpaid accounts have a limit', found: text('creditlimit') });
  }
  if (row.balance < -row.creditLimit) {
    errors.push({ row: line, column: 'balance', expected: 'an amount not below what the account may owe', found: text('balance') });
  }
  return errors.length === before ? row : undefined;
}

/** The columns named by a heading; a first row that names none is data in the order number, password, balance. */
function heading(record: readonly string[], errors: RowError[]): (Column | undefined)[] {
  const names = record.map((name) => name.toLowerCase().replace(/[\s_-]/g, ''));
  const columns = names.map((name) => (known.has(name) ? (name as Column) : aliases[name]));
  if (columns.every((column) => column === undefined)) return positional;
  columns.forEach((column, index) => {
    const found = record[index] ?? '';
    if (!column) errors.push({ row: 1, column: found, expected: `one of ${[...known].join(', ')}`, found });
    else if (columns.indexOf(column) !== index) errors.push({ row: 1, column, expected: 'each column once', found });
  });
  for (const needed of ['number', 'password'] as const) {
    if (!columns.includes(needed)) errors.push({ row: 1, column: needed, expected: `a column ${needed}`, found: 'none' });
  }
  return columns;
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 32_768) yield text.slice(at, at + 32_768);
}

function separatorOf(csv: string): string {
  const end = csv.search(/[\r\n]/);
  const first = end < 0 ? csv : csv.slice(0, end);
  const counts = [',', ';', '\t'].map((sign) => ({ sign, count: first.split(sign).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}

const decimalPoint = (text: string): string => (text.includes('.') ? text : text.replace(',', '.'));
