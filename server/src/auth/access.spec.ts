import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Route, routesOf } from '../testing/routes.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

/** What everybody may reach. A new line here is a decision. */
const PUBLIC = [
  'DELETE /session',
  'GET /provision/:token',
  'GET /public/health',
  'GET /public/info',
  'GET /session',
  'POST /email-changes/confirm',
  'POST /host/network/confirm',
  'POST /password-resets',
  'POST /password-resets/confirm',
  'POST /session',
  'POST /setup',
  'POST /setup/check',
  'POST /signups',
  'POST /signups/confirm',
];

/** Streams that never end are opened by their own specs. */
const ENDLESS = new Set(['GET /events']);

describe('who may reach what', () => {
  let test: TestApp;
  let routes: Route[];
  let admin: TestClient;
  let owner: TestClient;
  let other: TestClient;

  const urlOf = (route: Route, id = '999999') => route.path.replace(/:\w+/g, id);
  const call = (client: TestClient, route: Route, id?: string) =>
    client.call(route.method, urlOf(route, id), route.method === 'GET' ? {} : { body: {} });
  const finite = () => routes.filter((route) => !ENDLESS.has(route.name));

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    for (const number of ['1001', '1002'])
      await admin.post('/subscribers', { number, displayName: number, sipPassword: `secret-${number}` });
    [owner, other] = [test.visitor(), test.visitor()];
    expect((await owner.post('/session', { login: '1001', password: 'secret-1001' })).status).toBe(200);
    expect((await other.post('/session', { login: '1002', password: 'secret-1002' })).status).toBe(200);
    routes = routesOf(test.app);
  });
  afterAll(() => test.stop());

  it('finds the endpoints, none twice', () => {
    expect(routes.length).toBeGreaterThan(40);
    const names = routes.map((route) => route.name.replace(/:\w+/g, ':'));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('is open to everybody only where it is said here', () => {
    expect(
      routes
        .filter((route) => route.roles.includes('public'))
        .map((route) => route.name)
        .sort(),
    ).toEqual(PUBLIC);
  });

  it('is open to subscribers only below /me and for the stream', () => {
    const open = routes.filter((route) => route.roles.includes('subscriber')).map((route) => route.name);
    expect(open.filter((name) => !/ \/me(\/|$)/.test(name))).toEqual(['GET /events']);
  });

  it('validates every body, query and path parameter by a schema', () => {
    expect(routes.filter((route) => route.unchecked.length > 0).map((route) => `${route.name}: ${route.unchecked.join()}`)).toEqual([]);
  });

  it('asks a visitor to log in', async () => {
    for (const route of routes.filter((r) => !r.roles.includes('public'))) {
      const { status, body } = await call(test.visitor(), route);
      expect([route.name, status, body.code]).toEqual([route.name, 401, 'login-needed']);
    }
  });

  it('refuses a subscriber what belongs to administrators', async () => {
    for (const route of finite().filter((r) => !r.roles.includes('subscriber') && !r.roles.includes('public'))) {
      for (const id of ['1', '999999']) {
        const { status, body } = await call(owner, route, id);
        expect([route.name, status, body.code]).toEqual([route.name, 403, 'not-allowed']);
      }
    }
  });

  it('lets a subscriber reach his own pages, and nothing of another', async () => {
    for (const route of finite().filter((r) => r.roles.includes('subscriber') && r.method === 'GET')) {
      const { status } = await call(other, route, '1');
      const expected = route.path.includes(':') ? [404, 400] : [200, 400];
      expect([route.name, expected.includes(status)], `${status}`).toEqual([route.name, true]);
    }
    expect((await owner.get('/me')).body.number).toBe('1001');
    expect((await other.get('/me')).body.number).toBe('1002');
  });

  it('lets an administrator reach every endpoint of his, and refuses him pages he does not have', async () => {
    for (const route of finite().filter((r) => !r.roles.includes('public') && r.method !== 'DELETE')) {
      const { status } = await call(admin, route);
      if (route.roles.includes('admin')) expect([route.name, [401, 403, 500].includes(status)], `${status}`).toEqual([route.name, false]);
      else expect([route.name, status]).toEqual([route.name, 403]);
    }
  });

  it('ends what a suspended or closed subscriber may do', async () => {
    await admin.post('/subscribers', { number: '1003', displayName: '1003', sipPassword: 'secret-1003' });
    const gone = test.visitor();
    await gone.post('/session', { login: '1003', password: 'secret-1003' });
    expect((await gone.get('/me')).status).toBe(200);
    expect((await admin.delete('/subscribers/3')).status).toBeLessThan(300);
    expect((await gone.get('/me')).status).toBe(401);
    expect((await test.visitor().post('/session', { login: '1003', password: 'secret-1003' })).status).toBe(401);
  });
});
