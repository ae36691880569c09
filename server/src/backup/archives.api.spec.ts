import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobsService } from '../jobs/jobs.service.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { archiveName } from './archive/archive-name.ts';
import { runArchiveTask } from './archive/run-archive-task.ts';
import { ARCHIVE_JOB, CHECK_JOB } from './archives.service.ts';
import { PlanStore } from './plan/plan-store.ts';
import { type SftpServer, startSftpServer } from './testing.ts';

const PASSPHRASE = 'cordwood lantern ferry';

let house: TestApp;
let admin: TestClient;
let jobs: JobsService;
let sftp: SftpServer;
let root: string;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  jobs = house.app.get(JobsService);
  root = join(house.dataDir, 'elsewhere');
  await mkdir(root);
  sftp = await startSftpServer(root);
});
afterAll(async () => {
  await sftp.stop();
  await house.stop();
});

const plan = { schedule: { every: 'week', hour: 4, weekday: 2 }, keep: 2, place: { kind: 'here' } };
const jobOf = async (name: string) => (await admin.get('/jobs')).body.items.find((item: { name: string }) => item.name === name);
const run = (name = ARCHIVE_JOB) => jobs.runAndWait(name, 'system');
/** Names have whole seconds. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1010 - (Date.now() % 1000)));
const list = async (where = 'here') => (await admin.get(`/backups/archives?where=${where}`)).body.items;
const files = async () => (await readdir(join(house.dataDir, 'backups'))).filter((name) => name.endsWith('.age')).sort();

describe('the passphrase', () => {
  it('is needed: without one nothing is made and nothing runs by itself', async () => {
    expect((await admin.get('/backups/plan')).body).toMatchObject({
      passphrase: null,
      schedule: { every: 'day' },
      place: { kind: 'here' },
    });
    expect((await admin.post('/backups/archives', {})).body.code).toBe('no-passphrase');
    expect(await jobOf(ARCHIVE_JOB)).toMatchObject({ schedule: '', nextRunAt: null });
    expect(await run()).toMatchObject({ result: 'warning', message: expect.stringContaining('no passphrase') });
    expect(await files()).toEqual([]);
  });

  it('has a length, is never shown or logged, and only the owner of the files reads it', async () => {
    expect((await admin.put('/backups/passphrase', { passphrase: 'too short' })).status).toBe(400);
    const set = await admin.put('/backups/passphrase', { passphrase: PASSPHRASE });
    expect(set.body.passphrase).toMatchObject({ kind: 'typed' });
    for (const path of ['/backups/plan', '/audit', '/jobs', '/settings'])
      expect(JSON.stringify((await admin.get(path)).body)).not.toContain('lantern');
    const file = join(house.dataDir, 'backup-passphrase');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain(PASSPHRASE);
    expect((await jobOf(ARCHIVE_JOB)).nextRunAt).not.toBeNull();
  });

  it('may be a recovery key, which counts when four signs of it were typed again', async () => {
    const { body } = await admin.post('/backups/recovery-key', {});
    expect(body.key).toMatch(/^([2-9A-HJKMNP-Z]{4}-){5}[2-9A-HJKMNP-Z]{4}$/);
    const typed = body.key.split('-')[body.group - 1].toLowerCase();
    expect((await admin.post('/backups/recovery-key/confirm', { id: body.id, typed: 'AAAA' })).body.errors[0].field).toBe('typed');
    expect((await admin.get('/backups/plan')).body.passphrase.kind).toBe('typed');
    expect((await admin.post('/backups/recovery-key/confirm', { id: body.id, typed })).body.passphrase.kind).toBe('recovery-key');
    expect((await admin.post('/backups/recovery-key/confirm', { id: body.id, typed })).body.code).toBe('key-gone');
    expect((await house.app.get(PlanStore).passphrase())?.passphrase).toBe(body.key);
    await admin.put('/backups/passphrase', { passphrase: PASSPHRASE });
  });
});

describe('archives', () => {
  it('are made on wish, decrypted to their end, listed, downloaded and deleted', async () => {
    await admin.put('/backups/plan', plan);
    expect((await admin.post('/backups/archives', {})).status).toBe(202);
    await expect.poll(async () => (await jobOf(ARCHIVE_JOB)).lastRun?.message, { timeout: 20_000 }).toMatch(/decrypted and checked/);
    const [made] = await list();
    expect(made).toMatchObject({ version: expect.any(String), verifiedAt: expect.any(String), fault: null });
    const answer = await admin.get(`/backups/archives/${made.name}/file`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${made.name}"`);
    expect(Number(answer.headers['content-length'])).toBe(made.bytes);
    expect((await admin.get('/backups/archives/..%2Fadmin-token/file')).status).toBeGreaterThanOrEqual(400);
    expect((await admin.get('/backups/archives/admin-token/file')).status).toBe(404);
    expect((await admin.get(`/backups/archives/${archiveName('x', new Date())}/file`)).status).toBe(404);
    expect((await admin.delete('/backups/archives/dialtone.sqlite')).status).toBe(404);
    expect((await admin.delete(`/backups/archives/${made.name}`)).status).toBe(204);
    expect(await list()).toEqual([]);
    const audit = JSON.stringify((await admin.get('/audit')).body);
    for (const word of ['backup.download', 'backup.delete', 'backup.plan', 'backup.passphrase']) expect(audit).toContain(word);
  });

  it('are kept as many as the plan says; files of others stay', async () => {
    const foreign = archiveName('another-machine', new Date('2020-01-01'));
    await writeFile(join(house.dataDir, 'backups', foreign), 'foreign');
    await writeFile(join(house.dataDir, 'backups', archiveName(hostname(), new Date('2020-01-01'))), 'old');
    await run();
    await nextSecond();
    expect((await run()).message).toContain('1 old one removed');
    expect(await files()).toHaveLength(3);
    expect(await files()).toContain(foreign);
    await rm(join(house.dataDir, 'backups', foreign));
  }, 20_000);

  it('are checked again each week, and one that rotted is told in red and by mail', async () => {
    const bea = { login: 'bea', name: 'Bea', email: 'bea@example.org', password: 'correct horse battery', language: 'es' };
    expect((await admin.post('/admins', bea)).status).toBe(201);
    expect(await run(CHECK_JOB)).toMatchObject({ result: 'ok' });
    const [newest] = await list();
    const file = join(house.dataDir, 'backups', newest.name);
    const bytes = await readFile(file);
    bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await run(CHECK_JOB)).toMatchObject({ result: 'failed', message: expect.stringContaining('cannot be restored') });
    expect((await list())[0]).toMatchObject({ verifiedAt: null, fault: expect.stringContaining('damaged') });
    const { alerts } = (await admin.get('/dashboard')).body;
    expect(alerts).toContainEqual({ code: 'job-failed', params: { job: CHECK_JOB, message: expect.any(String) } });
    expect((await admin.get('/outbox')).body.items[0]).toMatchObject({ to: 'bea@example.org', template: 'backup-failed' });
    await run();
    expect(await run(CHECK_JOB)).toMatchObject({ result: 'ok' });
  }, 20_000);
});

describe('another place', () => {
  const place = () => ({ kind: 'sftp', host: '127.0.0.1', port: sftp.port, user: 'dialtone', folder: 'company', auth: 'password' });

  it('is tested before it is used, with the key of the server looked at first', async () => {
    const noKey = await admin.post('/backups/plan/test', { place: { ...place(), password: sftp.password, hostKey: '' } });
    expect(noKey.body.errors[0].field).toContain('hostKey');
    const { hostKey } = (await admin.post('/backups/plan/host-key', { host: '127.0.0.1', port: sftp.port })).body;
    const good = { ...place(), password: sftp.password, hostKey };
    expect((await admin.post('/backups/plan/test', { place: good })).status).toBe(200);
    expect((await admin.post('/backups/plan/test', { place: { ...good, password: 'wrong' } })).body).toMatchObject({
      status: 422,
      code: 'login-refused',
    });
    const other = `SHA256:${'A'.repeat(43)}`;
    expect((await admin.post('/backups/plan/test', { place: { ...good, hostKey: other } })).body.code).toBe('host-key-changed');
    expect((await admin.put('/backups/plan', { ...plan, place: { ...place(), hostKey } })).body.errors[0].field).toBe('place.password');
    const saved = await admin.put('/backups/plan', { ...plan, place: good });
    expect(saved.body.place).toMatchObject({ kind: 'sftp', secretSet: true, hostKey });
    expect(JSON.stringify([saved.body, (await admin.get('/audit')).body])).not.toContain(sftp.password);
    expect((await stat(join(house.dataDir, 'backup.json'))).mode & 0o777).toBe(0o600);
    // Saved again without the password, it is still known; for another user it is not.
    expect((await admin.put('/backups/plan', { ...plan, place: { ...place(), hostKey } })).status).toBe(200);
    expect((await admin.put('/backups/plan', { ...plan, place: { ...place(), user: 'other', hostKey } })).status).toBe(400);
  });

  it('gets a copy that reads back the same; old ones go only there', async () => {
    await mkdir(join(root, 'company'), { recursive: true });
    const old = [1, 2].map((day) => archiveName(hostname(), new Date(Date.UTC(2020, 0, day))));
    for (const name of old) await writeFile(join(root, 'company', name), 'old');
    await writeFile(join(root, 'company', 'photo.jpg'), 'mine');
    await nextSecond();
    expect((await run()).message).toMatch(/Copied to 127\.0\.0\.1 and read back; 1 old removed there/);
    const there = await list('place');
    expect(there).toHaveLength(2);
    expect(there[0].verifiedAt).not.toBeNull();
    expect((await readdir(join(root, 'company'))).sort()).toEqual([old[1], there[0].name, 'photo.jpg'].sort());
    expect(await files()).toEqual([there[0].name]);
    const verified = await runArchiveTask({ kind: 'verify', file: join(root, 'company', there[0].name), passphrase: PASSPHRASE });
    expect(verified.bytes).toBe(there[0].bytes);
    expect((await admin.get(`/backups/archives/${there[0].name}/file?where=place`)).status).toBe(200);
    expect((await admin.delete(`/backups/archives/${old[1]}?where=place`)).status).toBe(204);
  }, 20_000);

  it('that is gone fails the run in words, and the archive stays here', async () => {
    await sftp.stop();
    await nextSecond();
    expect(await run()).toMatchObject({ result: 'failed', message: expect.stringContaining('cannot be reached') });
    expect((await files()).length).toBeGreaterThan(0);
    expect((await admin.get('/backups/archives?where=place')).body).toMatchObject({ status: 422, code: 'place-unreachable' });
    await copyFile(join(house.dataDir, 'backup.json'), join(house.dataDir, 'kept.json'));
    sftp = await startSftpServer(root);
    await admin.put('/backups/plan', plan);
  }, 20_000);

  it('off is off', async () => {
    await admin.put('/backups/plan', { ...plan, schedule: { every: 'off', hour: 0, weekday: 0 } });
    expect(await jobOf(ARCHIVE_JOB)).toMatchObject({ schedule: '', nextRunAt: null });
    await admin.put('/backups/plan', plan);
    expect(await jobOf(ARCHIVE_JOB)).toMatchObject({ schedule: '0 4 * * 2' });
    expect((await admin.put('/backups/plan', { ...plan, place: { kind: 'usb', uuid: 'AAAA-1111', label: '' } })).status).toBe(400);
    expect(existsSync(join(house.dataDir, 'backup.json'))).toBe(true);
  });
});
