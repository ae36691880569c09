import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

const SECRET = 'sip-secret-1001';

describe('changing the own e-mail address', () => {
  let test: TestApp;
  let admin: TestClient;
  let me: TestClient;

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    for (const number of ['1001', '1002'])
      await admin.post('/subscribers', { number, email: `s${number}@example.org`, sipPassword: `sip-secret-${number}` });
    me = test.visitor();
    expect((await me.post('/session', { login: '1001', password: SECRET })).status).toBe(200);
  });
  afterAll(() => test.stop());
  afterEach(() => vi.useRealTimers());

  const lastMail = async () => {
    const [row] = (await admin.get('/outbox?sort=-createdAt')).body.items;
    const mail = (await admin.get(`/outbox/${row.id}`)).body;
    return { ...mail, token: /\/confirm-email#token=([\w-]+)/.exec(mail.text)?.[1] };
  };
  const ask = async (email: string) => {
    expect((await me.post('/me/email-changes', { email, password: SECRET })).status).toBe(202);
    return (await lastMail()).token;
  };
  const confirm = (token: string | undefined) => test.visitor().post('/email-changes/confirm', { token });

  it('needs the password, and an address that is another one', async () => {
    const wrong = await me.post('/me/email-changes', { email: 'new@example.org', password: 'guess' });
    expect([wrong.status, wrong.body.code, wrong.body.errors[0].field]).toEqual([403, 'password-wrong', 'password']);
    const same = await me.post('/me/email-changes', { email: 'S1001@example.org', password: SECRET });
    expect([same.status, same.body.errors[0].field]).toEqual([400, 'email']);
    expect((await admin.post('/me/email-changes', { email: 'new@example.org', password: 'x' })).status).toBe(403);
    expect((await test.visitor().post('/me/email-changes', { email: 'new@example.org', password: 'x' })).status).toBe(401);
    expect((await admin.get('/outbox')).body.total).toBe(0);
  });

  it('counts when the link sent to the new address is opened, once; the old address is told; the audit knows', async () => {
    const older = await ask('first@example.org');
    const token = await ask('new@example.org');
    expect(await lastMail()).toMatchObject({ to: 'new@example.org', template: 'email-confirm' });
    expect((await me.get('/me')).body.email).toBe('s1001@example.org');
    expect(JSON.stringify(await test.app.get(DataSource).query('SELECT * FROM email_changes'))).not.toContain(token);
    expect((await confirm(older)).body.code).toBe('link-invalid');
    const answers = await Promise.all([confirm(token), confirm(token)]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410]);
    expect(answers.find((a) => a.status === 200)?.body).toEqual({ email: 'new@example.org' });
    expect((await me.get('/me')).body.email).toBe('new@example.org');
    expect(await lastMail()).toMatchObject({ to: 's1001@example.org', template: 'email-changed' });
    expect((await lastMail()).text).toContain('new@example.org');
    const [entry] = (await admin.get('/audit?entity=subscriber&action=subscriber.change')).body.items;
    expect(entry).toMatchObject({
      actor: 'subscriber:1001',
      entityId: '1',
      before: { email: 's1001@example.org' },
      after: { email: 'new@example.org' },
    });
  });

  it('does not tell who has an address, and gives none to two', async () => {
    const token = await ask('s1002@example.org');
    const answer = await confirm(token);
    expect([answer.status, answer.body.code]).toEqual([409, 'email-taken']);
    expect((await me.get('/me')).body.email).toBe('new@example.org');
  });

  it('is void after a day, and when the password changes meanwhile', async () => {
    const late = await ask('late@example.org');
    vi.useFakeTimers({ now: Date.now() + 24 * 3_600_000 + 1000, toFake: ['Date'] });
    expect((await confirm(late)).status).toBe(410);
    vi.useRealTimers();
    const token = await ask('other@example.org');
    expect((await me.post('/me/password', { current: SECRET, password: 'a password of mine' })).status).toBe(204);
    expect((await confirm(token)).status).toBe(410);
  });

  it('sends no more than a few mails an hour', async () => {
    const more = await me.post('/me/email-changes', { email: 'one-more@example.org', password: 'a password of mine' });
    expect(more.status).toBe(429);
    expect((await confirm('x'.repeat(43))).status).toBe(410);
  });
});
