import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobsService } from '../../jobs/jobs.service.ts';
import { VERSION } from '../../settings/version.ts';
import { SetupService } from '../../setup/setup.service.ts';
import { startTestApp, type TestApp, type TestClient } from '../../testing/test-app.ts';
import { readDataVersion, writeDataVersion } from '../../upgrade/data-version.ts';
import { Restart } from '../../upgrade/restart.ts';
import { runArchiveTask } from '../archive/run-archive-task.ts';
import { ARCHIVE_JOB } from '../archives.service.ts';
import { restoreArchive } from '../offline-restore.ts';
import { SqliteFile } from '../sqlite-file.ts';
import { applyPendingRestore } from './pending-restore.ts';

const PASSPHRASE = 'cordwood lantern ferry';

/** An archive of a company with one subscriber and his credit. */
let archive: Buffer;
let folder: string;

const BOUNDARY = 'dialtone-boundary';
function upload(client: TestClient, bytes: Buffer, headers: Record<string, string> = {}) {
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="mine.tar.gz.age"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  return client.call('POST', '/restores', { body, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers } });
}

const left = (client: TestClient, id: string, state: string, headers?: Record<string, string>) =>
  expect
    .poll(async () => (await client.get(`/restores/${id}`, headers)).body.state, { timeout: 15_000, interval: 50 })
    .not.toBe(state)
    .then(async () => (await client.get(`/restores/${id}`, headers)).body);

async function openWith(client: TestClient, id: string, passphrase: string, headers?: Record<string, string>) {
  const asked = await client.post(`/restores/${id}/open`, { passphrase }, headers);
  expect(asked.status).toBe(202);
  return left(client, id, 'opening', headers);
}

