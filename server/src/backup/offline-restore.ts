import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writePrivate } from '../files/private-file.ts';
import { VERSION } from '../settings/version.ts';
import { DATABASE } from './archive/manifest.ts';
import { runArchiveTask } from './archive/run-archive-task.ts';
import { PASSPHRASE_FILE } from './plan/plan-store.ts';
import { asPassphrase } from './plan/recovery-key.ts';
import { inspect, type Preview } from './restore/inspect.ts';
import { applyPendingRestore, RESTORE_FOLDER, requestRestore } from './restore/pending-restore.ts';
import { requireStopped } from './restore.ts';

export interface OfflineRestore {
  readonly preview: Preview;
  /** Folder below the data folder with the data of before. */
  readonly kept: string;
}

/**
 * Restores an archive on a data folder that no server uses. The settings of the machine follow at the next start.
 * @param o.network put the network settings back too
 * @throws RestoreError, ArchiveError; the data is then as it was
 */
export async function restoreArchive(o: { dataDir: string; file: string; passphrase: string; network: boolean }): Promise<OfflineRestore> {
  await requireStopped(o.dataDir);
  const passphrase = asPassphrase(o.passphrase);
  const folder = randomUUID();
  const unpacked = join(o.dataDir, RESTORE_FOLDER, folder);
  await mkdir(unpacked, { recursive: true, mode: 0o700 });
  let preview: Preview;
  try {
    const read = await runArchiveTask({ kind: 'extract', file: o.file, passphrase, folder: unpacked });
    preview = await inspect(join(unpacked, DATABASE), read.manifest, VERSION, read.entries);
    await writePrivate(join(unpacked, PASSPHRASE_FILE), { passphrase, kind: 'typed', since: new Date().toISOString() });
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true });
    throw error;
  }
  const { version, createdAt } = preview;
  await requestRestore(o.dataDir, { folder, name: basename(o.file), createdAt, version, by: 'command-line', network: o.network });
  const done = await applyPendingRestore({ dataDir: o.dataDir });
  if (!done) throw new Error('The restore was not carried out.');
  return { preview, kept: done.kept };
}
