import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { JobRunEntity } from './job-run.entity.ts';
import { JobsService } from './jobs.service.ts';
import { LedgerCheckJob } from './ledger-check.job.ts';

let house: TestApp;
let admin: TestClient;
let jobs: JobsService;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  jobs = house.app.get(JobsService);
});

afterAll(() => house.stop());

const stateOf = async (name: string) => (await admin.get('/jobs')).body.items.find((item: { name: string }) => item.name === name);

describe('jobs', () => {
  it('are listed with their next run in the time zone of the settings', async () => {
    const { body } = await admin.get('/jobs');
    const names = body.items.map((item: { name: string }) => item.name);
    for (const name of ['backup', 'expired-signups', 'ledger-check', 'mail-retry', 'statistics']) expect(names).toContain(name);
    const before = await stateOf('backup');
    expect(new Date(before.nextRunAt).getUTCHours()).toBe(2);
    await admin.patch('/settings', { timeZone: 'Asia/Tokyo' });
    expect(new Date((await stateOf('backup')).nextRunAt).getUTCHours()).toBe(17);
    await admin.patch('/settings', { timeZone: 'UTC' });
  });

  it('run on wish, once at a time, and keep how it went', async () => {
    let release: () => void = () => undefined;
    let runs = 0;
    jobs.register({
      name: 'test-slow',
      schedule: '0 0 1 1 *',
      run: async () => {
        runs++;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { result: 'warning', message: 'looked odd' };
      },
    });
    expect((await admin.post('/jobs/test-slow/run', {})).body).toMatchObject({ running: true, lastRun: null });
    expect((await admin.post('/jobs/test-slow/run', {})).body.code).toBe('job-running');
    release();
    await expect.poll(async () => (await stateOf('test-slow')).running).toBe(false);
    expect((await stateOf('test-slow')).lastRun).toMatchObject({
      result: 'warning',
      message: 'looked odd',
      trigger: 'manual',
      actor: 'admin:anna',
    });
    expect((await admin.get('/jobs/test-slow/runs')).body.items).toHaveLength(1);
    expect(runs).toBe(1);
    expect((await admin.post('/jobs/no-such/run', {})).status).toBe(404);
    expect((await admin.post('/jobs/..%2f/run', {})).status).toBe(400);
  });

  it('survive a failure, and forget old runs', async () => {
    jobs.register({ name: 'test-broken', schedule: '0 0 1 1 *', run: () => Promise.reject(new Error('disk full')) });
    for (let i = 0; i < 105; i++) await jobs.runAndWait('test-broken', 'system');
    expect((await stateOf('test-broken')).lastRun).toMatchObject({ result: 'failed', message: 'disk full' });
    expect(await house.app.get(DataSource).manager.countBy(JobRunEntity, { job: 'test-broken' })).toBe(100);
    const alerts = (await admin.get('/dashboard')).body.alerts;
    expect(alerts).toContainEqual({ code: 'job-failed', params: { job: 'test-broken', message: 'disk full' } });
  });
});

describe('the ledger check', () => {
  it('is content with a balanced house and names the account that is not', async () => {
    const { body } = await admin.post('/subscribers', { number: '1001', balance: '5.00' });
    const check = house.app.get(LedgerCheckJob);
    expect(await check.check()).toMatchObject({ result: 'ok' });
    await house.app
      .get(UnitOfWork)
      .write((m) => m.query(`UPDATE "accounts" SET "balance" = "balance" + 1 WHERE "subscriberId" = ${body.subscriber.id}`));
    const outcome = await check.check();
    expect(outcome.result).toBe('warning');
    expect(outcome.message).toMatch(/1 balances .* balance 5\.000001, ledger 5\.00/);
  });
});

describe('backups', () => {
  it('are made on wish while the server runs, listed, and pruned to what the settings keep', async () => {
    await writeFile(join(house.dataDir, 'backups', 'dialtone-20200101-000000.sqlite.gz'), 'old');
    await admin.patch('/settings', { backupKeep: 1 });
    const made = await admin.post('/backups', {});
    expect(made.status).toBe(201);
    expect((await admin.get('/backups')).body.items).toEqual([made.body]);
    expect(await readdir(join(house.dataDir, 'backups'))).toEqual([made.body.name]);
    expect((await stateOf('backup')).lastRun).toMatchObject({ result: 'ok' });
  });
});
