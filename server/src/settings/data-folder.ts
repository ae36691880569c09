import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentError } from './environment.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** One folder after the other: the recursive mkdir of Node never comes back where nothing can be made, as below /proc. */
async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    const above = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || above === folder) throw error;
    await make(above);
    await mkdir(folder, { mode: 0o700 });
  }
}

/**
 * The data folder, made when it is missing.
 * @param folder absolute path
 * @throws EnvironmentError when it cannot be made or written to
 */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await make(folder);
    // A path that ends in "/." is only there when it is a folder.
    await access(`${folder}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new EnvironmentError([
      `DIALTONE_DATA: ${folder} is no folder that Dialtone can write to (${codeOf(error)}); name another one, or give this user the right`,
    ]);
  }
}
