import { z } from 'zod';
import { idParam, timeText } from '../../http/index.ts';
import { DECIMALS, RATE_FIELDS, SEPARATORS } from './import-types.ts';

export const importId = z.uuid();

const mode = z
  .enum(['merge', 'replace'])
  .describe('merge changes what the file names and keeps the rest; replace leaves exactly what is in the file');
const effectiveFrom = z.union([timeText, z.null()]).describe('In force from this time on, for rows that say nothing of it; null = always');
const separator = z.enum(SEPARATORS);
const decimal = z.enum(DECIMALS);
const field = z.enum(RATE_FIELDS).nullable();

/** The part `options` of the upload, JSON text. */
export const rateImportOptions = z
  .strictObject({
    tariffId: idParam.optional().describe('Default: the default tariff'),
    mode: mode.default('merge'),
    effectiveFrom: effectiveFrom.default(null),
    commitIfClean: z.boolean().default(false).describe('Commit without asking when no row is wrong'),
  })
  .meta({ id: 'RateImportOptions' });
export type RateImportOptions = z.output<typeof rateImportOptions>;

/** What a person changes of the guess; the file is read anew with it. */
export const rateImportMapping = z
  .strictObject({
    columns: z
      .array(z.strictObject({ index: z.int().min(0).max(199), field }))
      .max(200)
      .describe('Columns not named keep what they are taken for'),
    separator,
    decimal,
    headerRow: z.boolean(),
    mode,
    effectiveFrom,
    tariffId: z.int().min(1),
  })
  .partial()
  .meta({ id: 'RateImportMapping' });
export type RateImportMapping = z.output<typeof rateImportMapping>;

export const rateImportCommit = z
  .strictObject({ skipRejected: z.boolean().optional().describe('Commit the good rows although others are wrong; not in replace mode') })
  .meta({ id: 'RateImportCommit' });
export type RateImportCommit = z.output<typeof rateImportCommit>;

const faultGroups = z.array(
  z
    .object({
      cause: z.string(),
      count: z.int(),
      rows: z
        .array(z.object({ row: z.int(), column: z.string(), expected: z.string(), found: z.string() }))
        .describe('The first ones; row 1 is the first line of the file'),
    })
    .meta({ id: 'ImportFaults' }),
);

export const IMPORT_STATES = ['reading', 'mapping', 'checking', 'ready', 'committing', 'done', 'failed', 'cancelled'] as const;

export const rateImport = z
  .object({
    id: importId,
    state: z.enum(IMPORT_STATES),
    fileName: z.string(),
    tariffId: z.int(),
    progress: z.number().min(0).max(1),
    columns: z
      .array(z.object({ index: z.int(), name: z.string(), sample: z.array(z.string()), field }).meta({ id: 'ImportColumn' }))
      .describe('The guess, or what was set'),
    options: z.object({ separator, decimal, headerRow: z.boolean(), mode, effectiveFrom: timeText.nullable() }),
    counts: z
      .object({
        rows: z.int(),
        create: z.int(),
        update: z.int(),
        skip: z.int(),
        delete: z.int(),
        errors: z.int().describe('Rejected rows'),
        warnings: z.int(),
      })
      .nullable()
      .describe('What a commit would do; when done, what it did'),
    errors: faultGroups,
    warnings: faultGroups,
    error: z.object({ code: z.string(), message: z.string() }).nullable().describe('Why it failed'),
    createdAt: timeText,
  })
  .meta({ id: 'RateImport' });
export type RateImportDto = z.infer<typeof rateImport>;
export const rateImportList = z.object({ items: z.array(rateImport) }).meta({ id: 'RateImportList' });
