import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemTimeZone } from '../billing/calendar-day.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { defaultSettings } from './settings.schema.ts';
import { SettingsService } from './settings.service.ts';

describe('settings', () => {
  let test: TestApp;
  let admin: TestClient;
  beforeAll(async () => {
    test = await startTestApp({ DIALTONE_CURRENCY: 'CHF' });
    admin = await test.admin();
  });
  afterAll(() => test.stop());

  it('are all on one page', async () => {
    const { body } = await admin.get('/settings');
    expect(Object.keys(body).sort()).toEqual(Object.keys(defaultSettings).sort());
    expect(body).toMatchObject({ sipDomain: 'dialtone.test', currency: 'EUR', timeZone: systemTimeZone() });
  });

  it('change at once, in memory, in the SIP path and after a restart, with an audit entry', async () => {
    const told: unknown[] = [];
    const stop = test.app.get(SettingsService).onChange((after, changed) => told.push([after.ringSeconds, [...changed]]));
    const answer = await admin.patch('/settings', { ringSeconds: 20, operatorName: 'Dialtone' });
    expect(answer.body.ringSeconds).toBe(20);
    stop();
    expect(told).toEqual([[20, ['ringSeconds']]]);
    expect(test.app.get(Directory).settings.ringSeconds).toBe(20);
    await test.app.get(SettingsService).load();
    expect(test.app.get(SettingsService).current.ringSeconds).toBe(20);
    const [entry] = (await admin.get('/audit?entity=settings')).body.items;
    expect(entry).toMatchObject({
      actor: 'admin:anna',
      action: 'settings.update',
      before: { ringSeconds: 45 },
      after: { ringSeconds: 20 },
    });
  });

  it('are all or nothing', async () => {
    const answer = await admin.patch('/settings', { ringSeconds: 33, registerMinExpires: 3600, registerMaxExpires: 60 });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, 'registerMinExpires']);
    expect((await admin.get('/settings')).body.ringSeconds).toBe(20);
  });

  it('survive a stored value that is no longer valid', async () => {
    const service = test.app.get(SettingsService);
    await test.app
      .get(UnitOfWork)
      .write((m) => m.query(`INSERT INTO settings ("key", value, "updatedAt") VALUES ('maxContacts', '"soon"', 0), ('gone', '1', 0)`));
    await service.load();
    expect(service.current.maxContacts).toBe(defaultSettings.maxContacts);
  });
});

describe('web server', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.stop());

  it('allows no foreign and no inline script, no frame, no sniffing', async () => {
    const { headers } = await test.visitor().get('/public/info');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('answers problems for what is not there, not JSON, too long, or of a wrong type', async () => {
    const visitor = test.visitor();
    for (const path of ['/nothing', '//api/v2/x', '/subscribers/1/nothing']) {
      const answer = await visitor.get(path);
      expect([path, answer.status, String(answer.headers['content-type']).split(';')[0]]).toEqual([path, 404, 'application/problem+json']);
    }
    const raw = (payload: string, type = 'application/json') =>
      test.app.inject({ method: 'POST', url: '/api/v1/session', headers: { 'content-type': type, 'x-dialtone-request': '1' }, payload });
    expect((await raw('{"login":')).statusCode).toBe(400);
    expect((await raw('{"__proto__": {"x": 1}}')).statusCode).toBe(400);
    expect((await raw(`"${'x'.repeat(300_000)}"`)).statusCode).toBe(413);
    expect((await raw('login=x', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
    expect((await raw('{"login":')).headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});
