import { join } from 'node:path';
import { compare } from 'semver';
import { z } from 'zod';
import { readPrivate, writePrivate } from '../files/private-file.ts';

const rowCounts = z.object({ calls: z.int(), ledgerEntries: z.int(), subscribers: z.int() });
/** How much a database holds: what an undo would throw away is told by two of these. */
export type RowCounts = z.infer<typeof rowCounts>;

const upgrade = z.object({
  from: z.string(),
  to: z.string(),
  /** ISO 8601 UTC. */
  at: z.string(),
  /** Name of the copy of the database of before, in `upgrades`. */
  copy: z.string(),
  /** What that copy holds. */
  held: rowCounts,
  /** The new version has started on the migrated data. */
  finished: z.boolean(),
});
export type Upgrade = z.infer<typeof upgrade>;

const dataVersion = z.object({
  /** The version of Dialtone that last ran on this data. */
  version: z.string(),
  upgrade: upgrade.nullable(),
  /** An administrator asked for the undo: it is done at the next start, before the database is opened. */
  undoRequested: z.boolean(),
  /** The version whose upgrade was undone: it does not take this data again until someone says so. */
  undone: z.string().nullable(),
});
/** `version.json` in the data folder: which version the data is of, and how it came there. */
export type DataVersion = z.infer<typeof dataVersion>;

const fileOf = (dataDir: string): string => join(dataDir, 'version.json');

/** @returns undefined when the data was never started by a version that writes the file. @throws Error when it cannot be understood */
export async function readDataVersion(dataDir: string): Promise<DataVersion | undefined> {
  const read = await readPrivate(fileOf(dataDir));
  return read === undefined ? undefined : dataVersion.parse(read);
}

export const writeDataVersion = (dataDir: string, value: DataVersion): Promise<void> => writePrivate(fileOf(dataDir), value);

/** @returns negative, zero or positive, as `a` is older than, the same as or newer than `b`; 1.0.0-rc.1 comes before 1.0.0 @throws TypeError for no version */
export const compareVersions = (a: string, b: string): number => compare(a, b);
