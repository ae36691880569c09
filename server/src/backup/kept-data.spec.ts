import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptSince, pruneKeptData } from './kept-data.ts';

describe('data of before a restore', () => {
  let dataDir: string;
  const now = Date.UTC(2026, 5, 30);
  const OWN = ['dialtone.sqlite', 'dialtone.sqlite-wal', 'tls', 'version.json', 'before-restore-notes.txt'];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dialtone-kept-'));
    for (const name of OWN) await writeFile(join(dataDir, name), '');
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const put = async (...names: string[]) => {
    for (const name of names) {
      if (name.startsWith('dialtone.')) await writeFile(join(dataDir, name), 'old');
      else await mkdir(join(dataDir, name, 'voicemail'), { recursive: true });
    }
  };
  const left = async () => (await readdir(dataDir)).filter((name) => !OWN.includes(name)).sort();

  it('is kept twice, a database together with its log', async () => {
    const log = 'dialtone.sqlite.before-restore-20260628-101112-wal';
    await put('before-restore-20260629-101112', 'dialtone.sqlite.before-restore-20260628-101112', log);
    await put('before-restore-20260620-101112', 'dialtone.sqlite.before-restore-20260619-101112');
    expect(await pruneKeptData(dataDir, now)).toEqual(['before-restore-20260620-101112', 'dialtone.sqlite.before-restore-20260619-101112']);
    expect(await left()).toEqual(['before-restore-20260629-101112', 'dialtone.sqlite.before-restore-20260628-101112', log]);
  });

  it('goes after a month', async () => {
    await put('before-restore-20260530-000001', 'before-restore-20260601-000000');
    expect(await pruneKeptData(dataDir, now)).toEqual(['before-restore-20260530-000001']);
    expect(await left()).toEqual(['before-restore-20260601-000000']);
  });

  it('is told from everything else by its name', async () => {
    expect(keptSince('before-restore-20260530-000001')).toBe(Date.UTC(2026, 4, 30, 0, 0, 1));
    for (const name of [...OWN, 'xbefore-restore-20260530-000001']) expect(keptSince(name)).toBeUndefined();
  });
});
