import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDataFolder } from './data-folder.ts';
import { EnvironmentError } from './environment.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the data folder', () => {
  it('is made with all above it, for nobody else to read', async () => {
    const path = join(folder, 'a/b');
    await makeDataFolder(path);
    await makeDataFolder(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  it('that cannot be there is named in words', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), join(folder, 'file/below'), '/proc/dialtone/data']) {
      const fault = await makeDataFolder(path).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(EnvironmentError);
      expect((fault as Error).message).toContain(`DIALTONE_DATA: ${path} is no folder`);
    }
  });
});
