/** One column of a printed table. */
export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string | number | boolean | null | undefined;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

const cell = (value: string | number | boolean | null | undefined): string => {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
};

/** Rows in aligned columns under their titles; `nothing` when there are none. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], nothing: string): string {
  if (rows.length === 0) return nothing;
  const cells = [columns.map((c) => c.title), ...rows.map((row) => columns.map((c) => cell(c.value(row))))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  return cells
    .map((line) =>
      line
        .map((text, i) => (columns[i]?.right ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name  value` lines. */
export function facts(pairs: readonly (readonly [string, string | number | boolean | null | undefined])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`).join('\n');
}

/** Prints what a command found: the JSON of the API with --json, else words for a person. */
export class Printer {
  readonly #json: boolean;
  readonly #write: (text: string) => void;
  constructor(options: { json: boolean; write?: (text: string) => void }) {
    this.#json = options.json;
    this.#write = options.write ?? ((text) => process.stdout.write(text));
  }

  print(data: unknown, words: () => string): void {
    this.#write(`${this.#json ? JSON.stringify(data, null, 2) : words()}\n`);
  }
}
