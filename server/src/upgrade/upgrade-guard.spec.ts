import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteFile } from '../backup/sqlite-file.ts';
import { databaseOptions } from '../database/database-options.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { readPrivate } from '../files/private-file.ts';
import { REFUSAL_FILE } from '../host/contract/index.ts';
import { compareVersions, readDataVersion, writeDataVersion } from './data-version.ts';
import { allowUpgradeAgain, DataRefused, guardUpgrade, undoUpgrade, upgradeFinished } from './upgrade-guard.ts';

let dataDir: string;
let databaseFile: string;

const at = (version: string) => ({ dataDir, databaseFile, version });
/** What is left for the console. */
const refusal = () => readPrivate(join(dataDir, REFUSAL_FILE));
const copies = async () => (await readdir(join(dataDir, 'upgrades')).catch(() => [])).filter((name) => name.endsWith('.gz'));

/** What a version does at a start, without the server around it. */
async function start(version: string, now = new Date()): Promise<void> {
  await guardUpgrade({ ...at(version), now });
  await (await UnitOfWork.open(databaseOptions(databaseFile))).close();
  await upgradeFinished(at(version));
}

async function sql(text: string): Promise<void> {
  const file = await SqliteFile.open(databaseFile, 'write');
  await file.all(text).finally(() => file.close());
}

