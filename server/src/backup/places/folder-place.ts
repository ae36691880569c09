import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sync } from '../../files/sync.ts';
import { Meter } from '../archive/meter.ts';
import { type OpenPlace, PlaceError, type StoredFile } from './open-place.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

function refusal(error: unknown, folder: string): Error {
  if (error instanceof PlaceError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new PlaceError('place-full', `There is no room left in ${folder}.`);
  if (code === 'ENOENT') return new PlaceError('no-such-file', `There is no such file or folder in ${folder}.`);
  if (code === 'EIO' || code === 'ENODEV')
    return new PlaceError('place-unreachable', `${folder} cannot be read or written; was it pulled out?`);
  return new PlaceError('place-not-writable', `${folder} cannot be used (${code || String(error)}).`);
}

/** A folder of this machine, or of a stick that is mounted. Files that lie in one of the other folders are found there too. */
export class FolderPlace implements OpenPlace {
  readonly #folder: string;
  readonly #also: readonly string[];
  readonly #onClose: () => Promise<void>;

  /** @param folder made when it is missing */
  constructor(folder: string, { also = [], onClose = async () => undefined }: { also?: string[]; onClose?: () => Promise<void> } = {}) {
    this.#folder = folder;
    this.#also = also;
    this.#onClose = onClose;
  }

  list(): Promise<StoredFile[]> {
    return this.#say(async () => {
      const found = new Map<string, StoredFile>();
      for (const folder of [this.#folder, ...this.#also]) {
        for (const entry of await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) {
          if (!entry.isFile() || found.has(entry.name)) continue;
          found.set(entry.name, { name: entry.name, bytes: (await stat(join(folder, entry.name))).size });
        }
      }
      return [...found.values()];
    });
  }

  put(file: string, name: string, progress: (bytes: number) => void): Promise<void> {
    return this.#say(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const part = join(this.#folder, `.${plain(name)}.part`);
      try {
        await pipeline(createReadStream(file), new Meter(progress).step, createWriteStream(part, { mode: 0o600 }));
        await sync(part);
        await rename(part, join(this.#folder, name));
        await sync(this.#folder);
      } finally {
        await rm(part, { force: true });
      }
    });
  }

  read(name: string): Promise<Readable> {
    return this.#say(async () => createReadStream(await this.#find(name)));
  }

  remove(name: string): Promise<void> {
    return this.#say(async () => rm(await this.#find(name)));
  }

  async free(): Promise<number | null> {
    const { bavail, bsize } = await statfs(this.#folder).catch(() => ({ bavail: -1, bsize: 1 }));
    return bavail < 0 ? null : bavail * bsize;
  }

  close(): Promise<void> {
    return this.#onClose();
  }

  async #find(name: string): Promise<string> {
    for (const folder of [this.#folder, ...this.#also]) {
      const path = join(folder, plain(name));
      const there = await access(path).then(
        () => true,
        () => false,
      );
      if (there) return path;
    }
    throw new PlaceError('no-such-file', `There is no file ${name} there any more.`);
  }

  async #say<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw refusal(error, this.#folder);
    }
  }
}

function plain(name: string): string {
  if (basename(name) !== name || name === '' || name === '.' || name === '..')
    throw new PlaceError('no-such-file', 'That is no file name.');
  return name;
}

function ignoreMissing(error: unknown): [] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}
