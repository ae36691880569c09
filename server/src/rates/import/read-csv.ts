import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Options, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import type { Separator } from './import-types.ts';

/** The file as a whole cannot be read; `code` is stable, the message for a person. */
export class UnreadableFile extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const SAMPLE_BYTES = 64 * 1024;
const SAMPLE_LINES = 100;
const RECORD_BYTES = 32 * 1024;

/** A blank as separator means a list: its lines are taken whole and cut in three. */
const options = (separator: Separator): Options => ({
  bom: true,
  delimiter: separator === ' ' ? '\t' : separator,
  ...(separator === ' ' && { quote: null }),
  relax_column_count: true,
  relax_quotes: true,
  trim: true,
  max_record_size: RECORD_BYTES,
});

const listed = (line: string): string[] => {
  const match = /^(\S+)\s+(?:(.*\S)\s+)?(\S+)$/.exec(line);
  return match ? [match[1] ?? '', match[2] ?? '', match[3] ?? ''] : [line];
};
const cellsOf = (record: string[], separator: Separator): string[] => (separator === ' ' ? listed(record[0] ?? '') : record);

/** UTF-8 with or without BOM and UTF-16 with one are known by themselves; bytes that are neither are what old spreadsheets write. */
export async function encodingOf(file: string): Promise<Encoding> {
  const head = await firstBytes(file, 4);
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head.toString('latin1') === 'PK\u0003\u0004')
    throw new UnreadableFile('spreadsheet', 'This is a spreadsheet file, not a CSV file. Save the table as CSV and import that.');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) decoder.decode(chunk as Buffer, { stream: true });
    decoder.decode();
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

async function firstBytes(file: string, count: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The first whole lines, without a BOM. */
export async function readSample(file: string, encoding: Encoding): Promise<string> {
  const head = await firstBytes(file, SAMPLE_BYTES);
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  if (text.includes('\u0000')) throw new UnreadableFile('not-text', 'This is not a text file. Save the table as CSV and import that.');
  const whole = head.length < SAMPLE_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1) || text;
  return whole
    .split(/(?<=\n)/)
    .slice(0, SAMPLE_LINES)
    .join('');
}

/** Rows of a sample. A quote that is still open where the sample ends costs that row only. */
export function parseSample(sample: string, separator: Separator): string[][] {
  const records: string[][] = [];
  try {
    parseNow(sample, {
      ...options(separator),
      on_record: (record: string[]) => {
        records.push(cellsOf(record, separator));
        return record;
      },
    });
  } catch {
    // What was read before the fault is sample enough; a real fault shows when the whole file is read.
  }
  return records;
}

/**
 * The rows of a file as they stream in, cells trimmed, row numbers as a spreadsheet counts; empty rows count, but are not handed out.
 * @param onBytes told how much has been read
 * @throws {UnreadableFile} such as a quote that is never closed
 */
export async function* readRows(
  file: string,
  encoding: Encoding,
  separator: Separator,
  onBytes: (count: number) => void,
): AsyncGenerator<{ row: number; cells: string[] }> {
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
  async function* text() {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
      const bytes = chunk as Buffer;
      onBytes(bytes.length);
      yield decoder ? decoder.decode(bytes, { stream: true }) : bytes;
    }
  }
  const source = Readable.from(text());
  const parser = source.pipe(parse(options(separator)));
  source.on('error', (error) => parser.destroy(error));
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row++;
      if (record.some((cell) => cell !== '')) yield { row, cells: cellsOf(record, separator) };
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('CSV_')) throw error;
    const why = code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quotation mark is never closed' : (error as Error).message;
    throw new UnreadableFile('csv-syntax', `After row ${row} the file cannot be read: ${why}.`);
  } finally {
    source.destroy();
  }
}