const settings = async (): Promise<number> => {
  const file = await SqliteFile.open(databaseFile, 'read');
  const rows = await file.all<{ n: number }>('SELECT COUNT(*) AS n FROM settings').finally(() => file.close());
  return rows[0]?.n ?? -1;
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dialtone-upgrade-'));
  databaseFile = join(dataDir, 'dialtone.sqlite');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the guard of upgrades', () => {
  it('lets a new installation and a plain restart through without a copy', async () => {
    await start('1.0.0');
    await start('1.0.0');
    expect(await copies()).toEqual([]);
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.0.0', upgrade: null });
  });

  it('copies the database before a new version touches it, and says what the copy holds', async () => {
    await start('1.0.0');
    await start('1.1.0', new Date('2026-03-04T05:06:07Z'));
    expect(await copies()).toEqual(['dialtone-20260304-050607.sqlite.gz']);
    expect(await readDataVersion(dataDir)).toMatchObject({
      version: '1.1.0',
      upgrade: { from: '1.0.0', to: '1.1.0', held: { calls: 0, ledgerEntries: 0, subscribers: 0 }, finished: true },
    });
  });

  it('copies when a migration waits, whatever the version says', async () => {
    await start('1.0.0');
    await sql(`DELETE FROM migrations WHERE timestamp = (SELECT MAX(timestamp) FROM migrations)`);
    await guardUpgrade(at('1.0.0'));
    expect(await copies()).toHaveLength(1);
  });

  it('keeps the first copy when the new version dies while migrating', async () => {
    await start('1.0.0');
    await guardUpgrade({ ...at('1.1.0'), now: new Date('2026-03-04T05:06:07Z') });
    await guardUpgrade({ ...at('1.1.0'), now: new Date('2026-03-04T05:07:00Z') });
    expect(await copies()).toEqual(['dialtone-20260304-050607.sqlite.gz']);
  });

  it('refuses data of a newer version in words and leaves it as it is', async () => {
    await start('1.10.0');
    await expect(guardUpgrade(at('1.9.0'))).rejects.toThrow(/last used by Dialtone 1\.10\.0, which is newer than this one \(1\.9\.0\)/);
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.10.0' });
    expect(await refusal()).toEqual({ code: 'data-newer', data: '1.10.0', ours: '1.9.0' });
    await start('1.10.0');
    expect(await refusal()).toBeUndefined();
  });

  it('refuses a database with a migration it does not know', async () => {
    await start('1.0.0');
    await sql(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    await expect(guardUpgrade(at('1.0.0'))).rejects.toThrow(DataRefused);
  });

  it('undoes: the data is of the former version, which starts; the undone version is held until it is allowed again', async () => {
    await start('1.0.0');
    await start('1.1.0');
    await sql(`INSERT INTO settings (key, value, "updatedAt") VALUES ('made-since', '1', 1)`);
    const before = await settings();
    const known = await readDataVersion(dataDir);
    if (!known) throw new Error('no version.json');
    await writeDataVersion(dataDir, { ...known, undoRequested: true });
    await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid: process.pid, http: 'http://127.0.0.1:1' }));
    await expect(guardUpgrade(at('1.1.0'))).rejects.toThrow(/upgrade to Dialtone 1\.1\.0 was undone.*belongs to Dialtone 1\.0\.0/);
    expect(await settings()).toBe(before - 1);
    await expect(guardUpgrade(at('1.1.0'))).rejects.toThrow(/was undone/);
    expect(await refusal()).toEqual({ code: 'upgrade-undone', undone: '1.1.0', data: '1.0.0' });
    await start('1.0.0');
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.0.0', undone: null, undoRequested: false });
    await start('1.1.0');
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.1.0', upgrade: { from: '1.0.0' } });
  });

  it('takes the data after an undo when it is told to', async () => {
    await start('1.0.0');
    await start('1.1.0');
    await undoUpgrade(at('1.1.0'), await readDataVersion(dataDir));
    await allowUpgradeAgain(dataDir);
    await start('1.1.0');
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.1.0', undone: null });
    await expect(allowUpgradeAgain(dataDir)).rejects.toThrow(/nothing is held back/);
  });

  it('goes on with an undo that a power cut broke off, instead of upgrading the old data anew', async () => {
    await start('1.0.0');
    await start('1.1.0');
    const known = await readDataVersion(dataDir);
    // What the cut left: the note, and the database of before already in its place.
    await undoUpgrade(at('1.1.0'), known);
    if (!known) throw new Error('no version.json');
    await writeDataVersion(dataDir, { ...known, undoRequested: true });
    await expect(guardUpgrade(at('1.1.0'))).rejects.toThrow(DataRefused);
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.0.0', undone: '1.1.0', undoRequested: false });
    expect(await copies()).toHaveLength(1);
  });

  it('notes an undo before it moves anything', async () => {
    await start('1.0.0');
    await start('1.1.0');
    const known = await readDataVersion(dataDir);
    const noted: (boolean | undefined)[] = [];
    const watching = setInterval(() => void readDataVersion(dataDir).then((v) => noted.push(v?.undoRequested)), 1);
    await undoUpgrade(at('1.1.0'), known).finally(() => clearInterval(watching));
    expect(noted).toContain(true);
  });

  it('runs on when the copy is damaged, and does not try again at every start', async () => {
    await start('1.0.0');
    await start('1.1.0');
    const known = await readDataVersion(dataDir);
    if (!known?.upgrade) throw new Error('no upgrade');
    await writeFile(join(dataDir, 'upgrades', known.upgrade.copy), 'damaged');
    await writeDataVersion(dataDir, { ...known, undoRequested: true });
    await expect(guardUpgrade(at('1.1.0'))).rejects.toThrow(/cannot be unpacked/);
    await start('1.1.0');
    expect(await readDataVersion(dataDir)).toMatchObject({ version: '1.1.0', undoRequested: false });
  });

  it('changes nothing when the copy is gone', async () => {
    await start('1.0.0');
    await start('1.1.0');
    await rm(join(dataDir, 'upgrades'), { recursive: true });
    const known = await readDataVersion(dataDir);
    await expect(undoUpgrade(at('1.1.0'), known)).rejects.toThrow(/no longer there/);
    expect(await readDataVersion(dataDir)).toEqual(known);
  });
});

it('orders versions by number, not by letter', () => {
  expect(compareVersions('0.9.0', '0.10.0')).toBeLessThan(0);
  expect(compareVersions('1.0.0', '1.0.0')).toBe(0);
  expect(compareVersions('1.0.0-rc.1', '1.0.0')).toBeLessThan(0);
});
