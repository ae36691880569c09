import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../subscribers/subscriber.entity.ts';
import { databaseOptions } from '../database/database-options.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { SubscriberEntity } from '../subscribers/subscriber.entity.ts';
import { listBackups, makeBackup, pruneBackups } from './backup-files.ts';
import { RestoreError, restoreBackup } from './restore.ts';
import { integrityFault, SqliteFile } from './sqlite-file.ts';

let dataDir: string;
let database: string;
let backups: string;
let uow: UnitOfWork;

const subscriber = (number: string): Partial<SubscriberEntity> => ({
  number,
  domain: 'example.org',
  displayName: '',
  email: null,
  language: 'en',
  status: 'active',
  closedAt: 0,
  ha1Md5: '',
  ha1Sha256: '',
  portalPasswordHash: null,
  groups: [],
  tariffId: 1,
  maxCalls: 2,
  selfSignedUp: false,
  callerId: null,
  createdAt: 1,
  updatedAt: 1,
});

const add = (number: string) => uow.write((m) => m.insert(SubscriberEntity, subscriber(number)));

async function numbersIn(path: string): Promise<string[]> {
  const file = await SqliteFile.open(path, 'read');
  const rows = await file.all<{ number: string }>('SELECT number FROM subscribers ORDER BY number');
  await file.close();
  return rows.map((row) => row.number);
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dialtone-backup-'));
  database = join(dataDir, 'dialtone.sqlite');
  backups = join(dataDir, 'backups');
  uow = await UnitOfWork.open(databaseOptions(database));
});

afterEach(async () => {
  await uow.close().catch(() => undefined);
  await rm(dataDir, { recursive: true, force: true });
});

describe('makeBackup', () => {
  it('copies a database that is being written to, whole and checked, readable by the owner only', async () => {
    for (let i = 0; i < 50; i++) await add(`1${String(i).padStart(3, '0')}`);
    let writing = true;
    let written = 50;
    const writer = (async () => {
      while (writing) await add(`2${String(written++).padStart(5, '0')}`);
    })();
    const file = await makeBackup(database, backups);
    writing = false;
    await writer;
    const packed = join(backups, file.name);
    expect((await stat(packed)).mode & 0o777).toBe(0o600);
    const unpacked = join(dataDir, 'copy.sqlite');
    await writeFile(unpacked, gunzipSync(await readFile(packed)));
    expect(await integrityFault(unpacked)).toBeUndefined();
    const numbers = await numbersIn(unpacked);
    expect(numbers.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => `1${String(i).padStart(3, '0')}`));
    expect(await readdir(backups)).toEqual([file.name]);
  });

  it('leaves no half file behind when it fails', async () => {
    await uow.close();
    await truncate(database, 5_000);
    await expect(makeBackup(database, backups)).rejects.toThrow();
    expect(await readdir(backups)).toEqual([]);
  });

  it('keeps the newest N and clears what a crash left', async () => {
    for (const day of [1, 2, 3, 4]) await makeBackup(database, backups, new Date(Date.UTC(2026, 0, day)));
    await writeFile(join(backups, '.dialtone-20260101-000000.sqlite.gz.77.part'), 'half');
    await writeFile(join(backups, 'notes.txt'), 'mine');
    expect(await pruneBackups(backups, 2)).toEqual(['dialtone-20260102-000000.sqlite.gz', 'dialtone-20260101-000000.sqlite.gz']);
    expect((await listBackups(backups)).map((file) => file.name)).toEqual([
      'dialtone-20260104-000000.sqlite.gz',
      'dialtone-20260103-000000.sqlite.gz',
    ]);
    expect((await readdir(backups)).includes('notes.txt')).toBe(true);
  });
});

describe('restoreBackup', () => {
  it('brings back the state of the backup and keeps the old database beside, with all that was committed to it', async () => {
    await add('1001');
    const { name } = await makeBackup(database, backups);
    await add('1002');
    await uow.close();
    const result = await restoreBackup({ dataDir, file: name, now: new Date('2026-03-04T05:06:07Z') });
    expect(result).toMatchObject({ subscribers: 1, keptOld: `${database}.before-restore-20260304-050607` });
    expect(await numbersIn(database)).toEqual(['1001']);
    expect(await numbersIn(result.keptOld as string)).toEqual(['1001', '1002']);
    uow = await UnitOfWork.open(databaseOptions(database));
    await add('1003');
  });

  it('brings the log of a killed server along with the old database', async () => {
    await add('1001');
    const { name } = await makeBackup(database, backups);
    await add('1002');
    // Still open here: like after a kill, the last write is in the write-ahead log only.
    const result = await restoreBackup({ dataDir, file: name });
    expect(await numbersIn(result.keptOld as string)).toEqual(['1001', '1002']);
    expect(await numbersIn(database)).toEqual(['1001']);
  });

  it('never leaves the place of the database empty: it has two names until the backup takes the first', async () => {
    await add('1001');
    const made = await makeBackup(database, backups, new Date('2026-03-04T05:06:00Z'));
    await uow.close();
    const inode = (await stat(database)).ino;
    const { keptOld } = await restoreBackup({ dataDir, file: made.name });
    expect((await stat(keptOld ?? '')).ino).toBe(inode);
    expect((await stat(database)).ino).not.toBe(inode);
  });

  it('works into an empty data folder', async () => {
    await add('1001');
    const { name } = await makeBackup(database, backups);
    const other = join(dataDir, 'other');
    await mkdir(other);
    const result = await restoreBackup({ dataDir: other, file: join(backups, name) });
    expect(result.keptOld).toBeNull();
    expect(await numbersIn(join(other, 'dialtone.sqlite'))).toEqual(['1001']);
  });

  const refused = async (file: string, words: RegExp) => {
    const before = await readFile(database);
    const error = await restoreBackup({ dataDir, file }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RestoreError);
    expect((error as Error).message).toMatch(words);
    expect(await readFile(database)).toEqual(before);
    expect((await readdir(dataDir)).filter((name) => name.includes('restor'))).toEqual([]);
  };

  it('refuses while the server runs, and does not mind the note of one that is gone', async () => {
    await add('1001');
    const { name } = await makeBackup(database, backups);
    await uow.close();
    await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid: process.pid }));
    await refused(name, /is running/);
    await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid: 2 ** 22 + 1 }));
    expect((await restoreBackup({ dataDir, file: name })).subscribers).toBe(1);
  });

  it('refuses what is missing, cut short, damaged, foreign or newer', async () => {
    await add('1001');
    const { name } = await makeBackup(database, backups);
    await uow.close();
    const packed = await readFile(join(backups, name));
    const put = async (file: string, bytes: Buffer) => {
      await writeFile(join(dataDir, file), bytes);
      return join(dataDir, file);
    };
    await refused('nothing.gz', /no file/);
    await refused(await put('short.gz', packed.subarray(0, packed.length - 40)), /cannot be unpacked/);
    const plain = gunzipSync(packed);
    await refused(await put('cut.sqlite', plain.subarray(0, plain.length - 5_000)), /damaged/);
    await refused(await put('text.sqlite', Buffer.from('number,password\n')), /damaged/);
    const newer = await put('newer.sqlite', plain);
    const file = await SqliteFile.open(newer, 'write');
    await file.all(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    await file.close();
    await refused(newer, /newer version/);
    const foreign = await SqliteFile.open(newer, 'write');
    await foreign.all('DROP TABLE migrations');
    await foreign.close();
    await refused(newer, /no database of Dialtone/);
  });
});
