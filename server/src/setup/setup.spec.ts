import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startTestApp, type TestApp } from '../testing/test-app.ts';
import { SetupService } from './setup.service.ts';

describe('first run', () => {
  let test: TestApp;
  const input = { admin: ADMIN, domain: 'Sip.Example.org', currency: 'USD', language: 'es', timeZone: 'America/Montevideo' };
  const codeOf = () => test.app.get(SetupService).code;

  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.stop());

  it('tells the page that set-up is needed, and what the environment proposes', async () => {
    const info = await test.visitor().get('/public/info');
    expect(info.body).toMatchObject({
      product: 'Dialtone',
      setupNeeded: true,
      domain: 'dialtone.test',
      languages: ['en', 'es'],
      sendsMail: false,
    });
  });

  it('refuses every other write with setup-needed (U-2)', async () => {
    for (const path of ['/session', '/signups', '/admins', '/subscribers', '/password-resets']) {
      const answer = await test.visitor().post(path, { login: 'x', password: 'y' });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'setup-needed']);
    }
    expect((await test.visitor().patch('/settings', { operatorName: 'x' })).body.code).toBe('setup-needed');
  });

  it('refuses without the code, with a wrong code, and after too many, and changes nothing (U-2)', async () => {
    const visitor = test.visitor('10.2.0.1');
    expect((await visitor.post('/setup', input)).status).toBe(403);
    for (let i = 0; i < 4; i++) expect((await visitor.post('/setup', { ...input, code: 'AAAA-AAAA' })).body.code).toBe('setup-code-wrong');
    const limited = await visitor.post('/setup', { ...input, code: codeOf() });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await test.visitor('192.0.2.1').post('/setup', { ...input, code: codeOf() })).body.code).toBe('admin-network');
    expect((await test.visitor().get('/public/info')).body).toMatchObject({ setupNeeded: true, domain: 'dialtone.test' });
    expect((await test.visitor().get('/admins')).status).toBe(401);
  });

  it('leaves the code where the console reads it, for its owner only', async () => {
    await test.app.get(SetupService).keepCodeFile();
    const file = join(test.dataDir, 'setup-code');
    expect((await readFile(file, 'utf8')).trim()).toBe(codeOf());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('says at once whether a code is right, with the same limits, and makes a new one for the console only', async () => {
    const visitor = test.visitor('10.2.0.9');
    expect((await visitor.post('/setup/check', { code: codeOf() })).status).toBe(204);
    for (let i = 0; i < 5; i++) expect((await visitor.post('/setup/check', { code: 'AAAA-AAAA' })).body.code).toBe('setup-code-wrong');
    expect((await visitor.post('/setup/check', { code: codeOf() })).status).toBe(429);
    expect((await test.visitor('192.0.2.1').post('/setup/check', { code: codeOf() })).body.code).toBe('admin-network');
    expect((await test.visitor().get('/setup/code')).status).toBe(401);
    expect((await test.visitor().post('/setup/code')).status).toBe(401);
    const line = await test.commandLine();
    const before = codeOf();
    expect((await line.get('/setup/code')).body).toEqual({ code: before });
    const made = (await line.post('/setup/code')).body.code;
    expect(made).not.toBe(before);
    expect(codeOf()).toBe(made);
    expect((await readFile(join(test.dataDir, 'setup-code'), 'utf8')).trim()).toBe(made);
    expect((await test.visitor('10.2.0.8').post('/setup/check', { code: before })).body.code).toBe('setup-code-wrong');
  });

  it('refuses weak input with the field at fault', async () => {
    const answer = await test
      .visitor()
      .post('/setup', { ...input, code: codeOf(), admin: { ...ADMIN, password: 'short' }, currency: 'euro' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((e: { field: string }) => e.field).sort()).toEqual(['admin.password', 'currency']);
  });

  it('makes one administrator from two requests at the same time, logs in, and dies', async () => {
    const code = codeOf()?.toLowerCase().replace('-', ' ');
    expect(codeOf()).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    const clients = [test.visitor(), test.visitor()];
    const answers = await Promise.all(clients.map((c) => c.post('/setup', { ...input, code }, { origin: 'http://dialtone.test:8080' })));
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409]);
    const winner = clients[answers.findIndex((a) => a.status === 201)];
    expect((await winner?.get('/me'))?.body).toMatchObject({ role: 'admin', login: 'anna', language: 'es' });
    expect((await winner?.get('/admins'))?.body.items[0].lastLoginAt).not.toBeNull();
    expect((await winner?.get('/settings'))?.body).toMatchObject({
      sipDomain: 'sip.example.org',
      currency: 'USD',
      publicUrl: 'http://dialtone.test:8080',
      timeZone: 'America/Montevideo',
    });
    expect(codeOf()).toBeUndefined();
    expect((await test.visitor().post('/setup', { ...input, code })).body.code).toBe('setup-done');
    expect((await test.visitor().get('/public/info')).body.setupNeeded).toBe(false);
  });

  it('keeps which steps were taken and which were left for later', async () => {
    const admin = await test.admin();
    const states = async () =>
      Object.fromEntries(
        (await admin.get('/setup/steps')).body.items.map((step: { key: string; state: string }) => [step.key, step.state]),
      );
    expect(await states()).toEqual({
      ...{ domain: 'done', timeZone: 'done', currency: 'done' },
      ...{ mail: 'open', gateway: 'open', signup: 'open', backup: 'open', rates: 'open', subscriber: 'open' },
    });
    expect((await admin.put('/setup/steps/signup', { state: 'done' })).status).toBe(200);
    await admin.put('/setup/steps/mail', { state: 'skipped' });
    await admin.put('/setup/steps/gateway', { state: 'done' });
    // What can be seen is believed more than what is said.
    expect(await states()).toMatchObject({ signup: 'done', mail: 'skipped', gateway: 'open' });
    await admin.put('/setup/steps/mail', { state: 'open' });
    expect(await states()).toMatchObject({ mail: 'open' });
    expect((await admin.put('/setup/steps/nothing', { state: 'done' })).status).toBe(400);
    expect((await admin.get('/setup/code')).body.code).toBe('setup-done');
    expect((await admin.post('/setup/code')).body.code).toBe('setup-done');
  });

  it('keeps the admin token for its owner only', async () => {
    await expect(stat(join(test.dataDir, 'setup-code'))).rejects.toThrow('ENOENT');
    expect((await stat(join(test.dataDir, 'admin-token'))).mode & 0o777).toBe(0o600);
    const line = await test.commandLine();
    expect((await line.get('/admins')).body.items).toHaveLength(1);
    expect((await line.get('/me')).body.login).toBe('command-line');
  });
});
