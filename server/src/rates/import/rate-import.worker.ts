import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { stringify } from 'csv-stringify/sync';
import { FaultBook } from './fault-book.ts';
import { type Guess, guessFile } from './guess-columns.ts';
import type { ImportColumn, ImportCounts, ImportNews, ImportTask } from './import-types.ts';
import { type CellFault, RateRowReader, type StagedRate } from './rate-row.ts';
import { type Encoding, encodingOf, parseSample, readRows, readSample, UnreadableFile } from './read-csv.ts';
import { changedColumns } from './staging-sql.ts';
import { StagingWriter } from './staging-writer.ts';

/**
 * Reads an uploaded rate table away from the main thread: guesses how it is written, then checks every row, stages the good ones and
 * writes the bad ones down, and compares with what the tariff holds. Ends after `guess` when prefix or price was not recognised.
 */
const NEWS_EVERY_MS = 250;

const tell = (news: ImportNews): void => parentPort?.postMessage(news);

/** The rejected rows as they were, with why; separated as the file was, so that they can be mended and imported. */
class RejectedFile {
  readonly #stream;
  readonly #separator: string;

  constructor(file: string, separator: string) {
    this.#stream = createWriteStream(file);
    this.#separator = separator === ' ' ? ',' : separator;
  }

  async write(cells: readonly string[]): Promise<void> {
    if (!this.#stream.write(stringify([[...cells]], { delimiter: this.#separator }))) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'finish');
  }
}

async function guess(task: ImportTask, encoding: Encoding): Promise<Guess> {
  const sample = await readSample(task.upload, encoding);
  if (sample.trim() === '') throw new UnreadableFile('empty', 'The file is empty.');
  return guessFile(sample, (separator) => parseSample(sample, separator), task.dialect, task.fields);
}

class Check {
  readonly #task: ImportTask;
  readonly #columns: readonly ImportColumn[];
  readonly #reader: RateRowReader;
  readonly #errors = new FaultBook();
  readonly #warnings = new FaultBook();
  readonly #seen = new Map<string, number>();
  readonly #prefixName: string;
  #rows = 0;
  #rejected = 0;
  #repeated = 0;

  constructor(task: ImportTask, { dialect, columns }: Guess) {
    this.#task = task;
    this.#columns = columns;
    this.#reader = new RateRowReader(columns, dialect.decimal, task.effectiveFrom);
    this.#prefixName = columns.find((column) => column.field === 'prefix')?.name || 'prefix';
  }

  async run({ dialect }: Guess, encoding: Encoding): Promise<void> {
    await rm(this.#task.staging, { force: true });
    const rejected = new RejectedFile(this.#task.rejected, dialect.separator);
    await rejected.write([...this.#columns.map((column) => column.name || (column.field ?? `column ${column.index + 1}`)), 'reason']);
    const staging = await StagingWriter.create(this.#task.staging);
    const { size } = await stat(this.#task.upload);
    let read = 0;
    let told = performance.now();
    const rows = readRows(this.#task.upload, encoding, dialect.separator, (bytes) => {
      read += bytes;
    });
    for await (const { row, cells } of rows) {
      if (row === 1 && dialect.headerRow) continue;
      this.#rows++;
      const { rate, faults } = this.#reader.read(cells);
      if (rate) {
        this.#look(row, rate);
        await staging.add(rate);
      } else await rejected.write(this.#reject(row, cells, faults));
      if (this.#rows % 1000 !== 0 || performance.now() - told < NEWS_EVERY_MS) continue;
      told = performance.now();
      // The comparison that follows is the last twentieth.
      tell({ kind: 'progress', share: Math.min(0.95, (0.95 * read) / size) });
    }
    if (this.#rows === 0) throw new UnreadableFile('no-rows', 'There is no row below the heading.');
    await rejected.end();
    await staging.end();
    tell({ kind: 'checked', counts: await this.#count(staging), errors: this.#errors.groups(), warnings: this.#warnings.groups() });
    await staging.close();
  }

  /** Warnings: what is odd, but no fault. */
  #look(row: number, rate: StagedRate): void {
    const key = rate.effectiveFrom === 0 ? rate.prefix : `${rate.prefix} ${rate.effectiveFrom}`;
    const earlier = this.#seen.get(key);
    this.#seen.set(key, row);
    if (earlier !== undefined) {
      this.#repeated++;
      const expected = `each prefix once; row ${row} is taken, not row ${earlier}`;
      this.#warnings.add('duplicate-prefix', {
        row,
        column: this.#prefixName,
        expected,
        found: `${rate.prefix} in row ${earlier} and row ${row}`,
      });
    }
    if (rate.prefix.startsWith('0'))
      this.#warnings.add('prefix-starts-with-zero', {
        row,
        column: this.#prefixName,
        expected: 'a country code first: no E.164 number starts with 0',
        found: rate.prefix,
      });
  }

  #reject(row: number, cells: readonly string[], faults: readonly CellFault[]): string[] {
    this.#rejected++;
    for (const { cause, ...fault } of faults) this.#errors.add(cause, { row, ...fault });
    const reason = faults.map((fault) => `${fault.column}: expected ${fault.expected}, found ${fault.found}`).join('; ');
    return [...this.#columns.map((_, index) => cells[index] ?? ''), `Row ${row}, ${reason}`];
  }

  async #count(staging: StagingWriter): Promise<ImportCounts> {
    const changed = changedColumns(
      this.#task.mode,
      this.#columns.map((column) => column.field),
    );
    const { staged, matched, same, held } = await staging.compare(this.#task.database, this.#task.tariffId, changed);
    return {
      rows: this.#rows,
      create: staged - matched,
      update: matched - same,
      skip: same + this.#repeated,
      delete: this.#task.mode === 'replace' ? held - matched : 0,
      errors: this.#rejected,
      warnings: this.#warnings.total,
    };
  }
}

async function main(task: ImportTask): Promise<void> {
  try {
    const encoding = await encodingOf(task.upload);
    const guessed = await guess(task, encoding);
    tell({ kind: 'guess', ...guessed });
    if (guessed.complete) await new Check(task, guessed).run(guessed, encoding);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    tell({ kind: 'unreadable', code: error.code, message: error.message });
  }
}

await main(workerData as ImportTask);