async function sql<T>(dataDir: string, query: string): Promise<T[]> {
  const file = await SqliteFile.open(join(dataDir, 'dialtone.sqlite'), 'read');
  const rows = await file.all<T>(query);
  await file.close();
  return rows;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dialtone-restore-'));
  const house = await startTestApp();
  const admin = await house.admin();
  await admin.post('/subscribers', { number: '1001', displayName: 'One', balance: '5.00' });
  await admin.put('/backups/passphrase', { passphrase: PASSPHRASE });
  await admin.put('/backups/plan', { schedule: { every: 'week', hour: 5, weekday: 1 }, keep: 3, place: { kind: 'here' } });
  await mkdir(join(house.dataDir, 'tls', 'uploaded'), { recursive: true });
  await writeFile(join(house.dataDir, 'tls', 'uploaded', 'note'), 'restored');
  const run = await house.app.get(JobsService).runAndWait(ARCHIVE_JOB, 'system');
  expect(run.result).toBe('ok');
  const name = (await readdir(join(house.dataDir, 'backups'))).find((file) => file.endsWith('.age')) as string;
  archive = await readFile(join(house.dataDir, 'backups', name));
  await house.stop();
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a restore', () => {
  let house: TestApp;
  let admin: TestClient;

  beforeEach(async () => {
    house = await startTestApp();
    admin = await house.admin();
    await admin.post('/subscribers', { number: '2002', displayName: 'Two' });
  }, 15_000);
  afterEach(() => house.stop());

  it('takes an upload, wants the right passphrase, shows what is in it, and wants the word', async () => {
    const sent = await upload(admin, archive);
    expect([sent.status, sent.body]).toMatchObject([201, { state: 'locked', name: 'mine.tar.gz.age', fault: null }]);
    const { id } = sent.body;
    const wrong = await openWith(admin, id, 'cordwood lantern fairy');
    expect(wrong).toMatchObject({ state: 'locked', fault: { code: 'wrong-passphrase', message: expect.stringContaining('again') } });
    expect((await admin.post(`/restores/${id}/apply`, { confirm: 'RESTORE' })).body.code).toBe('not-now');
    const right = await openWith(admin, id, PASSPHRASE);
    expect(right).toMatchObject({
      state: 'ready',
      fault: null,
      preview: {
        version: VERSION,
        hostname: hostname(),
        subscribers: 1,
        calls: 0,
        balance: '5.00',
        currency: 'EUR',
        hasHostSettings: false,
      },
    });
    expect((await admin.post(`/restores/${id}/apply`, { confirm: 'restore' })).body.errors[0].field).toBe('confirm');
    const restart = vi.spyOn(house.app.get(Restart), 'soon').mockReturnValue(undefined);
    expect((await admin.post(`/restores/${id}/apply`, { confirm: 'RESTORE' })).status).toBe(204);
    expect(restart).toHaveBeenCalledOnce();
    expect((await upload(admin, archive)).body.code).toBe('restore-running');
    expect(await house.app.get(DataSource).query('SELECT number FROM subscribers')).toEqual([{ number: '2002' }]);
  }, 20_000);

  it('refuses what is no archive, what is damaged, and what a newer version made; and forgets on request', async () => {
    const foreign = (await upload(admin, Buffer.from('number,password\n'.repeat(1000)))).body;
    expect(await openWith(admin, foreign.id, PASSPHRASE)).toMatchObject({ state: 'failed', fault: { code: 'no-archive' } });
    const short = (await upload(admin, archive.subarray(0, archive.length - 5000))).body;
    expect(await openWith(admin, short.id, PASSPHRASE)).toMatchObject({ state: 'failed', fault: { code: 'archive-damaged' } });
    expect((await admin.get(`/restores/${foreign.id}`)).status).toBe(404);

    const target = join(folder, 'newer.tar.gz.age');
    await runArchiveTask({
      kind: 'make',
      dataDir: house.dataDir,
      databaseFile: join(house.dataDir, 'dialtone.sqlite'),
      target,
      passphrase: PASSPHRASE,
      about: { version: '99.0.0', createdAt: new Date().toISOString(), hostname: 'x', applianceId: null },
      hostSettings: null,
    });
    const newer = (await upload(admin, await readFile(target))).body;
    expect(await openWith(admin, newer.id, PASSPHRASE)).toMatchObject({
      state: 'failed',
      fault: { code: 'newer-version', message: expect.stringContaining('99.0.0') },
    });
    expect((await admin.delete(`/restores/${newer.id}`)).status).toBe(204);
    expect(await readdir(join(house.dataDir, 'restore'))).toEqual([]);
    expect((await admin.post('/restores', {})).status).toBe(415);
  }, 20_000);

  it('takes an archive from a place as well', async () => {
    const name = 'dialtone-shop-20260304-050607.tar.gz.age';
    await writeFile(join(folder, name), archive);
    const source = { kind: 'folder', path: folder };
    expect((await admin.post('/restores/list', { source })).body.items.map((item: { name: string }) => item.name)).toContain(name);
    const { body } = await admin.post('/restores/fetch', { source, name });
    expect(await left(admin, body.id, 'receiving')).toMatchObject({ state: 'locked', name });
    expect(await openWith(admin, body.id, PASSPHRASE)).toMatchObject({ state: 'ready' });
    const gone = await admin.post('/restores/fetch', { source, name: 'dialtone-none-20260304-050607.tar.gz.age' });
    expect(await left(admin, gone.body.id, 'receiving')).toMatchObject({ state: 'failed', fault: { code: 'no-such-file' } });
    expect((await admin.post('/restores/list', { source: { kind: 'folder', path: 'relative' } })).status).toBe(400);
    expect((await admin.post('/restores/list', { source: { kind: 'plan' } })).status).toBe(200);
  }, 20_000);
});

