import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readPrivate, removePrivate, writePrivate } from '../../files/private-file.ts';
import { sync } from '../../files/sync.ts';
import { writeDataVersion } from '../../upgrade/data-version.ts';
import { DATABASE, FOLDERS, HOST_SETTINGS, SETTINGS_FILES } from '../archive/manifest.ts';
import { stamp } from '../backup-files.ts';
import { PASSPHRASE_FILE } from '../plan/plan-store.ts';
import { foldLog } from '../restore.ts';
import { SqliteFile } from '../sqlite-file.ts';
import { databaseFault } from './inspect.ts';

/** Folder below the data folder where archives are unpacked. */
export const RESTORE_FOLDER = 'restore';
const PENDING = 'pending.json';
const DONE = 'restored.json';

const pendingRestore = z.object({
  /** Folder with the unpacked archive, relative to RESTORE_FOLDER. */
  folder: z.string().regex(/^[0-9a-f-]{36}$/),
  /** The archive it came from, and when that was made (ISO 8601). */
  name: z.string(),
  createdAt: z.string(),
  /** Version that made the archive: the data is of this version afterwards. */
  version: z.string(),
  /** Who asked for it. */
  by: z.string(),
  /** Put the network settings back too? */
  network: z.boolean(),
  /** Where the data of before goes; set when the moving has begun. */
  kept: z.string().nullable(),
});
export type PendingRestore = z.infer<typeof pendingRestore>;

/** What was restored at this start, for the audit and for the settings of the machine. */
export const finishedRestore = pendingRestore.extend({ kept: z.string(), hostSettings: z.string().nullable() });
export type FinishedRestore = z.infer<typeof finishedRestore>;

const restoreDir = (dataDir: string): string => join(dataDir, RESTORE_FOLDER);
const fileOf = (dataDir: string, name: string): string => join(restoreDir(dataDir), name);

/** Asks for a restore at the next start. */
export const requestRestore = (dataDir: string, request: Omit<PendingRestore, 'kept'>): Promise<void> =>
  writePrivate(fileOf(dataDir, PENDING), { ...request, kept: null });

/**
 * To be called before the database is opened, with nobody else on the data. Puts an unpacked archive in the place of the data; the data of before is
 * moved beside it. Each step is one rename and may be done twice: after a power cut the next start goes on where this one stopped.
 * @returns what was restored; undefined when nothing was asked for
 * @throws Error when the unpacked archive is not whole any more (the data is as it was, and the next start does not try again)
 */
export async function applyPendingRestore(o: { dataDir: string; now?: Date }): Promise<FinishedRestore | undefined> {
  const asked = await readPrivate(fileOf(o.dataDir, PENDING)).catch(() => ({}));
  if (asked === undefined) return undefined;
  const read = pendingRestore.safeParse(asked);
  if (!read.success) {
    await removePrivate(fileOf(o.dataDir, PENDING));
    throw new Error('The request for a restore cannot be understood. Nothing was changed; ask for the restore again.');
  }
  const pending = await begun(o, read.data);
  const from = join(restoreDir(o.dataDir), pending.folder);
  const kept = join(o.dataDir, pending.kept);
  await mkdir(kept, { recursive: true, mode: 0o700 });
  await foldLog(join(o.dataDir, 'dialtone.sqlite'));
  // The log of the old database must not meet the new one: it goes before the database comes.
  for (const suffix of ['-wal', '-shm']) await setAside(o.dataDir, kept, `dialtone.sqlite${suffix}`, from);
  await setAside(o.dataDir, kept, 'version.json', from);
  for (const folder of FOLDERS) await replace(join(from, folder), join(o.dataDir, folder), join(kept, folder));
  for (const name of SETTINGS_FILES) await replace(join(from, 'settings', name), join(o.dataDir, name), join(kept, name));
  // A machine that has a passphrase keeps it.
  if (!existsSync(join(o.dataDir, PASSPHRASE_FILE))) {
    await replace(join(from, PASSPHRASE_FILE), join(o.dataDir, PASSPHRASE_FILE), join(kept, PASSPHRASE_FILE));
  }
  await writeDataVersion(o.dataDir, { version: pending.version, upgrade: null, undoRequested: false, undone: null });
  await replace(join(from, DATABASE), join(o.dataDir, 'dialtone.sqlite'), join(kept, 'dialtone.sqlite'));
  await sync(o.dataDir);
  const machine = await readPrivate(join(from, HOST_SETTINGS)).catch(() => undefined);
  const finished: FinishedRestore = { ...pending, hostSettings: machine === undefined ? null : JSON.stringify(machine) };
  await writePrivate(fileOf(o.dataDir, DONE), finished);
  await removePrivate(fileOf(o.dataDir, PENDING));
  await rm(from, { recursive: true, force: true });
  return finished;
}

/** Before the first move the unpacked archive is looked at once more; from then on there is only forward. */
async function begun(o: { dataDir: string; now?: Date }, pending: PendingRestore): Promise<PendingRestore & { kept: string }> {
  if (pending.kept !== null) return { ...pending, kept: pending.kept };
  const from = join(restoreDir(o.dataDir), pending.folder);
  const fault = await databaseFault(join(from, DATABASE));
  if (fault !== undefined) {
    await removePrivate(fileOf(o.dataDir, PENDING));
    await rm(from, { recursive: true, force: true });
    throw new Error(`The restore of ${pending.name} was given up and nothing was changed: ${fault}`);
  }
  await endSessions(join(from, DATABASE));
  const marked = { ...pending, kept: `before-restore-${stamp(o.now ?? new Date())}` };
  await writePrivate(fileOf(o.dataDir, PENDING), marked);
  return marked;
}

/** Who was logged in when the backup was made may have been shut out since: everybody logs in again. */
async function endSessions(database: string): Promise<void> {
  const file = await SqliteFile.open(database, 'write');
  try {
    await file.all('DELETE FROM sessions');
  } finally {
    await file.close();
  }
}

/** While the unpacked file is still there, what stands in its place is of before. */
async function replace(fresh: string, current: string, kept: string): Promise<void> {
  if (!existsSync(fresh)) return;
  if (existsSync(current) && !existsSync(kept)) await rename(current, kept);
  await rename(fresh, current);
  await sync(dirname(current));
}

/** As long as the unpacked database is there, the file belongs to the old one. */
async function setAside(dataDir: string, kept: string, name: string, from: string): Promise<void> {
  if (!existsSync(join(from, DATABASE)) || existsSync(join(kept, name)) || !existsSync(join(dataDir, name))) return;
  await rename(join(dataDir, name), join(kept, name));
}

/** @returns what the start has restored; once, for it is forgotten then */
export async function takeFinishedRestore(dataDir: string): Promise<FinishedRestore | undefined> {
  const read = finishedRestore.safeParse(await readPrivate(fileOf(dataDir, DONE)).catch(() => undefined));
  await removePrivate(fileOf(dataDir, DONE));
  return read.success ? read.data : undefined;
}

/** Removes unpacked archives that nobody asked to restore. */
export async function clearRestoreFolder(dataDir: string): Promise<void> {
  const pending = pendingRestore.safeParse(await readPrivate(fileOf(dataDir, PENDING)).catch(() => undefined));
  const keep = [PENDING, DONE, ...(pending.success ? [pending.data.folder] : [])];
  for (const name of await readdir(restoreDir(dataDir)).catch(() => [])) {
    if (!keep.includes(name)) await rm(join(restoreDir(dataDir), name), { recursive: true, force: true });
  }
}
