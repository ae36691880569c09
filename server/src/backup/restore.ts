import { access, copyFile, link, readFile, rename, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { migrations } from '../database/migrations/index.ts';
import { sync } from '../files/sync.ts';
import { stamp, unpack } from './backup-files.ts';
import { integrityFault, SqliteFile } from './sqlite-file.ts';

export interface RestoreResult {
  /** The backup that is now the database. */
  readonly restored: string;
  /** Where the database of before lies; null when there was none. */
  readonly keptOld: string | null;
  readonly subscribers: number;
}

/** Why a restore did not happen. The database is as it was. */
export class RestoreError extends Error {}

/**
 * Puts a backup in the place of the database, offline. The backup is unpacked and checked first; the database of before is kept beside it.
 * @param o.file a path, or the name of a backup in the data folder's `backups`
 * @throws RestoreError when the server runs, or the file is missing, damaged, no Dialtone database, or made by a newer version
 */
export async function restoreBackup(o: { dataDir: string; file: string; now?: Date }): Promise<RestoreResult> {
  const database = join(o.dataDir, 'dialtone.sqlite');
  await requireStopped(o.dataDir);
  const source = await find(o.dataDir, o.file);
  const fresh = `${database}.restoring`;
  await rm(fresh, { force: true });
  try {
    await unpack(source, fresh).catch((error: unknown) => {
      throw new RestoreError(`${o.file} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
    });
    const subscribers = await requireOurs(fresh, o.file);
    const keptOld = await setAside(database, o.now ?? new Date());
    await rename(fresh, database);
    await sync(o.dataDir);
    return { restored: source, keptOld, subscribers };
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${fresh}${suffix}`, { force: true });
  }
}

/** run.json names the process that has the database open; a file of a process that is gone does not count. @throws RestoreError */
export async function requireStopped(dataDir: string): Promise<void> {
  const text = await readFile(join(dataDir, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = pidOf(text);
  if (pid !== undefined && (await isDialtone(pid))) {
    throw new RestoreError(`Dialtone is running (process ${pid}). Stop it first, then restore.`);
  }
}

function pidOf(text: string): number | undefined {
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown };
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function isDialtone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // After a crash the number may belong to any other program by now; where the system tells us which, we look.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || /node|dialtone/i.test(command);
}

async function find(dataDir: string, file: string): Promise<string> {
  const candidates = isAbsolute(file) ? [file] : [resolve(file), join(dataDir, 'backups', file)];
  for (const path of candidates) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new RestoreError(`There is no file ${candidates.join(' or ')}.`);
}

/** @returns the number of subscribers in it */
async function requireOurs(path: string, name: string): Promise<number> {
  const fault = await integrityFault(path);
  if (fault) throw new RestoreError(`${name} is damaged: ${fault}`);
  const file = await SqliteFile.open(path, 'read');
  try {
    const tables = await file.all<{ name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('migrations', 'subscribers')`,
    );
    if (tables.length !== 2) throw new RestoreError(`${name} is no database of Dialtone.`);
    const known = new Set(migrations.map((migration) => new migration().name ?? migration.name));
    const applied = await file.all<{ name: string }>('SELECT name FROM migrations');
    const unknown = applied.find((row) => !known.has(row.name));
    if (unknown) throw new RestoreError(`${name} was made by a newer version of Dialtone (${unknown.name}). Update first, then restore.`);
    const rows = await file.all<{ count: number }>('SELECT COUNT(*) AS count FROM subscribers');
    return rows[0]?.count ?? 0;
  } finally {
    await file.close();
  }
}

/**
 * Gives the database of now a second name, under which it stays when the first one goes to the backup. It is not moved: after a power cut there is
 * always a database where it belongs, and an empty new one is never begun in its place.
 */
async function setAside(database: string, now: Date): Promise<string | null> {
  const kept = `${database}.before-restore-${stamp(now)}`;
  await foldLog(database);
  await rm(kept, { force: true });
  try {
    await link(database, kept);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // A file system without hard links.
    await copyFile(database, kept);
    await sync(kept);
  }
  // Only there when the log could not be folded in (a damaged database): it belongs to the old file and must not meet the new one.
  for (const suffix of ['-wal', '-shm']) await rename(`${database}${suffix}`, `${kept}${suffix}`).catch(() => undefined);
  return kept;
}

/** Folds the write-ahead log of a database that nobody has open into it. */
export async function foldLog(database: string): Promise<void> {
  try {
    const file = await SqliteFile.open(database, 'write');
    await file.all('PRAGMA wal_checkpoint(TRUNCATE)').finally(() => file.close());
  } catch {
    // No database, or a damaged one: it is moved aside as it is.
  }
}