describe('the start after it', () => {
  /** A data folder with an archive unpacked and the restore asked for. */
  async function asked(): Promise<string> {
    const house = await startTestApp();
    const admin = await house.admin();
    await admin.post('/subscribers', { number: '2002', displayName: 'Two' });
    const { id } = (await upload(admin, archive)).body;
    await openWith(admin, id, PASSPHRASE);
    vi.spyOn(house.app.get(Restart), 'soon').mockReturnValue(undefined);
    await admin.post(`/restores/${id}/apply`, { confirm: 'RESTORE', network: true });
    await house.app.close();
    await writeDataVersion(house.dataDir, { version: VERSION, upgrade: null, undoRequested: false, undone: null });
    return house.dataDir;
  }
  const now = new Date('2026-03-04T05:06:07Z');
  const numbers = (dataDir: string) => sql<{ number: string }>(dataDir, 'SELECT number FROM subscribers');

  it('puts the archive in the place of the data, and keeps the data of before beside it', async () => {
    const dataDir = await asked();
    const done = await applyPendingRestore({ dataDir, now });
    expect(done).toMatchObject({ name: 'mine.tar.gz.age', by: 'admin:anna', network: true, kept: 'before-restore-20260304-050607' });
    expect(await numbers(dataDir)).toEqual([{ number: '1001' }]);
    expect(await sql(dataDir, 'SELECT COUNT(*) AS n FROM sessions')).toEqual([{ n: 0 }]);
    const kept = join(dataDir, 'before-restore-20260304-050607');
    expect(await numbers(kept)).toEqual([{ number: '2002' }]);
    expect(await readdir(kept)).toEqual(expect.arrayContaining(['dialtone.sqlite', 'version.json']));
    expect(await readFile(join(dataDir, 'tls', 'uploaded', 'note'), 'utf8')).toBe('restored');
    expect(JSON.parse(await readFile(join(dataDir, 'backup.json'), 'utf8'))).toMatchObject({ keep: 3 });
    expect(JSON.parse(await readFile(join(dataDir, 'backup-passphrase'), 'utf8')).passphrase).toBe(PASSPHRASE);
    expect(await readDataVersion(dataDir)).toMatchObject({ version: VERSION });
    expect(await applyPendingRestore({ dataDir, now })).toBeUndefined();
    expect((await readdir(join(dataDir, 'restore'))).sort()).toEqual(['restored.json']);

    const again = await startTestApp({ DIALTONE_DATA: dataDir });
    const anna = again.visitor();
    expect((await anna.post('/session', { login: 'anna', password: 'correct horse battery' })).status).toBe(200);
    const { items } = (await anna.get('/audit')).body;
    expect(items).toContainEqual(expect.objectContaining({ action: 'backup.restored', entity: 'backup', entityId: 'mine.tar.gz.age' }));
    expect(await readdir(join(dataDir, 'restore'))).toEqual([]);
    await again.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 30_000);

  it('goes on where a power cut stopped it, at whatever step', async () => {
    for (const stopAfter of [1, 2, 3, 4]) {
      const dataDir = await asked();
      // The moves are renames: breaking off after the n-th of them is done by hand here, with what the start had noted before it.
      const pendingFile = join(dataDir, 'restore', 'pending.json');
      const pending = JSON.parse(await readFile(pendingFile, 'utf8'));
      const kept = 'before-restore-20260304-050607';
      await writeFile(pendingFile, JSON.stringify({ ...pending, kept }));
      const from = join(dataDir, 'restore', pending.folder);
      await mkdir(join(dataDir, kept));
      const moves: [string, string][] = [
        [join(dataDir, 'version.json'), join(dataDir, kept, 'version.json')],
        [join(from, 'tls'), join(dataDir, 'tls')],
        [join(dataDir, 'dialtone.sqlite'), join(dataDir, kept, 'dialtone.sqlite')],
        [join(from, 'database.sqlite'), join(dataDir, 'dialtone.sqlite')],
      ];
      for (const [a, b] of moves.slice(0, stopAfter)) await rename(a, b);
      expect(await applyPendingRestore({ dataDir })).toMatchObject({ kept });
      expect([stopAfter, await numbers(dataDir)]).toEqual([stopAfter, [{ number: '1001' }]]);
      expect([stopAfter, await numbers(join(dataDir, kept))]).toEqual([stopAfter, [{ number: '2002' }]]);
      expect(await readFile(join(dataDir, 'tls', 'uploaded', 'note'), 'utf8')).toBe('restored');
      await rm(dataDir, { recursive: true });
    }
  }, 60_000);

  it('changes nothing when the unpacked data has rotted, and says so once', async () => {
    const dataDir = await asked();
    const { folder: unpacked } = JSON.parse(await readFile(join(dataDir, 'restore', 'pending.json'), 'utf8'));
    await writeFile(join(dataDir, 'restore', unpacked, 'database.sqlite'), 'rotten');
    await expect(applyPendingRestore({ dataDir })).rejects.toThrow(/nothing was changed/);
    expect(await numbers(dataDir)).toEqual([{ number: '2002' }]);
    expect(await applyPendingRestore({ dataDir })).toBeUndefined();
    await rm(dataDir, { recursive: true });
  }, 20_000);
});

it('restores offline as well, while no server runs', async () => {
  const house = await startTestApp();
  const admin = await house.admin();
  await admin.post('/subscribers', { number: '2002', displayName: 'Two' });
  const file = join(folder, 'offline.tar.gz.age');
  await writeFile(file, archive);
  const { dataDir } = house;
  const restore = (passphrase = PASSPHRASE) => restoreArchive({ dataDir, file, passphrase, network: false });
  await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid: process.pid }));
  await expect(restore()).rejects.toThrow(/is running/);
  await house.app.close();
  await rm(join(dataDir, 'run.json'));
  await expect(restore('cordwood lantern fairy')).rejects.toThrow(/passphrase is wrong/);
  expect(await readdir(join(dataDir, 'restore'))).toEqual([]);
  const done = await restore();
  expect(done.preview).toMatchObject({ subscribers: 1, balance: '5.00' });
  expect(await sql(dataDir, 'SELECT number FROM subscribers')).toEqual([{ number: '1001' }]);
  expect(await sql(join(dataDir, done.kept), 'SELECT number FROM subscribers')).toEqual([{ number: '2002' }]);
  await rm(dataDir, { recursive: true });
}, 20_000);

