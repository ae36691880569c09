import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { sync } from '../../files/sync.ts';
import { megabytes } from '../backup-files.ts';
import { integrityFault } from '../sqlite-file.ts';
import { damaged, decryptWith } from './age.ts';
import { ArchiveError } from './archive-error.ts';
import type { ArchiveResult, ExtractTask, VerifyTask } from './archive-task.ts';
import { DATABASE, isExpectedEntry, MANIFEST, type Manifest, manifestSchema } from './manifest.ts';
import { Meter } from './meter.ts';

/** A manifest is a few kilobytes, mostly names of migrations. */
const MANIFEST_LIMIT = 1_000_000;
/** Never filled up by an archive that is unpacked. */
const SPACE_KEPT = 50_000_000;

/** Takes one entry and reads it to its end. */
type Taker = (name: string, bytes: number, content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Decrypts an archive to its last byte (which is where age proves that nothing is missing) and checks the database in it against the manifest.
 * @throws ArchiveError
 */
export function verifyArchive(task: VerifyTask, progress: (share: number) => void): Promise<ArchiveResult> {
  return readArchive(task.file, task.passphrase, progress, async (_name, _bytes, content) => {
    for await (const _ of content);
  });
}

/** As verifyArchive, and unpacks it into a folder that is there and empty. @throws ArchiveError */
export async function extractArchive(task: ExtractTask, progress: (share: number) => void): Promise<ArchiveResult> {
  const result = await readArchive(task.file, task.passphrase, progress, async (name, bytes, content) => {
    await requireSpace(task.folder, bytes);
    const path = join(task.folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await pipeline(content, createWriteStream(path, { mode: 0o600 }));
    await sync(path);
  });
  const fault = await integrityFault(join(task.folder, DATABASE));
  if (fault) throw new ArchiveError('archive-damaged', `The database in the file is damaged: ${fault}`);
  return result;
}

async function readArchive(file: string, passphrase: string, progress: (share: number) => void, take: Taker): Promise<ArchiveResult> {
  const total = (await stat(file)).size;
  const meter = new Meter((bytes) => progress(bytes / total));
  const tar = extract();
  const found = new Entries(take);
  // The types of tar-stream leave open what an entry yields.
  const walking = found.walk(tar as AsyncIterable<unknown> as AsyncIterable<TarEntry>);
  const reading = pipeline(createReadStream(file), meter.step, decryptWith(passphrase), createGunzip(), tar);
  const ends = await Promise.allSettled([reading, walking]);
  const faults = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown);
  if (faults.length > 0) throw faults.find((fault) => fault instanceof ArchiveError) ?? damaged(faults[0]);
  return { manifest: found.checked(), bytes: meter.bytes, sha256: meter.sha256, entries: found.names };
}

type TarEntry = AsyncIterable<Uint8Array> & { readonly header: Header; resume(): unknown };

/** Walks over the entries of an archive: the manifest first, then nothing but what belongs there, and the database as it was announced. */
class Entries {
  readonly names: string[] = [];
  readonly #take: Taker;
  #manifest: Manifest | undefined;
  #databaseHash: string | undefined;

  constructor(take: Taker) {
    this.#take = take;
  }

  async walk(entries: AsyncIterable<TarEntry>): Promise<void> {
    for await (const entry of entries) {
      const { name, size, type } = entry.header;
      if (type === 'directory') entry.resume();
      else if (type !== 'file' || !isExpectedEntry(name)) {
        throw new ArchiveError('no-archive', `The file holds something that belongs to no backup of Dialtone: ${name.slice(0, 100)}`);
      } else await this.#one(name, size, entry);
    }
  }

  checked(): Manifest {
    const manifest = this.#manifest;
    if (!manifest || this.#databaseHash === undefined) {
      throw new ArchiveError('no-archive', 'The file holds no database: it is no backup of Dialtone.');
    }
    if (this.#databaseHash !== manifest.database.sha256) {
      throw new ArchiveError('archive-damaged', 'The database in the file is not the one that was packed.');
    }
    return manifest;
  }

  async #one(name: string, size: number, entry: TarEntry): Promise<void> {
    this.names.push(name);
    if (name === MANIFEST) {
      this.#manifest = await readManifest(size, entry);
      return;
    }
    if (!this.#manifest) throw new ArchiveError('no-archive', 'The file does not begin with a manifest: it is no backup of Dialtone.');
    if (name !== DATABASE) return this.#take(name, size, entry);
    const meter = new Meter();
    await this.#take(name, size, meter.step(entry));
    this.#databaseHash = meter.sha256;
  }
}

async function readManifest(size: number, entry: TarEntry): Promise<Manifest> {
  if (size > MANIFEST_LIMIT) throw new ArchiveError('no-archive', 'The manifest of the file is too long.');
  const parts: Buffer[] = [];
  for await (const chunk of entry) parts.push(Buffer.from(chunk));
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new ArchiveError('no-archive', 'The manifest of the file cannot be read: it is no backup of Dialtone.');
  }
  const read = manifestSchema.safeParse(json);
  if (read.success) return read.data;
  const newer = typeof json === 'object' && json !== null && 'format' in json && typeof json.format === 'number' && json.format > 1;
  if (newer) throw new ArchiveError('newer-version', 'The file was made by a newer version of Dialtone. Update first, then restore.');
  throw new ArchiveError('no-archive', 'The manifest of the file cannot be understood: it is no backup of Dialtone.');
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes + SPACE_KEPT) {
    throw new ArchiveError('disk-full', `Not enough room to unpack the file: ${megabytes(bavail * bsize)} MB free.`);
  }
}

/** @returns undefined when there is no such entry */
export const readUnpacked = (folder: string, name: string): Promise<string | undefined> =>
  readFile(join(folder, name), 'utf8').catch(() => undefined);
