import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { RateImportDto } from '../../rates/import/rate-import.schemas.ts';
import type { LookupAnswer, TariffDto } from '../../rates/rate.schemas.ts';
import { type ApiClient, CommandError } from '../api-client.ts';
import { readInput, withServer } from '../context.ts';
import { facts } from '../output.ts';

const POLL_MS = 150;
const UNDER_WAY = new Set<RateImportDto['state']>(['reading', 'checking', 'committing']);

/** @throws {CommandError} when no tariff has the name */
async function tariffOf(api: ApiClient, name: string | undefined): Promise<TariffDto> {
  const { items } = await api.get<{ items: TariffDto[] }>('/tariffs');
  const found = items.find((tariff) => (name === undefined ? tariff.isDefault : tariff.name.toLowerCase() === name.toLowerCase()));
  if (found) return found;
  throw new CommandError(`No tariff ${name ?? ''}. There are: ${items.map((tariff) => tariff.name).join(', ')}`);
}

interface ImportOptions {
  tariff?: string;
  replace?: boolean;
  dryRun?: boolean;
  effectiveFrom?: string;
}

/** Epoch or words, to the ISO text of the API. @throws {CommandError} */
function timeOption(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CommandError(`--effective-from: expected a time such as 2026-12-01T00:00:00Z, found ${text}`);
  return new Date(at).toISOString();
}

async function settled(api: ApiClient, begun: RateImportDto): Promise<RateImportDto> {
  let now = begun;
  while (UNDER_WAY.has(now.state)) {
    await sleep(POLL_MS);
    now = await api.get<RateImportDto>(`/rate-imports/${begun.id}`);
  }
  return now;
}

function faultLines(groups: RateImportDto['errors']): string[] {
  return groups.flatMap((group) => [
    ...group.rows.map((fault) => `  row ${fault.row}, ${fault.column}: expected ${fault.expected}, found ${fault.found}`),
    ...(group.count > group.rows.length ? [`  ... and ${group.count - group.rows.length} more of this kind (${group.cause})`] : []),
  ]);
}

function importText(job: RateImportDto, tariff: TariffDto): string {
  const { counts } = job;
  if (!counts) return `${job.fileName}: ${job.state}`;
  // A connect fee that nobody reads is money: say what was left out.
  const unread = job.columns
    .filter((column) => column.field === null && column.sample.length > 0)
    .map((column) => column.name || `number ${column.index + 1}`);
  const what = `${counts.create} new, ${counts.update} changed, ${counts.skip} the same, ${counts.delete} deleted`;
  return [
    ...(unread.length > 0 ? [`Columns not read: ${unread.join(', ')}`] : []),
    ...(counts.warnings > 0 ? ['Warnings:', ...faultLines(job.warnings)] : []),
    ...(counts.errors > 0 ? ['Wrong rows:', ...faultLines(job.errors)] : []),
    job.state === 'done'
      ? `${counts.rows} rows imported into ${tariff.name}: ${what}.`
      : `${counts.rows} rows checked against ${tariff.name}: ${what}, ${counts.errors} wrong. Nothing was changed.`,
  ].join('\n');
}

/** Why an import did not do what was asked; undefined when it did. */
function importFault(job: RateImportDto, dryRun: boolean): string | undefined {
  if (job.error) return job.error.message;
  if (job.state === 'mapping')
    return 'Which columns are the prefix and the price was not recognised; name them prefix and price in a heading';
  const errors = job.counts?.errors ?? 0;
  if (errors > 0) return `${errors === 1 ? '1 row is' : `${errors} rows are`} wrong; nothing was changed`;
  return job.state === 'done' || dryRun ? undefined : `The import is ${job.state}`;
}

/** `dialtone rate ...` */
export function addRateCommands(program: Command): void {
  const rate = program.command('rate').description('rates: import, export, lookup');

  rate
    .command('import <file.csv>')
    .description('columns prefix,name,price and optional others, into the default tariff; all rows or none ("-" reads standard input)')
    .option('--tariff <name>', 'another tariff')
    .option('--replace', 'delete rates that are not in the file')
    .option('--effective-from <time>', 'the prices hold from this time on')
    .option('--dry-run', 'check the file only')
    .action(
      withServer(async ({ api, out }, file: string, options: ImportOptions) => {
        const tariff = await tariffOf(api, options.tariff);
        const begun = await api.upload<RateImportDto>(
          '/rate-imports',
          { name: file === '-' ? 'standard-input.csv' : basename(file), content: readInput(file) },
          {
            options: JSON.stringify({
              tariffId: tariff.id,
              mode: options.replace ? 'replace' : 'merge',
              ...(options.effectiveFrom !== undefined && { effectiveFrom: timeOption(options.effectiveFrom) }),
              commitIfClean: options.dryRun !== true,
            }),
          },
        );
        const job = await settled(api, begun);
        if (job.state !== 'done') await api.delete(`/rate-imports/${job.id}`);
        out.print(job, () => importText(job, tariff));
        const fault = importFault(job, options.dryRun === true);
        if (fault !== undefined) throw new CommandError(fault);
      }),
    );

  rate
    .command('export')
    .description('all rates of a tariff as the CSV that import takes')
    .option('--tariff <name>', 'another than the default tariff')
    .option('--out <file>', 'default: standard output')
    .action(
      withServer(async ({ api, out }, options: { tariff?: string; out?: string }) => {
        const tariff = await tariffOf(api, options.tariff);
        const csv = Readable.fromWeb((await api.download(`/tariffs/${tariff.id}/rates.csv`)) as WebStream<Uint8Array>);
        if (options.out === undefined) return pipeline(csv, process.stdout, { end: false });
        await pipeline(csv, createWriteStream(options.out));
        out.print({ tariff: tariff.name, file: options.out }, () => `${tariff.name} written to ${options.out}.`);
      }),
    );

  rate
    .command('lookup <number>')
    .description('what a call to a number costs, and why')
    .option('--tariff <name>', 'another than the default tariff')
    .option('--seconds <n>', 'length of the example')
    .action(
      withServer(async ({ api, out }, number: string, options: { tariff?: string; seconds?: string }) => {
        const tariff = options.tariff === undefined ? undefined : await tariffOf(api, options.tariff);
        const found = await api.get<LookupAnswer>('/rates/lookup', { number, tariffId: tariff?.id, seconds: options.seconds });
        out.print(found, () => lookupText(found));
        if (found.refusal !== null) throw new CommandError(`A call to ${number} is refused: ${found.refusal}`);
      }),
    );
}

const lookupText = ({ e164, tariff, rate, example }: LookupAnswer): string =>
  facts([
    ['Number', e164],
    ['Tariff', tariff],
    ['Prefix', rate?.prefix],
    ['Destination', rate?.name],
    ['Price a minute', rate?.pricePerMinute],
    ['Connect fee', rate?.connectFee],
    ['Increments', rate ? `${rate.firstIncrement}/${rate.nextIncrement} s` : null],
    ...(example ? [[`Cost of ${example.seconds} s`, example.cost] as const] : []),
  ]);
