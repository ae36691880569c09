import { createHash, type Hash } from 'node:crypto';
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';

/** SHA-256 of a file of any size, as hexadecimal digits. */
export function sha256File(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) hash.update(buffer.subarray(0, size));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** Relative paths of everything below a folder but the folders themselves, sorted by bytes. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort(byBytes);
}

/** The order of `LC_ALL=C sort`. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const project = join(import.meta.dirname, '..', '..');

/**
 * One digest over names (from the top of the project: a checkout elsewhere has the same), contents, link targets and the executable bit of
 * files and folders; what is not there counts as such.
 */
export function digestOf(paths: string[], ignored?: RegExp): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const state = lstatSync(path, { throwIfNoEntry: false });
    if (state === undefined) {
      hash.update(`${relative(project, path)} is not there\0`);
      continue;
    }
    const files = state.isDirectory() ? filesBelow(path).map((file) => join(path, file)) : [path];
    for (const file of files) if (!ignored?.test(file)) addFile(hash, file);
  }
  return hash.digest('hex');
}

function addFile(hash: Hash, file: string): void {
  const state = lstatSync(file);
  const content = state.isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
  hash
    .update(`${relative(project, file)}\0${state.isSymbolicLink() ? 'link' : state.mode & 0o100}\0`)
    .update(content)
    .update('\0');
}
