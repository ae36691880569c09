import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { LINK_VALID_MS } from './provisioning.service.ts';

const PHONE = { 'x-linphone-provisioning': '1' };

describe('devices', () => {
  let test: TestApp;
  let admin: TestClient;
  let subscriber: TestClient;

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    await admin.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'sip-secret' });
    subscriber = test.visitor();
    expect((await subscriber.post('/session', { login: '1001', password: 'sip-secret' })).status).toBe(200);
  });
  afterAll(() => test.stop());
  afterEach(() => vi.useRealTimers());

  const newLink = async () => {
    const made = await subscriber.post('/me/provisioning-links');
    expect(made.status).toBe(201);
    return `/${new URL(made.body.url).pathname}`;
  };

  it('says all a person must type into a phone (M-54)', async () => {
    const serverOf = async () => (await subscriber.get('/me/device-settings')).body.server;
    expect(await serverOf()).toBe('dialtone.test');
    await admin.patch('/settings', { publicUrl: 'http://192.0.2.5:8080' });
    expect(await serverOf()).toBe('192.0.2.5');
    await admin.patch('/settings', { stunServer: 'stun.example.org', sipPublicHost: 'sip.example.org' });
    const { body } = await subscriber.get('/me/device-settings');
    expect(body).toMatchObject({
      displayName: 'Berta',
      username: '1001',
      domain: 'dialtone.test',
      sipUri: 'sip:1001@dialtone.test',
      server: 'sip.example.org',
      stunServer: 'stun.example.org',
    });
    expect(body.listeners.map((l: { transport: string }) => l.transport).sort()).toEqual(['tcp', 'udp']);
    expect((await admin.get('/subscribers/1/device-settings')).body).toEqual(body);
    expect((await admin.get('/subscribers/99/device-settings')).status).toBe(404);
  });

  it('names our own STUN service where it runs and no other is set', async () => {
    const house = await startTestApp({ DIALTONE_STUN: '127.0.0.1:0', DIALTONE_PUBLIC_IP: '192.0.2.9' });
    try {
      const operator = await house.admin();
      await operator.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'sip-secret' });
      const stunOf = async () => (await operator.get('/subscribers/1/device-settings')).body.stunServer;
      expect(await stunOf()).toMatch(/^192\.0\.2\.9:\d+$/);
      expect((await operator.get('/monitor')).body.stun).toEqual({ answered: 0, refused: 0, dropped: 0, limited: 0 });
      await operator.patch('/settings', { stunServer: 'stun.example.org' });
      expect(await stunOf()).toBe('stun.example.org');
    } finally {
      await house.stop();
    }
  });

  it('gives the account to one phone, once, without the password (U-18)', async () => {
    const path = await newLink();
    expect((await test.visitor().get(path)).status).toBe(403);
    const file = await test.visitor().get(path, PHONE);
    expect(file.status).toBe(200);
    expect(file.headers['content-type']).toMatch(/^application\/xml/);
    expect(file.headers['cache-control']).toBe('no-store');
    expect(file.body).toContain(test.app.get(Directory).subscriberById(1)?.ha1Md5);
    expect(file.body).not.toContain('sip-secret');
    expect((await test.visitor().get(path, PHONE)).status).toBe(410);
  });

  it('answers one of two phones that fetch at the same time', async () => {
    const path = await newLink();
    const answers = await Promise.all([test.visitor().get(path, PHONE), test.visitor().get(path, PHONE)]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 410]);
  });

  it('works for 15 minutes and not a second longer (U-18)', async () => {
    const [early, late] = [await newLink(), await newLink()];
    const made = Date.now();
    vi.useFakeTimers({ now: made + LINK_VALID_MS - 2000, toFake: ['Date'] });
    expect((await test.visitor().get(early, PHONE)).status).toBe(200);
    vi.setSystemTime(made + LINK_VALID_MS + 1000);
    expect((await test.visitor().get(late, PHONE)).body).toMatchObject({ status: 410, code: 'link-expired' });
  });

  it('is reached where the pages are: over TLS when they are (U-18)', async () => {
    const { publicUrl } = (await admin.get('/settings')).body;
    await admin.patch('/settings', { publicUrl: 'https://phone.example.org' });
    const { url } = (await subscriber.post('/me/provisioning-links')).body;
    expect(url).toMatch(/^https:\/\/phone\.example\.org\/api\/v1\/provision\/[\w-]{43}$/);
    await admin.patch('/settings', { publicUrl });
  });

  it('stores no token, and limits who guesses', async () => {
    const path = await newLink();
    const rows = JSON.stringify(await test.app.get(DataSource).query('SELECT * FROM provisioning_links'));
    expect(rows).not.toContain(path.split('/').at(-1));
    const guesser = test.visitor('203.0.113.5');
    const codes = [];
    for (let i = 0; i < 31; i++) codes.push((await guesser.get(`/provision/${'x'.repeat(43)}${i}`, PHONE)).status);
    expect(codes.slice(0, 30)).toEqual(Array(30).fill(404));
    expect(codes[30]).toBe(429);
  });

  it('makes links for administrators too', async () => {
    expect((await admin.post('/subscribers/1/provisioning-links')).status).toBe(201);
    expect((await admin.post('/subscribers/99/provisioning-links')).status).toBe(404);
  });

  it('shows a new SIP password once; other sessions opened with the old one end, this one shows it', async () => {
    const elsewhere = test.visitor();
    expect((await elsewhere.post('/session', { login: '1001', password: 'sip-secret' })).status).toBe(200);
    const before = test.app.get(Directory).subscriberById(1)?.ha1Sha256;
    const { status, body } = await subscriber.post('/me/sip-password');
    expect(status).toBe(200);
    expect(body.sipPassword).toMatch(/^\w{16}$/);
    expect(test.app.get(Directory).subscriberById(1)?.ha1Sha256).not.toBe(before);
    expect((await elsewhere.get('/me')).status).toBe(401);
    expect((await subscriber.get('/me')).status).toBe(200);
    expect((await elsewhere.post('/session', { login: '1001', password: body.sipPassword })).status).toBe(200);
  });
});
