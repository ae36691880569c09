import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseOptions } from '../../database/database-options.ts';
import { UnitOfWork } from '../../database/unit-of-work.ts';
import { SqliteFile } from '../sqlite-file.ts';
import { archiveName, archivesAmong, readArchiveName, surplus } from './archive-name.ts';
import type { MakeTask } from './archive-task.ts';
import { isExpectedEntry } from './manifest.ts';
import { runArchiveTask } from './run-archive-task.ts';

const PASSPHRASE = 'cordwood lantern ferry';

let dataDir: string;
let target: string;
let uow: UnitOfWork;

const makeTask = (): MakeTask => ({
  kind: 'make',
  dataDir,
  databaseFile: join(dataDir, 'dialtone.sqlite'),
  target,
  passphrase: PASSPHRASE,
  about: { version: '1.2.3', createdAt: '2026-03-04T05:06:07.000Z', hostname: 'village', applianceId: null },
  hostSettings: '{"hostname":"village"}',
});

const failure = async (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dialtone-archive-'));
  target = join(dataDir, 'backups', 'dialtone-village-20260304-050607.tar.gz.age');
  await mkdir(join(dataDir, 'backups'));
  uow = await UnitOfWork.open(databaseOptions(join(dataDir, 'dialtone.sqlite')));
  await uow.write((m) => m.query(`INSERT INTO settings (key, value, "updatedAt") VALUES ('operatorName', '"Village"', 1)`));
  await mkdir(join(dataDir, 'tls', 'uploaded'), { recursive: true });
  await writeFile(join(dataDir, 'tls', 'uploaded', 'key.pem'), 'a key');
  await mkdir(join(dataDir, 'voicemail', '1001'), { recursive: true });
  await writeFile(join(dataDir, 'voicemail', '1001', '1.wav'), Buffer.alloc(300_000, 7));
  await writeFile(join(dataDir, 'voicemail', 'empty'), '');
  await symlink('/etc/passwd', join(dataDir, 'voicemail', 'link'));
  await writeFile(join(dataDir, 'backup.json'), '{}');
  await writeFile(join(dataDir, 'admin-token'), 'never');
});

