import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sync } from './sync.ts';

/** A JSON file that only this user reads. @returns undefined when there is none */
export async function readPrivate(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces it in one step: a power cut leaves the old one or the new one. */
export async function writePrivate(file: string, value: unknown): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  await sync(dirname(file));
}

export const removePrivate = (file: string): Promise<void> => rm(file, { force: true });
