import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { CallRow } from './cdr.schemas.ts';

const columns = [
  'startedAt',
  'answeredAt',
  'endedAt',
  'direction',
  'from',
  'fromName',
  'dialled',
  'destination',
  'toName',
  'gatewayName',
  'talkSeconds',
  'billedSeconds',
  'cost',
  'status',
  'reason',
  'endedBy',
  'missed',
] as const satisfies readonly (keyof CallRow)[];

/** Calls as a CSV file, written while they are read. */
export function callsCsv(pieces: AsyncIterable<CallRow[]>): Readable {
  async function* lines() {
    yield `${columns.join(',')}\r\n`;
    for await (const rows of pieces) {
      // Names and numbers come from strangers: a cell that begins like a formula must not be run by a spreadsheet.
      yield stringify(rows, { columns: [...columns], record_delimiter: 'windows', escape_formulas: true, cast: { boolean: String } });
    }
  }
  return Readable.from(lines(), { objectMode: false });
}
