import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { sync } from '../../files/sync.ts';
import { megabytes } from '../backup-files.ts';
import { integrityFault, SqliteFile } from '../sqlite-file.ts';
import { encryptTo } from './age.ts';
import type { ArchiveResult, MakeTask } from './archive-task.ts';
import { DATABASE, FOLDERS, HOST_SETTINGS, MANIFEST, type Manifest, SETTINGS_FILES } from './manifest.ts';
import { hashOf, Meter } from './meter.ts';

interface Source {
  /** Name in the archive. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Packs the data folder into one encrypted file: tar, gzip, age. The database is copied in one snapshot while the server writes to it, and the copy
 * checked. What goes wrong at any moment leaves nothing under the final name.
 * @throws Error when the disk is too full or the copy is damaged
 */
export async function writeArchive(task: MakeTask, progress: (share: number) => void): Promise<ArchiveResult> {
  const folder = dirname(task.target);
  const copy = `${task.target}.database`;
  const part = `${task.target}.part`;
  const others = await otherSources(task.dataDir);
  await requireSpace(task.databaseFile, others, folder);
  try {
    await copyDatabase(task.databaseFile, copy);
    const manifest = await describe(copy, task.about);
    const sources: Source[] = [{ name: DATABASE, path: copy, bytes: manifest.database.bytes }, ...others];
    const total = sources.reduce((sum, source) => sum + source.bytes, 0);
    const tar = pack();
    const meter = new Meter();
    const writing = pipeline(
      tar,
      createGzip({ level: 6 }),
      encryptTo(task.passphrase),
      meter.step,
      createWriteStream(part, { mode: 0o600 }),
    );
    const packing = packAll(tar, manifest, task.hostSettings, sources, (bytes) => progress(total === 0 ? 1 : bytes / total));
    await Promise.all([packing, writing]);
    await sync(part);
    await rename(part, task.target);
    await sync(folder);
    const entries = [MANIFEST, ...(task.hostSettings === null ? [] : [HOST_SETTINGS]), ...sources.map(({ name }) => name)];
    return { manifest, bytes: meter.bytes, sha256: meter.sha256, entries };
  } finally {
    for (const leftover of [copy, `${copy}-journal`, part]) await rm(leftover, { force: true });
  }
}

async function copyDatabase(database: string, copy: string): Promise<void> {
  await rm(copy, { force: true });
  const source = await SqliteFile.open(database, 'read');
  try {
    await source.all('VACUUM INTO ?', [copy]);
  } finally {
    await source.close();
  }
  const fault = await integrityFault(copy);
  if (fault) throw new Error(`The copy of the database is damaged: ${fault}`);
}

async function describe(copy: string, about: MakeTask['about']): Promise<Manifest> {
  const file = await SqliteFile.open(copy, 'read');
  try {
    const count = async (table: string) => (await file.all<{ count: number }>(`SELECT COUNT(*) AS count FROM "${table}"`))[0]?.count ?? 0;
    const migrations = (await file.all<{ name: string }>('SELECT name FROM migrations ORDER BY timestamp')).map((row) => row.name);
    const counts = { subscribers: await count('subscribers'), calls: await count('cdrs'), ledgerEntries: await count('ledger_entries') };
    const database = { bytes: (await stat(copy)).size, sha256: await hashOf(copy) };
    return { product: 'dialtone', format: 1, ...about, migrations, counts, database };
  } finally {
    await file.close();
  }
}

async function packAll(
  tar: Pack,
  manifest: Manifest,
  hostSettings: string | null,
  sources: readonly Source[],
  progress: (bytes: number) => void,
): Promise<void> {
  try {
    const mtime = new Date(manifest.createdAt);
    tar.entry({ name: MANIFEST, mode: 0o600, mtime }, `${JSON.stringify(manifest, null, 2)}\n`);
    if (hostSettings !== null) tar.entry({ name: HOST_SETTINGS, mode: 0o600, mtime }, hostSettings);
    let before = 0;
    for (const { name, path, bytes } of sources) {
      const header = { name, size: bytes, mode: 0o600, mtime };
      const meter = new Meter((passed) => progress(before + passed));
      // A file that grows meanwhile is cut at the size that was announced; one that shrinks makes the archive fail.
      if (bytes > 0) await pipeline(createReadStream(path, { end: bytes - 1 }), meter.step, tar.entry(header));
      else tar.entry(header, Buffer.alloc(0));
      before += bytes;
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** What goes along beside the database: keys, voicemail, prompts, own settings. Symbolic links and special files do not. */
async function otherSources(dataDir: string): Promise<Source[]> {
  const found: Source[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || entry.name.endsWith('.part')) continue;
      const path = join(entry.parentPath, entry.name);
      found.push({ name: path.slice(dataDir.length + 1), path, bytes: (await stat(path)).size });
    }
  }
  for (const name of SETTINGS_FILES) {
    const path = join(dataDir, name);
    const bytes = await readFile(path).then(
      (text) => text.length,
      () => undefined,
    );
    if (bytes !== undefined) found.push({ name: `settings/${name}`, path, bytes });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function requireSpace(database: string, others: readonly Source[], folder: string): Promise<void> {
  // The copy of the database and the archive stand side by side for a moment; voicemail hardly gets smaller.
  const needed = (await stat(database)).size * 1.6 + others.reduce((sum, source) => sum + source.bytes, 0) + 10_000_000;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed) {
    throw new Error(`Not enough room for a backup: ${megabytes(bavail * bsize)} MB free, about ${megabytes(needed)} MB needed`);
  }
}
