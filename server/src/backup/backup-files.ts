import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { sync } from '../files/sync.ts';
import { integrityFault, SqliteFile } from './sqlite-file.ts';

export interface BackupFile {
  /** File name inside the backup folder. */
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

const pattern = /^dialtone-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})\.sqlite\.gz$/;

/** Backups in a folder, newest first. A file has its final name only when it is whole and checked. */
export async function listBackups(folder: string): Promise<BackupFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files: BackupFile[] = [];
  for (const name of names) {
    const createdAt = timeOfName(name);
    if (createdAt !== undefined) files.push({ name, createdAt, bytes: (await stat(join(folder, name))).size });
  }
  return files.sort((a, b) => b.createdAt - a.createdAt);
}

/**
 * Copies a database that is in use, checks the copy, and files it compressed.
 * @throws Error when the disk is too full or the copy is damaged; nothing is left behind then
 */
export async function makeBackup(database: string, folder: string, now = new Date()): Promise<BackupFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await requireSpace(database, folder);
  const name = `dialtone-${stamp(now)}.sqlite.gz`;
  const copy = join(folder, `.${name}.${process.pid}.copy`);
  const packed = join(folder, `.${name}.${process.pid}.part`);
  try {
    // VACUUM INTO reads one snapshot of the write-ahead log: writers go on meanwhile, and the copy is complete in itself.
    const source = await SqliteFile.open(database, 'read');
    try {
      await source.all('VACUUM INTO ?', [copy]);
    } finally {
      await source.close();
    }
    await chmod(copy, 0o600);
    const fault = await integrityFault(copy);
    if (fault) throw new Error(`The copy of the database is damaged: ${fault}`);
    await pipeline(createReadStream(copy), createGzip({ level: 6 }), createWriteStream(packed, { mode: 0o600 }));
    await sync(packed);
    await rename(packed, join(folder, name));
    await sync(folder);
    return { name, createdAt: Math.floor(now.getTime() / 1000) * 1000, bytes: (await stat(join(folder, name))).size };
  } finally {
    await rm(copy, { force: true });
    await rm(`${copy}-journal`, { force: true });
    await rm(packed, { force: true });
  }
}

/** Removes all but the `keep` newest, and what a crashed run left behind. @returns names removed */
export async function pruneBackups(folder: string, keep: number): Promise<string[]> {
  const old = (await listBackups(folder)).slice(keep).map((file) => file.name);
  const leftovers = (await readdir(folder)).filter((name) => /^\.dialtone-.*\.(copy|part|copy-journal)$/.test(name));
  for (const name of [...old, ...leftovers]) await rm(join(folder, name), { force: true });
  return old;
}

/** Unpacks a backup (or takes a plain SQLite file) to a path, and flushes it to disk. */
export async function unpack(file: string, target: string): Promise<void> {
  const from = createReadStream(file);
  const to = createWriteStream(target, { mode: 0o600 });
  if (file.endsWith('.gz')) await pipeline(from, createGunzip(), to);
  else await pipeline(from, to);
  await sync(target);
}

export const stamp = (at: Date): string =>
  at
    .toISOString()
    .slice(0, 19)
    .replace('T', '-')
    .replace(/:/g, '')
    .replace(/^(\d{4})-(\d{2})-/, '$1$2');

function timeOfName(name: string): number | undefined {
  const parts = pattern.exec(name);
  if (!parts) return undefined;
  const [, y, mo, d, h, mi, s] = parts.map(Number);
  return Date.UTC(y as number, (mo as number) - 1, d as number, h as number, mi as number, s as number);
}

async function requireSpace(database: string, folder: string): Promise<void> {
  const { size } = await stat(database);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  // The copy and its packed form stand side by side for a moment.
  if (free < size * 1.6 + 10_000_000) {
    throw new Error(`Not enough room for a backup: ${megabytes(free)} MB free, about ${megabytes(size * 1.6 + 10_000_000)} MB needed`);
  }
}

export const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000);
