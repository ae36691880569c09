import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { SignupsService } from './signups.service.ts';

const PASSWORD = 'portal password 1';
let next = 1;
/** Everybody signs up from his own address, so that only the test of the limits meets them. */
const addressOf = () => `198.51.100.${next++}`;

describe('sign-up', () => {
  let test: TestApp;
  let admin: TestClient;

  const begin = (email: string, more: object = {}, address = addressOf()) =>
    test.visitor(address).post('/signups', { name: 'Berta Beispiel', email, password: PASSWORD, ...more });
  const lastMail = async (to: string) => {
    const list = (await admin.get(`/outbox?q=${encodeURIComponent(to)}`)).body.items;
    return list.length === 0 ? undefined : (await admin.get(`/outbox/${list[0].id}`)).body;
  };
  const tokenFor = async (email: string) => /\/signup\/confirm#token=([\w-]+)/.exec((await lastMail(email)).text)?.[1];
  const confirm = async (email: string, client = test.visitor(addressOf())) =>
    client.post('/signups/confirm', { token: await tokenFor(email) });
  const policy = (signupPolicy: string) => admin.patch('/settings', { signupPolicy });

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    const patched = await admin.patch('/settings', {
      signupFirstNumber: '20000',
      signupLastNumber: '20003',
      publicUrl: 'https://phone.example.org',
    });
    expect(patched.status).toBe(200);
  });
  afterAll(() => test.stop());

  it('open: mail, link, number, SIP password shown once, logged in, safe limits (M-50)', async () => {
    expect((await begin('Berta@Example.org', { language: 'es' })).body).toEqual({ status: 'accepted' });
    const mail = await lastMail('berta@example.org');
    expect(mail).toMatchObject({ template: 'signup-confirm', language: 'es', state: 'kept' });
    expect(mail.text).toContain('https://phone.example.org/signup/confirm#token=');
    const client = test.visitor();
    const done = await confirm('berta@example.org', client);
    expect(done.body).toMatchObject({ status: 'active', number: '20000', device: { username: '20000', domain: 'dialtone.test' } });
    expect(done.body.sipPassword).toMatch(/^\w{16}$/);
    expect(done.body.provisioning.url).toMatch(/^https:\/\/phone\.example\.org\/api\/v1\/provision\/[\w-]{43}$/);
    expect((await client.get('/me')).body).toMatchObject({ role: 'subscriber', number: '20000', language: 'es' });

    const subscriber = test.app.get(Directory).subscriber('20000', 'dialtone.test');
    expect(subscriber).toMatchObject({ selfSignedUp: true, maxCalls: 2, status: 'active' });
    expect(subscriber?.groups).not.toContain('int');
    const again = await test.visitor().post('/session', { login: 'berta@example.org', password: PASSWORD });
    expect(again.status).toBe(200);
  });

  it('lets a link be used once', async () => {
    expect((await confirm('berta@example.org')).body.code).toBe('link-used');
    expect((await test.visitor().post('/signups/confirm', { token: 'x'.repeat(43) })).body.code).toBe('link-unknown');
  });

  it('opens one account from two clicks at the same time', async () => {
    await begin('twice@example.org');
    const answers = await Promise.all([confirm('twice@example.org'), confirm('twice@example.org')]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410]);
  });

  it('does not tell that an address has an account; its owner gets another mail', async () => {
    const before = (await admin.get('/signups')).body.total;
    const answer = await begin('berta@example.org');
    expect([answer.status, answer.body]).toEqual([202, { status: 'accepted' }]);
    expect((await lastMail('berta@example.org')).template).toBe('signup-exists');
    expect((await admin.get('/signups')).body.total).toBe(before);
  });

  it('keeps only the latest link of an address', async () => {
    await begin('later@example.org');
    const first = await tokenFor('later@example.org');
    await begin('later@example.org');
    expect((await test.visitor().post('/signups/confirm', { token: first })).body.code).toBe('link-expired');
    expect((await confirm('later@example.org')).body.status).toBe('active');
  });

  it('approval: an administrator decides, with a mail and an audit entry', async () => {
    await policy('approval');
    for (const email of ['yes@example.org', 'no@example.org']) {
      await begin(email);
      expect((await confirm(email)).body).toEqual({ status: 'pending', number: null, sipPassword: null, device: null, provisioning: null });
    }
    const waiting = (await admin.get('/signups?state=waiting&sort=email')).body.items;
    expect(waiting.map((s: { email: string }) => s.email)).toEqual(['no@example.org', 'yes@example.org']);
    expect(JSON.stringify(waiting)).not.toMatch(/hash/i);
    expect((await test.visitor().post('/session', { login: 'yes@example.org', password: PASSWORD })).status).toBe(401);
    const approved = await admin.post(`/signups/${waiting[1].id}/approve`);
    expect(approved.body).toMatchObject({ state: 'active', decidedBy: 'admin:anna' });
    expect((await lastMail('yes@example.org')).subject).toContain('20003');
    expect((await test.visitor().post('/session', { login: 'yes@example.org', password: PASSWORD })).status).toBe(200);
    expect((await admin.post(`/signups/${waiting[1].id}/reject`, {})).body.code).toBe('wrong-state');
    expect((await admin.post(`/signups/${waiting[0].id}/reject`, { reason: 'Not a person' })).body.state).toBe('rejected');
    expect((await lastMail('no@example.org')).text).toContain('Not a person');
    expect((await admin.post('/signups/999/approve')).status).toBe(404);
    const audit = (await admin.get('/audit?entity=signup')).body.items;
    expect(audit.map((e: { action: string }) => e.action)).toEqual(['signup.reject', 'signup.approve']);
    await policy('open');
  });

  it('says when the numbers have run out, and lets the link be used later', async () => {
    await begin('full@example.org');
    expect((await confirm('full@example.org')).body.code).toBe('no-numbers');
    await admin.patch('/settings', { signupLastNumber: '20009' });
    expect((await confirm('full@example.org')).body.number).toBe('20004');
  });

  it('closed: refuses the form and the link', async () => {
    await begin('late@example.org');
    await policy('closed');
    expect((await begin('closed@example.org')).body.code).toBe('signup-closed');
    expect((await confirm('late@example.org')).body.code).toBe('signup-closed');
    await policy('open');
  });

  it('needs the terms accepted, and only takes the mail domains that are set', async () => {
    await admin.patch('/settings', { terms: { en: 'Be kind.', es: 'Sea amable.' }, signupMailDomains: ['example.org'] });
    expect((await begin('t@example.org')).body.errors[0]).toMatchObject({ field: 'acceptTerms', code: 'required' });
    expect((await begin('t@other.org', { acceptTerms: true })).body.errors[0]).toMatchObject({ field: 'email', code: 'mail-domain' });
    expect((await begin('t@example.org', { acceptTerms: true })).status).toBe(202);
    await admin.patch('/settings', { terms: { en: '', es: '' }, signupMailDomains: [] });
  });

  it('closes links that are too old', async () => {
    await begin('old@example.org');
    expect(await test.app.get(SignupsService).removeExpired(Date.now() + 25 * 3_600_000)).toBeGreaterThan(0);
    expect((await confirm('old@example.org')).body.code).toBe('link-expired');
  });

  it('gives start credit by the ledger', async () => {
    await admin.patch('/settings', { signupStartCredit: '1.50' });
    await begin('rich@example.org');
    const client = test.visitor();
    expect((await confirm('rich@example.org', client)).status).toBe(200);
    expect((await client.get('/me/balance')).body).toMatchObject({
      balance: '1.50',
      available: '1.50',
      held: '0.00',
      currency: 'EUR',
      kind: 'prepaid',
    });
  });

  it('limits an address, and mails to one recipient', async () => {
    const codes = [];
    for (let i = 0; i < 11; i++) codes.push((await begin(`flood${i}@example.org`, {}, '203.0.113.50')).status);
    expect(codes.filter((c) => c === 202)).toHaveLength(10);
    expect(codes[10]).toBe(429);
    const mails = [];
    for (let i = 0; i < 4; i++) mails.push((await begin('victim@example.org')).status);
    expect(mails).toEqual([202, 202, 202, 429]);
  });
});