afterEach(async () => {
  await uow.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('an archive', () => {
  it('holds the database, keys, voicemail and settings, whole, and nothing else; for its owner only', async () => {
    const shares: number[] = [];
    const made = await runArchiveTask(makeTask(), { progress: (share) => shares.push(share) });
    expect(made.entries).toEqual([
      'manifest.json',
      'host.json',
      'database.sqlite',
      'settings/backup.json',
      'tls/uploaded/key.pem',
      'voicemail/1001/1.wav',
      'voicemail/empty',
    ]);
    expect(made.manifest).toMatchObject({ version: '1.2.3', hostname: 'village', counts: { subscribers: 0 } });
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(dataDir, 'backups'))).toEqual(['dialtone-village-20260304-050607.tar.gz.age']);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);

    const verified = await runArchiveTask({ kind: 'verify', file: target, passphrase: PASSPHRASE });
    expect(verified).toEqual(made);

    const folder = join(dataDir, 'out');
    await mkdir(folder);
    await runArchiveTask({ kind: 'extract', file: target, passphrase: PASSPHRASE, folder });
    expect((await readFile(join(folder, 'voicemail', '1001', '1.wav'))).equals(Buffer.alloc(300_000, 7))).toBe(true);
    const database = await SqliteFile.open(join(folder, 'database.sqlite'), 'read');
    expect(await database.all(`SELECT value FROM settings WHERE key = 'operatorName'`)).toEqual([{ value: '"Village"' }]);
    await database.close();
  });

  it.skipIf(!existsSync('/usr/bin/age') && !existsSync('/usr/local/bin/age'))('opens with the commands age and tar', async () => {
    await runArchiveTask(makeTask());
    // age asks for the passphrase on a terminal only; script(1) is one.
    const age = spawnSync('script', ['-qec', `age -d -o '${dataDir}/clear.tar.gz' '${target}'`, '/dev/null'], {
      input: `${PASSPHRASE}\n`,
      encoding: 'utf8',
    });
    expect([age.status, age.stdout]).toEqual([0, expect.any(String)]);
    const names = execFileSync('tar', ['-tzf', join(dataDir, 'clear.tar.gz')], { encoding: 'utf8' });
    expect(names.split('\n')).toEqual(expect.arrayContaining(['manifest.json', 'database.sqlite', 'tls/uploaded/key.pem']));
  });

  it('says that a passphrase is wrong, and tells it from damage and from other files', async () => {
    await runArchiveTask(makeTask());
    const opened = (file: string, passphrase = PASSPHRASE) => failure(runArchiveTask({ kind: 'verify', file, passphrase }));
    expect(await opened(target, 'cordwood lantern fairy')).toMatchObject({ code: 'wrong-passphrase' });

    const bytes = await readFile(target);
    const other = join(dataDir, 'other');
    await writeFile(other, bytes.subarray(0, bytes.length - 1000));
    expect(await opened(other)).toMatchObject({ code: 'archive-damaged' });
    const flipped = Buffer.from(bytes);
    const middle = flipped.length >> 1;
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    await writeFile(other, flipped);
    expect(await opened(other)).toMatchObject({ code: 'archive-damaged' });
    await writeFile(other, 'number,password\n1001,x\n'.repeat(1000));
    expect(await opened(other)).toMatchObject({ code: 'no-archive' });
    await writeFile(other, '');
    expect((await opened(other)).code).toMatch(/no-archive|archive-damaged/);
    const greedy = Buffer.from(bytes.toString('latin1').replace(/ 15\n/, ' 20\n'), 'latin1');
    await writeFile(other, greedy);
    expect(await opened(other)).toMatchObject({ code: 'no-archive', message: expect.stringContaining('memory') });
  });

  it('leaves nothing under its final name when the work is broken off or fails', async () => {
    await writeFile(join(dataDir, 'voicemail', 'long.wav'), Buffer.alloc(60_000_000, 1));
    const stop = new AbortController();
    let seen = false;
    const broken = failure(
      runArchiveTask(makeTask(), {
        signal: stop.signal,
        progress: () => {
          seen = true;
          stop.abort();
        },
      }),
    );
    expect((await broken).message).toMatch(/broken off/);
    expect(seen).toBe(true);
    expect(existsSync(target)).toBe(false);

    await rm(join(dataDir, 'voicemail', 'long.wav'));
    await rm(join(dataDir, 'backups'), { recursive: true });
    await expect(runArchiveTask(makeTask())).rejects.toThrow(/ENOENT/);
    await mkdir(join(dataDir, 'backups'));
    await chmod(join(dataDir, 'dialtone.sqlite'), 0o600);
    await expect(runArchiveTask({ ...makeTask(), databaseFile: join(dataDir, 'admin-token') })).rejects.toThrow();
    expect(await readdir(join(dataDir, 'backups'))).toEqual([]);
  });
});

it('names archives by machine and moment, and throws away only what this machine made', () => {
  const at = new Date('2026-03-04T05:06:07Z');
  expect(archiveName('Village-PBX.example.org', at)).toBe('dialtone-village-pbx-20260304-050607.tar.gz.age');
  expect(archiveName('', at)).toBe('dialtone-host-20260304-050607.tar.gz.age');
  expect(readArchiveName('dialtone-a-b-20260304-050607.tar.gz.age')).toEqual({ hostname: 'a-b', createdAt: at.getTime() });
  expect(readArchiveName('../dialtone-a-20260304-050607.tar.gz.age')).toBeUndefined();
  const name = (host: string, day: number) => ({ name: archiveName(host, new Date(Date.UTC(2026, 0, day))), bytes: 1 });
  const files = archivesAmong([name('a', 1), name('b', 2), name('a', 3), { name: 'photo.jpg', bytes: 1 }, name('a', 2)]);
  expect(surplus(files, 'A', 1)).toEqual([name('a', 2).name, name('a', 1).name]);
});

it('takes no entry that would leave its folder', () => {
  for (const name of [
    '../x',
    '/etc/passwd',
    'tls/../../x',
    'tls//x',
    'tls',
    'other/x',
    'settings/admin-token',
    'settings/backup.json/x',
    'database.sqlite/x',
  ])
    expect([name, isExpectedEntry(name)]).toEqual([name, false]);
  for (const name of ['manifest.json', 'tls/acme/key.pem', 'settings/backup.json', 'voicemail/1001/1.wav'])
    expect([name, isExpectedEntry(name)]).toEqual([name, true]);
});
