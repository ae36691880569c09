import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN, startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let test: TestApp;
let anna: TestClient;
const BERTA = { login: 'berta', password: 'berta has a password' };

beforeAll(async () => {
  test = await startTestApp();
  anna = await test.admin();
  await anna.post('/admins', { ...BERTA, name: 'Berta' });
});
afterAll(() => test.stop());

const enrol = async (client: TestClient, password: string) => {
  const { secret } = (await client.post('/me/second-factor', { password })).body;
  return client.post('/me/second-factor/confirm', { code: new TOTP({ secret }).generate() });
};

it('lets an administrator without a second factor do nothing but set one up, where the settings demand one', async () => {
  const berta = test.visitor();
  expect((await berta.post('/session', BERTA)).body).toMatchObject({ role: 'admin', secondFactorNeeded: false });
  expect((await berta.get('/admins')).status).toBe(200);

  // Anna has none either: from her own change on she is asked like everybody.
  expect((await anna.patch('/settings', { requireSecondFactor: true })).body.requireSecondFactor).toBe(true);
  for (const client of [anna, berta]) {
    for (const answer of [
      await client.get('/subscribers'),
      await client.get('/settings'),
      await client.get('/events'),
      await client.patch('/settings', { requireSecondFactor: false }),
      await client.post('/admins', { login: 'carla', name: 'Carla', password: 'carla has a password' }),
      await client.patch('/me', { name: 'Somebody' }),
      await client.post('/me/password', { current: BERTA.password, password: 'another password' }),
    ])
      expect([answer.status, answer.body.code]).toEqual([403, 'second-factor-needed']);
  }
  const again = test.visitor();
  expect((await again.post('/session', BERTA)).body).toMatchObject({ login: 'berta', secondFactorNeeded: true });
  expect((await again.get('/session')).body.me.secondFactorNeeded).toBe(true);
  expect((await again.get('/me')).body.secondFactorNeeded).toBe(true);
  expect((await again.get('/me/second-factor')).body.on).toBe(false);

  expect((await enrol(again, BERTA.password)).body.recoveryCodes).toHaveLength(10);
  expect((await again.get('/me')).body.secondFactorNeeded).toBe(false);
  expect((await again.get('/admins')).status).toBe(200);
  // Her other session ended with the enrolment, and Anna's own is as it was.
  expect((await berta.get('/admins')).status).toBe(401);
  expect((await anna.get('/admins')).status).toBe(403);
});

it('demands none of subscribers and of the command line, which lets everybody in again', async () => {
  const line = await test.commandLine();
  const password = 'rosahasapassword1';
  expect((await line.post('/subscribers', { number: '1001', displayName: 'Rosa', sipPassword: password })).status).toBe(201);
  const rosa = test.visitor();
  expect((await rosa.post('/session', { login: '1001', password })).body.secondFactorNeeded).toBe(false);
  expect((await rosa.get('/me/balance')).status).toBe(200);
  expect((await line.patch('/settings', { requireSecondFactor: false })).status).toBe(200);
  expect((await anna.get('/admins')).status).toBe(200);
  expect((await test.visitor().post('/session', { login: ADMIN.login, password: ADMIN.password })).body.secondFactorNeeded).toBe(false);
});
