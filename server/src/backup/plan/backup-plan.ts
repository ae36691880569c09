import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { lineText } from '../../http/fields.ts';

/** Name of the file in the data folder (mode 600); it goes into the archives too. */
export const PLAN_FILE = 'backup.json';

const here = z.strictObject({ kind: z.literal('here') });
const folder = z.strictObject({
  kind: z.literal('folder'),
  path: z
    .string()
    .trim()
    .max(1000)
    .refine((path) => isAbsolute(path) && !path.includes('\0'), { error: 'Expected the whole path of a folder such as /mnt/backups' }),
});
const usb = z.strictObject({
  kind: z.literal('usb'),
  uuid: z.string().regex(/^[0-9A-Za-z-]{4,64}$/, { error: 'Choose a stick' }),
  /** What people call it: its label or model. */
  label: lineText(80, 0).default(''),
});
const sftpFields = {
  kind: z.literal('sftp'),
  host: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._:-]{1,253}$/, { error: 'Expected a host name or an address' }),
  port: z.int().min(1).max(65_535).default(22),
  user: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\s\p{Cc}]+$/u, { error: 'Expected a user name without blanks' }),
  /** Folder on the server, made when it is missing; empty: where the log-in ends up. */
  folder: z.string().trim().max(500).default(''),
  /** `SHA256:...` of the key the server showed when an administrator looked at it. */
  hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: 'Test the connection first, and look at the key of the server' }),
  auth: z.enum(['password', 'key']),
};
const storedSftp = z.strictObject({
  ...sftpFields,
  password: z.string().max(500).default(''),
  /** Private key in the format of OpenSSH or PEM. */
  privateKey: z.string().max(16_384).default(''),
  keyPassphrase: z.string().max(500).default(''),
});
// Left out, the secret that is stored is kept.
const sftpInput = z.strictObject({
  ...sftpFields,
  password: z.string().max(500).optional(),
  privateKey: z.string().max(16_384).optional(),
  keyPassphrase: z.string().max(500).optional(),
});

/** Where archives go, as it is kept. */
export const place = z.discriminatedUnion('kind', [here, folder, usb, storedSftp]);
export type Place = z.infer<typeof place>;

/** The data disk. */
export const HERE: Place = { kind: 'here' };
export type SftpPlace = z.infer<typeof storedSftp>;

export const placeInput = z.discriminatedUnion('kind', [here, folder, usb, sftpInput]).meta({ id: 'BackupPlaceInput' });
export type PlaceInput = z.infer<typeof placeInput>;

const schedule = z.strictObject({
  every: z.enum(['off', 'day', 'week']),
  hour: z.int().min(0).max(23),
  /** 0 is Sunday; counts when it is once a week. */
  weekday: z.int().min(0).max(6),
});
const common = { schedule, keep: z.int().min(1).max(365).describe('How many archives are kept at the place') };

export const backupPlan = z.strictObject({ ...common, place });
export type BackupPlan = z.infer<typeof backupPlan>;

export const planInput = z.strictObject({ ...common, place: placeInput }).meta({ id: 'BackupPlanInput' });
export type PlanInput = z.infer<typeof planInput>;

/** Each night to this machine: better places are for people to name. */
export const DEFAULT_PLAN: BackupPlan = { schedule: { every: 'day', hour: 3, weekday: 0 }, keep: 7, place: { kind: 'here' } };

/** The plan as pages see it: secrets left out, but it is told that there are some. */
export const planView = z
  .object({
    schedule,
    keep: z.int(),
    place: z.object({
      kind: z.enum(['here', 'folder', 'usb', 'sftp']),
      path: z.string().optional(),
      uuid: z.string().optional(),
      label: z.string().optional(),
      host: z.string().optional(),
      port: z.int().optional(),
      user: z.string().optional(),
      folder: z.string().optional(),
      hostKey: z.string().optional(),
      auth: z.enum(['password', 'key']).optional(),
      secretSet: z.boolean().optional(),
    }),
    passphrase: z
      .object({ kind: z.enum(['typed', 'recovery-key']), since: z.iso.datetime() })
      .nullable()
      .describe('Without a passphrase no archive is made'),
    kinds: z.array(z.enum(['here', 'folder', 'usb', 'sftp'])).describe('Places this machine can use'),
    running: z.boolean(),
    progress: z.object({ stage: z.enum(['packing', 'checking', 'copying']), share: z.number() }).nullable(),
  })
  .meta({ id: 'BackupPlan' });
export type PlanView = z.infer<typeof planView>;

export function viewOfPlace(p: Place): PlanView['place'] {
  if (p.kind !== 'sftp') return p;
  const { password, privateKey, keyPassphrase: _, ...open } = p;
  return { ...open, secretSet: (p.auth === 'password' ? password : privateKey) !== '' };
}

/** The place with the secrets that were left out taken from what is stored, if that is the same server and user. */
export function completed(input: PlaceInput, stored: Place): Place {
  if (input.kind !== 'sftp') return input;
  const same = stored.kind === 'sftp' && stored.host === input.host && stored.port === input.port && stored.user === input.user;
  const { password, privateKey, keyPassphrase } = same ? stored : { password: '', privateKey: '', keyPassphrase: '' };
  return {
    ...input,
    password: input.password ?? password,
    privateKey: input.privateKey ?? privateKey,
    // A new key comes with its own passphrase, or none.
    keyPassphrase: input.keyPassphrase ?? (input.privateKey === undefined ? keyPassphrase : ''),
  };
}

/** Cron expression; empty when it runs by hand only. */
export function cronOf({ schedule: { every, hour, weekday } }: BackupPlan): string {
  if (every === 'off') return '';
  return every === 'day' ? `0 ${hour} * * *` : `0 ${hour} * * ${weekday}`;
}

/** One text for each place, to remember what was checked where. */
export function keyOfPlace(p: Place): string {
  if (p.kind === 'folder') return `folder:${p.path}`;
  if (p.kind === 'usb') return `usb:${p.uuid}`;
  return p.kind === 'sftp' ? `sftp:${p.user}@${p.host}:${p.port}/${p.folder}` : 'here';
}
