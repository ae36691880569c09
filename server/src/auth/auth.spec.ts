import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { SessionsService } from './sessions.service.ts';

const PORTAL_PASSWORD = 'portal password 1';
const ADMIN_LOGIN = { login: ADMIN.login, password: ADMIN.password };

describe('login', () => {
  let test: TestApp;
  let admin: TestClient;
  const login = (client: TestClient, name: string, password: string) => client.post('/session', { login: name, password });

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    for (const number of ['1001', '1002']) {
      const made = await admin.post('/subscribers', {
        number,
        displayName: `Sub ${number}`,
        email: `s${number}@example.org`,
        sipPassword: `sip-secret-${number}`,
      });
      expect(made.status).toBe(201);
    }
    expect((await admin.post('/subscribers/1/portal-password', { password: PORTAL_PASSWORD })).status).toBeLessThan(300);
  });
  afterAll(() => test.stop());

  it('sets a cookie that scripts and other sites cannot use, and stores only its hash', async () => {
    const client = test.visitor();
    const answer = await login(client, ADMIN.login.toUpperCase(), ADMIN.password);
    expect(answer.status).toBe(200);
    expect((await client.get('/audit?action=admin.login')).body.items[0]).toMatchObject({
      actor: 'admin:anna',
      entity: 'admin',
      entityId: '1',
    });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^dialtone_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const overTls = await test.visitor().post('/session', ADMIN_LOGIN, { origin: 'https://dialtone.test:8080' });
    expect(String(overTls.headers['set-cookie'])).toContain('; Secure');
    const rows = await test.app.get(DataSource).query('SELECT * FROM sessions');
    expect(JSON.stringify(rows)).not.toContain(client.cookie?.split('=')[1]);
  });

  it.each([
    ['number', '1001'],
    ['number@domain', '1001@dialtone.test'],
    ['e-mail', 'S1001@example.org'],
  ])('takes a subscriber by %s', async (_, name) => {
    const answer = await login(test.visitor(), name, PORTAL_PASSWORD);
    expect(answer.body).toMatchObject({ role: 'subscriber', number: '1001', subscriberId: 1, adminId: null });
  });

  it('takes the SIP password only while there is no portal password', async () => {
    expect((await login(test.visitor(), '1002', 'sip-secret-1002')).status).toBe(200);
    expect((await login(test.visitor(), '1001', 'sip-secret-1001')).status).toBe(401);
  });

  it('answers the same for a wrong password and for nobody', async () => {
    const [wrong, nobody] = await Promise.all([
      login(test.visitor('192.0.2.7'), '1001', 'x'),
      login(test.visitor('192.0.2.7'), 'nobody', 'x'),
    ]);
    expect(wrong.status).toBe(401);
    expect(nobody.body).toEqual(wrong.body);
  });

  it('stops guessing at one account, from any address, also all at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, i) => login(test.visitor(`198.51.100.${i}`), '1002@dialtone.test', `guess ${i}`)),
    );
    expect(answers.filter((a) => a.status === 401)).toHaveLength(10);
    const limited = answers.filter((a) => a.status === 429);
    expect(limited).toHaveLength(5);
    expect(Number(limited[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login(test.visitor(), '1002@dialtone.test', 'sip-secret-1002')).status).toBe(429);
  });

  it('stops one address that guesses at many accounts; others go on', async () => {
    // Administrators' networks are never banned, so that the limit itself is seen.
    const guesser = test.visitor('10.203.113.9');
    const codes = [];
    for (let i = 0; i < 31; i++) codes.push((await login(guesser, `x${i}`, 'guess')).status);
    expect(codes.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(codes[30]).toBe(429);
    expect((await login(test.visitor('203.0.113.10'), '1001', PORTAL_PASSWORD)).status).toBe(200);
  });

  it('logs out', async () => {
    const client = test.visitor();
    await login(client, '1001', PORTAL_PASSWORD);
    const cookie = client.cookie;
    expect((await client.delete('/session')).status).toBe(204);
    expect(client.cookie).toBeUndefined();
    client.cookie = cookie;
    expect((await client.get('/me')).status).toBe(401);
    expect((await client.get('/session')).body).toEqual({ me: null });
  });

  it('ends all sessions when the password changes, but the one that changed it', async () => {
    const [here, there] = [test.visitor(), test.visitor()];
    await login(here, '1001', PORTAL_PASSWORD);
    await login(there, '1001', PORTAL_PASSWORD);
    const wrong = await here.post('/me/password', { current: 'wrong', password: 'another password' });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([403, 'current']);
    expect((await here.post('/me/password', { current: PORTAL_PASSWORD, password: 'short' })).status).toBe(400);
    expect((await here.post('/me/password', { current: PORTAL_PASSWORD, password: 'another password' })).status).toBe(204);
    expect((await here.get('/me')).status).toBe(200);
    expect((await there.get('/me')).status).toBe(401);
    expect((await here.post('/me/password', { current: 'another password', password: PORTAL_PASSWORD })).status).toBe(204);
  });

  it('ends a session that is not used, and moves the end of one that is', async () => {
    const client = test.visitor();
    await login(client, '1001', PORTAL_PASSWORD);
    const sessions = test.app.get(SessionsService);
    const inAnHour = Date.now() + 3_600_000;
    await sessions.removeExpired(inAnHour);
    expect((await client.get('/me')).status).toBe(200);
    await sessions.removeExpired(Date.now() + 13 * 3_600_000);
    expect((await client.get('/me')).status).toBe(401);
  });

  it('refuses writes that did not come from our pages', async () => {
    admin = await test.admin();
    const cookie = admin.cookie ?? '';
    const plain = (headers: Record<string, string>) =>
      test.app.inject({
        method: 'PATCH',
        url: '/api/v1/settings',
        headers: { cookie, host: 'dialtone.test:8080', ...headers },
        payload: { operatorName: 'Evil' },
      });
    expect((await plain({})).statusCode).toBe(403);
    expect((await plain({ 'x-dialtone-request': '1', origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await plain({ 'x-dialtone-request': '1', origin: 'null' })).statusCode).toBe(403);
    expect((await plain({ 'x-dialtone-request': '1', origin: 'http://dialtone.test:8080' })).statusCode).toBe(200);
    expect((await plain({ 'x-dialtone-request': '1', host: 'phone.example:8080', origin: 'http://phone.example:8080' })).statusCode).toBe(
      200,
    );
  });

  it('refuses a wrong token, and does not fall back to the cookie', async () => {
    const client = test.visitor();
    expect((await client.get('/admins', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await admin.get('/admins', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await (await test.commandLine()).post('/me/password', { current: 'x', password: 'long enough 1' })).body.code).toBe(
      'no-own-account',
    );
  });

  describe('administrators', () => {
    it('are made, listed and removed, but not the last one and not by himself', async () => {
      const made = await admin.post('/admins', { login: 'Berta', name: 'Berta', email: 'Berta@example.org', password: 'long enough 1' });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ login: 'berta', email: 'berta@example.org' });
      expect(JSON.stringify(made.body)).not.toMatch(/argon|hash/i);
      expect((await admin.post('/admins', { login: 'BERTA', name: 'x', password: 'long enough 1' })).body.errors[0]).toMatchObject({
        field: 'login',
        code: 'taken',
      });
      expect((await admin.delete('/admins/1')).body.code).toBe('own-account');
      const line = await test.commandLine();
      expect((await line.delete(`/admins/${made.body.id}`)).status).toBe(204);
      expect((await line.delete('/admins/1')).body.code).toBe('last-admin');
      expect((await admin.delete('/admins/99')).status).toBe(404);
    });

    it('lose their session with their account', async () => {
      const made = await admin.post('/admins', { login: 'carl', name: 'Carl', password: 'long enough 1' });
      const carl = test.visitor();
      await login(carl, 'carl', 'long enough 1');
      expect((await carl.get('/admins')).status).toBe(200);
      await admin.delete(`/admins/${made.body.id}`);
      expect((await carl.get('/admins')).status).toBe(401);
    });
  });

  describe('a forgotten password', () => {
    const lastLink = async () => {
      const mails = (await admin.get('/outbox?sort=-createdAt')).body.items;
      const mail = (await admin.get(`/outbox/${mails[0].id}`)).body;
      return { mail, token: /#token=([\w-]+)/.exec(mail.text)?.[1] };
    };
    const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

    it('gives a link by mail that works once and ends the sessions', async () => {
      const client = test.visitor();
      await login(client, '1001', PORTAL_PASSWORD);
      const asked = await test.visitor().post('/password-resets', { login: 's1001@example.org' });
      expect([asked.status, asked.body]).toEqual([202, { status: 'accepted' }]);
      await settle();
      const { token: older } = await lastLink();
      await test.visitor().post('/password-resets', { login: 's1001@example.org' });
      await settle();
      const { mail, token } = await lastLink();
      expect(mail).toMatchObject({ to: 's1001@example.org', template: 'password-reset', state: 'kept' });
      expect((await test.visitor().post('/password-resets/confirm', { token, password: 'short' })).status).toBe(400);
      const both = await Promise.all(
        [1, 2].map(() => test.visitor().post('/password-resets/confirm', { token, password: 'brand new password' })),
      );
      expect(both.map((a) => a.status).sort()).toEqual([204, 410]);
      expect((await test.visitor().post('/password-resets/confirm', { token: older, password: 'an older password' })).status).toBe(410);
      expect((await client.get('/me')).status).toBe(401);
      expect((await login(test.visitor(), '1001', 'brand new password')).status).toBe(200);
    });

    it('dies when the password is changed meanwhile, by himself or by an administrator', async () => {
      const ask = async () => {
        await test.visitor().post('/password-resets', { login: 's1002@example.org' });
        await settle();
        return (await lastLink()).token;
      };
      const confirm = (token: string | undefined) =>
        test.visitor().post('/password-resets/confirm', { token, password: 'from the old mail' });
      const byAdmin = await ask();
      await admin.post('/subscribers/2/portal-password', { password: 'set by the admin' });
      expect((await confirm(byAdmin)).body.code).toBe('link-invalid');
      const client = test.visitor('192.0.2.200');
      expect((await login(client, 's1002@example.org', 'set by the admin')).status).toBe(200);
      const byHimself = await ask();
      expect((await client.post('/me/password', { current: 'set by the admin', password: 'set by himself' })).status).toBe(204);
      expect((await confirm(byHimself)).body.code).toBe('link-invalid');
      expect((await client.get('/me')).status).toBe(200);
    });

    it('does not tell that nobody has that address', async () => {
      const before = (await admin.get('/outbox')).body.total;
      const asked = await test.visitor().post('/password-resets', { login: 'nobody@example.org' });
      expect([asked.status, asked.body]).toEqual([202, { status: 'accepted' }]);
      await settle();
      expect((await admin.get('/outbox')).body.total).toBe(before);
      expect(
        (await test.visitor().post('/password-resets/confirm', { token: 'x'.repeat(43), password: 'brand new password' })).status,
      ).toBe(410);
    });
  });
});
