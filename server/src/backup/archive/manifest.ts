import { z } from 'zod';

/** First entry of an archive: what is in it, and which version can read it. */
export const manifestSchema = z.object({
  product: z.literal('dialtone'),
  /** Layout of the archive; a new number when an older version could not understand it. */
  format: z.literal(1),
  /** Version that made it. */
  version: z.string(),
  /** ISO 8601 UTC. */
  createdAt: z.iso.datetime(),
  hostname: z.string(),
  /** The installation; null away from the appliance. */
  applianceId: z.string().nullable(),
  /** Migrations the database has had. */
  migrations: z.array(z.string()),
  counts: z.object({ subscribers: z.int(), calls: z.int(), ledgerEntries: z.int() }),
  database: z.object({ bytes: z.int(), sha256: z.string() }),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const MANIFEST = 'manifest.json';
export const DATABASE = 'database.sqlite';
export const HOST_SETTINGS = 'host.json';
/** Folders of the data folder that go along as they are, when they are there. */
export const FOLDERS = ['tls', 'voicemail', 'prompts', 'recordings'] as const;
/** Files of the data folder that go along, below `settings/`. */
export const SETTINGS_FILES = ['backup.json'] as const;

/** May an entry of this name be unpacked? Nothing else ever leaves an archive, whatever it says. */
export function isExpectedEntry(name: string): boolean {
  if ([MANIFEST, DATABASE, HOST_SETTINGS].includes(name)) return true;
  const parts = name.split('/');
  if (parts.length < 2 || parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) return false;
  const [top = '', second = ''] = parts;
  if (top === 'settings') return parts.length === 2 && (SETTINGS_FILES as readonly string[]).includes(second);
  return (FOLDERS as readonly string[]).includes(top);
}
