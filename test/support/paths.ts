import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');
export const scenarios = join(root, 'test', 'sipp');

/** The Node that runs the product: the one that runs the tests. */
export const node = process.execPath;

/** A folder for what a failed test leaves behind; kept out of git. */
export function artifactFolder(name: string): string {
  const folder = join(root, 'test', 'artifacts', name.replaceAll(/[^A-Za-z0-9._-]+/g, '-'));
  mkdirSync(folder, { recursive: true });
  return folder;
}