describe('a new machine', () => {
  let house: TestApp;
  beforeAll(async () => {
    house = await startTestApp();
  });
  afterAll(() => house.stop());

  it('is restored with the set-up code in the place of a session', async () => {
    const visitor = house.visitor();
    const code = { 'x-dialtone-setup-code': house.app.get(SetupService).code as string };
    expect((await upload(visitor, archive)).status).toBe(401);
    expect((await visitor.get('/restores/sticks')).status).toBe(401);
    expect((await upload(visitor, archive, { 'x-dialtone-setup-code': 'AAAA-AAAA' })).body.code).toBe('setup-code-wrong');
    expect((await upload(house.visitor('192.0.2.1'), archive, code)).body.code).toBe('admin-network');
    // The code opens restores, and nothing else.
    expect((await visitor.get('/backups/plan', code)).status).toBe(401);
    expect((await visitor.get('/subscribers', code)).status).toBe(401);
    expect((await visitor.post('/backups/archives', {}, code)).body.code).toBe('setup-needed');
    expect((await visitor.get('/restores/sticks', code)).body).toEqual({ kinds: ['here', 'folder', 'sftp'], items: [] });
    const sent = await upload(visitor, archive, code);
    expect(sent.status).toBe(201);
    expect(await openWith(visitor, sent.body.id, PASSPHRASE, code)).toMatchObject({ state: 'ready', preview: { subscribers: 1 } });
    const restart = vi.spyOn(house.app.get(Restart), 'soon').mockReturnValue(undefined);
    expect((await visitor.post(`/restores/${sent.body.id}/apply`, { confirm: 'RESTORE' }, code)).status).toBe(204);
    expect(restart).toHaveBeenCalledOnce();
    await house.admin();
    expect((await visitor.get('/restores/sticks', code)).status).toBe(401);
  }, 20_000);
});
