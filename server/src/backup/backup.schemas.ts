import { z } from 'zod';
import { timeText } from '../http/index.ts';
import { placeInput } from './plan/backup-plan.ts';
import { PASSPHRASE_MIN } from './plan/plan.service.ts';

/** Which list: this machine, or the place of the plan. */
export const where = z.enum(['here', 'place']);
export type Where = z.infer<typeof where>;
export const whereQuery = z.object({ where: where.default('here') });
export type WhereQuery = z.infer<typeof whereQuery>;

export const archiveParam = z.string().min(1).max(150);
export const restoreId = z.uuid();

export const archive = z
  .object({
    name: z.string(),
    bytes: z.int(),
    createdAt: timeText,
    version: z.string().nullable().describe('Version of Dialtone that made it; null when it was not made or read by this machine'),
    verifiedAt: timeText.nullable().describe('When it was last decrypted to its end'),
    fault: z.string().nullable(),
  })
  .meta({ id: 'BackupArchive' });
export const archiveList = z.object({ items: z.array(archive) }).meta({ id: 'BackupArchiveList' });

export const passphraseInput = z
  .strictObject({
    passphrase: z
      .string()
      .min(PASSPHRASE_MIN, { error: `At least ${PASSPHRASE_MIN} signs` })
      .max(500),
  })
  .meta({ id: 'BackupPassphraseInput' });
export type PassphraseInput = z.infer<typeof passphraseInput>;

export const recoveryKey = z
  .object({ id: z.string(), key: z.string().describe('Shown once'), group: z.int().describe('Which group must be typed again, from 1') })
  .meta({ id: 'RecoveryKey' });
export const recoveryKeyConfirm = z.strictObject({ id: z.uuid(), typed: z.string().max(20) }).meta({ id: 'RecoveryKeyConfirm' });
export type RecoveryKeyConfirm = z.infer<typeof recoveryKeyConfirm>;

export const placeBody = z.strictObject({ place: placeInput }).meta({ id: 'BackupPlaceTest' });
export type PlaceBody = z.infer<typeof placeBody>;
export const placeTest = z.object({ free: z.number().nullable(), milliseconds: z.int() }).meta({ id: 'BackupPlaceTestResult' });

export const hostKeyInput = z
  .strictObject({
    host: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9._:-]{1,253}$/, { error: 'Expected a host name or an address' }),
    port: z.int().min(1).max(65_535).default(22),
  })
  .meta({ id: 'HostKeyInput' });
export type HostKeyInput = z.infer<typeof hostKeyInput>;
export const hostKey = z.object({ hostKey: z.string() }).meta({ id: 'HostKey' });

export const stickList = z
  .object({
    kinds: z.array(z.enum(['here', 'folder', 'usb', 'sftp'])).describe('Places this machine can use'),
    items: z.array(z.object({ uuid: z.string(), label: z.string(), model: z.string(), size: z.number(), type: z.string() })),
  })
  .meta({ id: 'BackupStickList' });

/** Where a restore may take its file from: a place of a form, or the one of the plan. */
export const restoreSource = z.union([placeInput, z.strictObject({ kind: z.literal('plan') })]);
export type RestoreSource = z.infer<typeof restoreSource>;
export const restoreSourceBody = z.strictObject({ source: restoreSource }).meta({ id: 'RestoreSource' });
export type RestoreSourceBody = z.infer<typeof restoreSourceBody>;
export const restoreFetch = z.strictObject({ source: restoreSource, name: archiveParam }).meta({ id: 'RestoreFetch' });
export type RestoreFetch = z.infer<typeof restoreFetch>;
export const restoreOpen = z.strictObject({ passphrase: z.string().min(1).max(500) }).meta({ id: 'RestoreOpen' });
export type RestoreOpen = z.infer<typeof restoreOpen>;
export const restoreApply = z
  .strictObject({ confirm: z.string().max(40).describe('The word RESTORE'), network: z.boolean().default(false) })
  .meta({ id: 'RestoreApply' });
export type RestoreApply = z.infer<typeof restoreApply>;

export const restore = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['receiving', 'locked', 'opening', 'ready', 'applying', 'failed']),
    progress: z.number().nullable(),
    fault: z.object({ code: z.string(), message: z.string() }).nullable(),
    preview: z
      .object({
        version: z.string(),
        createdAt: timeText,
        hostname: z.string(),
        subscribers: z.int(),
        calls: z.int(),
        balance: z.string(),
        currency: z.string(),
        hasHostSettings: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'Restore' });
