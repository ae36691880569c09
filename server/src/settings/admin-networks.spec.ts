import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let house: TestApp;
let admin: TestClient;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  await admin.post('/subscribers', { number: '1001', displayName: '1001', sipPassword: 'secret-1001' });
});
afterAll(() => house.stop());

const credentials = { login: ADMIN.login, password: ADMIN.password };

/** The cookie of an administrator, carried to another address. */
function carried(address: string): TestClient {
  const client = house.visitor(address);
  client.cookie = admin.cookie;
  return client;
}

describe('administrators work from listed networks only', () => {
  it.each(['10.1.2.3', '172.20.0.1', '192.168.1.9', '127.0.0.1', '::1', 'fe80::1', 'fd12::1', '::ffff:192.168.1.9'])(
    'as from %s',
    async (address) => {
      expect((await house.visitor(address).post('/session', credentials)).status).toBe(200);
      expect((await carried(address).get('/settings')).status).toBe(200);
    },
  );

  it.each(['203.0.113.7', '172.32.0.1', '100.64.0.1', '2001:db8::1', '::ffff:203.0.113.7'])(
    'but not from %s, with words that say what to do',
    async (address) => {
      const login = await house.visitor(address).post('/session', credentials);
      expect([login.status, login.body.code]).toEqual([403, 'admin-network']);
      expect(login.body.detail).toContain('dialtone access allow');
      expect(login.headers['set-cookie']).toBeUndefined();
      for (const path of ['/settings', '/subscribers', '/certificates', '/bans'])
        expect([path, (await carried(address).get(path)).body.code]).toEqual([path, 'admin-network']);
      expect((await carried(address).patch('/settings', { operatorName: 'x' })).body.code).toBe('admin-network');
    },
  );

  it('hold for the token of the command line too', async () => {
    expect((await (await house.commandLine()).get('/settings')).status).toBe(200);
    const bearer = (await readFile(`${house.dataDir}/admin-token`, 'utf8')).trim();
    const far = await house.visitor('203.0.113.7').get('/settings', { authorization: `Bearer ${bearer}` });
    expect([far.status, far.body.code]).toEqual([403, 'admin-network']);
  });

  it('tells a wrong password nothing about administrators', async () => {
    const wrong = await house.visitor('203.0.113.8').post('/session', { ...credentials, password: 'not this one' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'login-wrong']);
  });

  it('leave subscribers and visitors alone; elsewhere the session of an administrator is nobody’s, and can be ended', async () => {
    const subscriber = house.visitor('203.0.113.9');
    expect((await subscriber.post('/session', { login: '1001', password: 'secret-1001' })).status).toBe(200);
    expect((await subscriber.get('/me')).status).toBe(200);
    expect((await house.visitor('203.0.113.9').get('/public/info')).status).toBe(200);
    const other = house.visitor();
    await other.post('/session', credentials);
    const far = house.visitor('203.0.113.9');
    far.cookie = other.cookie;
    expect((await far.get('/session')).body).toEqual({ me: null });
    expect((await far.delete('/session')).status).toBe(204);
    expect((await other.get('/settings')).status).toBe(401);
  });
});

describe('the list', () => {
  it('takes nobody who would lock himself out', async () => {
    const near = carried('192.168.1.9');
    const { status, body } = await near.patch('/settings', { adminNetworks: ['10.0.0.0/8'] });
    expect([status, body.errors[0]]).toMatchObject([400, { field: 'adminNetworks', code: 'would-lock-out' }]);
    expect(body.detail).toContain('192.168.1.9');
    expect((await near.patch('/settings', { adminNetworks: ['192.168.1.9', '203.0.113.0/24'] })).status).toBe(200);
    expect((await carried('192.168.1.10').get('/settings')).status).toBe(403);
    expect((await carried('203.0.113.7').get('/settings')).status).toBe(200);
  });

  it('takes any change made on the machine itself, which is never shut out', async () => {
    expect((await admin.patch('/settings', { adminNetworks: ['10.9.0.0/16'] })).status).toBe(200);
    expect((await admin.get('/settings')).status).toBe(200);
    expect((await (await house.commandLine()).get('/settings')).status).toBe(200);
    expect((await carried('192.168.1.9').get('/settings')).status).toBe(403);
  });

  it.each([[], ['10.0.0.0/33'], ['nonsense'], ['10.0.0.1:80']].map((list) => [list]))('refuses %j', async (adminNetworks) => {
    expect((await admin.patch('/settings', { adminNetworks })).status).toBe(400);
  });
});
