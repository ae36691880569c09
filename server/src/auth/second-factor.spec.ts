import { TOTP } from 'otpauth';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADMIN, startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

const STEP = 30_000;
const BERTA = { login: 'berta', password: 'berta has a password' };

describe('the second factor of administrators', () => {
  let test: TestApp;
  let anna: TestClient;
  let berta: TestClient;
  let bertaId: number;
  let secret: string;
  let recovery: string[];

  /** What the app on the phone shows, or will show `later` steps from now. */
  const codeOf = (key: string, later = 0) => new TOTP({ secret: key }).generate({ timestamp: Date.now() + later * STEP });
  const code = (later = 0) => codeOf(secret, later);
  /** A code is taken once: the next one comes 30 s later. */
  const nextStep = (steps = 1) => vi.setSystemTime(Date.now() + steps * STEP);
  const login = (given?: string, client = test.visitor()) =>
    client.post('/session', { ...BERTA, ...(given !== undefined && { code: given }) });
  const audited = async (action: string) => (await anna.get(`/audit?action=${action}`)).body.items;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    test = await startTestApp();
    anna = await test.admin();
    bertaId = (await anna.post('/admins', { ...BERTA, name: 'Berta' })).body.id;
  });
  beforeEach(() => nextStep());
  afterAll(async () => {
    await test.stop();
    vi.useRealTimers();
  });

  it('is off at first, and the password alone opens', async () => {
    berta = test.visitor();
    expect((await login(undefined, berta)).status).toBe(200);
    expect((await login('123456')).status).toBe(200);
    expect((await berta.get('/me/second-factor')).body).toEqual({ on: false, since: null, recoveryCodesLeft: 0 });
    expect((await berta.post('/me/second-factor/off', { password: BERTA.password, code: '123456' })).body.code).toBe('second-factor-off');
    expect((await berta.post('/me/second-factor/confirm', { code: '123456' })).body.code).toBe('second-factor-not-begun');
  });

  it('begins with the password, and counts only after a code of the app', async () => {
    const wrong = await berta.post('/me/second-factor', { password: 'wrong' });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([403, 'password']);
    const begun = await berta.post('/me/second-factor', { password: BERTA.password });
    expect(begun.status).toBe(200);
    expect(begun.body.uri).toContain(`secret=${begun.body.secret}`);
    expect((await login()).status).toBe(200);
    // Too late; and what is begun again replaces what was begun before.
    nextStep(31);
    expect((await berta.post('/me/second-factor/confirm', { code: codeOf(begun.body.secret) })).body.code).toBe('second-factor-not-begun');
    secret = (await berta.post('/me/second-factor', { password: BERTA.password })).body.secret;
    expect((await berta.post('/me/second-factor/confirm', { code: codeOf(begun.body.secret) })).body.code).toBe('second-factor-wrong');

    const there = test.visitor();
    await login(undefined, there);
    const on = await berta.post('/me/second-factor/confirm', { code: code() });
    expect(on.status).toBe(200);
    recovery = on.body.recoveryCodes;
    expect(new Set(recovery).size).toBe(10);
    expect((await berta.get('/me/second-factor')).body).toMatchObject({ on: true, recoveryCodesLeft: 10 });
    expect((await there.get('/me')).status).toBe(401);
    expect((await berta.post('/me/second-factor', { password: BERTA.password })).body.code).toBe('second-factor-on');
    expect((await audited('admin.second-factor-on'))[0]).toMatchObject({ actor: 'admin:berta', entityId: String(bertaId) });
  });

  it('asks for a code once the password is right, and opens no session before', async () => {
    const client = test.visitor();
    expect((await client.post('/session', { ...BERTA, password: 'wrong', code: code() })).body.code).toBe('login-wrong');
    const asked = await login(undefined, client);
    expect([asked.status, asked.body.code, asked.headers['set-cookie']]).toEqual([401, 'second-factor-required', undefined]);
    const wrong = await login('000000', client);
    expect([wrong.status, wrong.body.code, wrong.headers['set-cookie']]).toEqual([401, 'second-factor-wrong', undefined]);
    expect((await audited('admin.second-factor-wrong'))[0]).toMatchObject({ entityId: String(bertaId), after: { address: '127.0.0.1' } });
    expect((await login(`${code().slice(0, 3)} ${code().slice(3)}`, client)).status).toBe(200);
    expect((await client.get('/me')).body.login).toBe('berta');
    expect((await test.visitor().post('/session', { login: ADMIN.login, password: ADMIN.password })).status).toBe(200);
  });

  it('takes a code once, also of two at the same time, and none older than the last', async () => {
    const both = await Promise.all([login(code()), login(code())]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
    expect((await login(code())).body.code).toBe('second-factor-wrong');
    expect((await login(code(1))).status).toBe(200);
    expect((await login(code())).body.code).toBe('second-factor-wrong');
    nextStep();
    expect((await login(code())).body.code).toBe('second-factor-wrong');
    nextStep();
    expect((await login(code(2))).body.code).toBe('second-factor-wrong');
    expect((await login(code(-2))).body.code).toBe('second-factor-wrong');
    expect((await login(code())).status).toBe(200);
  });

  it('takes each recovery code once, in any writing, also of two at the same time', async () => {
    const [one = '', two = ''] = recovery;
    expect((await login(one)).status).toBe(200);
    expect((await login(one)).body.code).toBe('second-factor-wrong');
    const both = await Promise.all([login(two.toLowerCase()), login(two.replaceAll('-', ''))]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401]);
    expect((await berta.get('/me/second-factor')).body.recoveryCodesLeft).toBe(8);
    expect((await audited('admin.recovery-code'))[0]).toMatchObject({ actor: 'admin:berta', after: { left: 8 } });
  });

  it('renews the recovery codes by password and code', async () => {
    const proof = { password: BERTA.password, code: code() };
    expect((await berta.post('/me/second-factor/recovery-codes', { ...proof, password: 'wrong' })).body.code).toBe('password-wrong');
    const fresh = await berta.post('/me/second-factor/recovery-codes', proof);
    expect(fresh.body.recoveryCodes).toHaveLength(10);
    expect((await login(recovery[5])).body.code).toBe('second-factor-wrong');
    expect((await login(fresh.body.recoveryCodes[0])).status).toBe(200);
    recovery = fresh.body.recoveryCodes;
  });

  it('stops guessing after ten wrong codes; the right password meanwhile changes nothing', async () => {
    const answers = [];
    for (let i = 0; i < 12; i++) {
      answers.push((await login(`${100_000 + i}`, test.visitor(`10.9.8.${i}`))).status);
      answers.push((await login(undefined, test.visitor(`10.9.8.${i}`))).status);
    }
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(0);
    const limited = await login(code(), test.visitor('10.9.8.99'));
    expect([limited.status, Number(limited.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await berta.post('/me/second-factor/off', { password: BERTA.password, code: code() })).status).toBe(429);
    nextStep(31);
    expect((await login(code())).status).toBe(200);
  });

  it('bans an address that guesses codes like one that guesses passwords', async () => {
    await anna.patch('/settings', { adminNetworks: ['127.0.0.0/8'], banAfterFailures: 3 });
    for (const guess of ['1', '2', '3']) await login(guess, test.visitor('203.0.113.77'));
    expect((await anna.get('/bans')).body.items).toEqual([expect.objectContaining({ address: '203.0.113.77', reason: 'web-login' })]);
    await anna.patch('/settings', { banAfterFailures: 20 });
  });

  it('hides everything: no secret, no code, no hash in lists, audit or tables of others', async () => {
    const list = await anna.get('/admins');
    expect(list.body.items.map((one: { secondFactorSince: string | null }) => one.secondFactorSince !== null)).toEqual([false, true]);
    const shown = JSON.stringify([list.body, (await anna.get('/audit?pageSize=250')).body, (await berta.get('/me')).body]);
    const stored = JSON.stringify(await test.app.get(DataSource).query('SELECT * FROM recovery_codes'));
    expect(shown).not.toContain(secret);
    for (const each of recovery) expect(shown + stored).not.toContain(each.replaceAll('-', ''));
  });

  it('is each administrator’s own: another neither reads nor ends it', async () => {
    const before = (await berta.get('/me/second-factor')).body;
    expect((await anna.get('/me/second-factor')).body.on).toBe(false);
    expect((await anna.post('/me/second-factor/off', { password: ADMIN.password, code: code() })).body.code).toBe('second-factor-off');
    expect((await anna.delete(`/admins/${bertaId}/second-factor`)).status).toBe(403);
    expect((await test.visitor().get('/me/second-factor')).status).toBe(401);
    await anna.post('/subscribers', { number: '1001', displayName: 'Sub', sipPassword: 'secret-1001' });
    const subscriber = test.visitor();
    await subscriber.post('/session', { login: '1001', password: 'secret-1001' });
    expect((await subscriber.post('/me/second-factor', { password: 'secret-1001' })).status).toBe(403);
    expect((await (await test.commandLine()).post('/me/second-factor', { password: 'x' })).body.code).toBe('no-own-account');
    expect((await berta.get('/me/second-factor')).body).toEqual(before);
  });

  it('outlives a new password', async () => {
    expect((await berta.post('/me/password', { current: BERTA.password, password: 'another password' })).status).toBe(204);
    BERTA.password = 'another password';
    expect((await login()).body.code).toBe('second-factor-required');
  });

  it('is switched off by password and code, which ends the other sessions', async () => {
    const there = test.visitor();
    expect((await login(code(), there)).status).toBe(200);
    nextStep();
    expect((await berta.post('/me/second-factor/off', { password: 'wrong', code: code() })).body.code).toBe('password-wrong');
    expect((await berta.post('/me/second-factor/off', { password: BERTA.password, code: '000000' })).body.code).toBe('second-factor-wrong');
    expect((await berta.post('/me/second-factor/off', { password: BERTA.password, code: code() })).status).toBe(204);
    expect((await there.get('/me')).status).toBe(401);
    expect((await berta.get('/me/second-factor')).body).toEqual({ on: false, since: null, recoveryCodesLeft: 0 });
    expect((await login()).status).toBe(200);
    expect(await audited('admin.second-factor-off')).toHaveLength(1);
  });

  it('is switched off by the command line for a lost phone, and goes with its administrator', async () => {
    const enrol = async () => {
      secret = (await berta.post('/me/second-factor', { password: BERTA.password })).body.secret;
      expect((await berta.post('/me/second-factor/confirm', { code: code() })).status).toBe(200);
    };
    await enrol();
    const line = await test.commandLine();
    expect((await line.delete('/admins/999999/second-factor')).status).toBe(404);
    expect((await line.delete(`/admins/${bertaId}/second-factor`)).status).toBe(204);
    expect((await line.delete(`/admins/${bertaId}/second-factor`)).body.code).toBe('second-factor-off');
    expect((await berta.get('/me')).status).toBe(401);
    expect((await audited('admin.second-factor-off'))[0]).toMatchObject({ actor: 'admin:command-line', entityId: String(bertaId) });
    expect((await login(undefined, berta)).status).toBe(200);
    await enrol();
    expect((await anna.delete(`/admins/${bertaId}`)).status).toBe(204);
    const left = await test.app
      .get(DataSource)
      .query('SELECT (SELECT COUNT(*) FROM second_factors) + (SELECT COUNT(*) FROM recovery_codes) AS n');
    expect(Number(left[0].n)).toBe(0);
  });
});
