import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActiveCalls } from '../calls/active-calls.ts';
import { SipNode } from '../calls/sip-node.ts';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let house: TestApp;
let admin: TestClient;
let ana: number;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  ana = (await admin.post('/subscribers', { number: '1001', displayName: 'Ana', balance: '1.00', groups: ['local', 'int'] })).body
    .subscriber.id;
  await admin.post('/subscribers', { number: '1002', displayName: 'Bea' });
});

afterAll(() => house.stop());

const defaultTariff = async (): Promise<number> =>
  (await admin.get('/tariffs')).body.items.find((item: { isDefault: boolean }) => item.isDefault).id;

describe('registrations', () => {
  it('are added and taken away by hand, seen by their owner, and audited', async () => {
    const made = await admin.post('/registrations', { subscriberId: ana, contact: 'sip:desk@192.0.2.77:5070', q: 0.5 });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({
      aor: 'sip:1001@dialtone.test',
      number: '1001',
      displayName: 'Ana',
      q: 0.5,
      expiresAt: null,
      source: null,
    });
    expect((await admin.get('/registrations?q=192.0.2.77')).body).toMatchObject({ total: 1, items: [{ id: made.body.id }] });
    expect((await admin.get(`/subscribers/${ana}`)).body.online).toBe(true);
    expect((await admin.get('/subscribers?online=true')).body.items).toMatchObject([{ number: '1001' }]);
    expect((await admin.get('/subscribers?online=false')).body.items).toMatchObject([{ number: '1002' }]);
    await admin.post(`/subscribers/${ana}/portal-password`, { password: 'ana is at the door' });
    const me = house.visitor();
    await me.post('/session', { login: '1001', password: 'ana is at the door' });
    expect((await me.get('/me/devices')).body.items).toMatchObject([{ contact: 'sip:desk@192.0.2.77:5070' }]);
    expect((await me.delete(`/registrations/${made.body.id}`)).status).toBe(403);
    expect((await admin.delete(`/registrations/${made.body.id}`)).status).toBe(204);
    expect((await admin.delete(`/registrations/${made.body.id}`)).status).toBe(404);
    expect((await admin.get('/audit?entity=registration')).body.total).toBe(2);
  });

  it.each(['tel:1', 'sip:', 'sip:a b@c', 'sip:a@b\r\nc', 'http://x'])('refuses the contact %j', async (contact) => {
    expect((await admin.post('/registrations', { subscriberId: ana, contact })).status).toBe(400);
  });
});

describe('test a number', () => {
  it('says why a call is refused', async () => {
    const answer = await admin.post('/route-test', { from: '1001', dialled: '0044791' });
    expect(answer.body).toMatchObject({ allowed: false, e164: '44791', refusal: { code: 'no-rate' }, price: null });
    expect(answer.body.explanation.at(-1).code).toBe('refused');
    expect((await admin.post('/route-test', { from: '9999', dialled: '1' })).body.errors[0].field).toBe('from');
  });

  it('shows plan and price of a call abroad, and how long the money lasts', async () => {
    const tariff = await defaultTariff();
    const rate = await admin.post(`/tariffs/${tariff}/rates`, {
      prefix: '44',
      name: 'UK',
      pricePerMinute: '0.0120',
      firstIncrement: 60,
      nextIncrement: 60,
    });
    expect(rate.status, JSON.stringify(rate.body)).toBe(201);
    await admin.post('/gateways', { name: 'Carrier', host: '192.0.2.9', prefix: '00', strip: 2, add: '9', probe: false });
    const answer = await admin.post('/route-test', { from: '1001', dialled: '+442071838750', seconds: 61 });
    expect(answer.body).toMatchObject({
      allowed: true,
      e164: '442071838750',
      destination: 'UK',
      stages: [{ kind: 'bridge', gateways: [{ name: 'Carrier', sends: '9442071838750' }] }],
      price: { prefix: '44', pricePerMinute: '0.012', exampleSeconds: 61, exampleCost: '0.024', affordableSeconds: 4980 },
    });
  });

  it('rings a subscriber', async () => {
    await admin.post('/registrations', { subscriberId: ana, contact: 'sip:desk@192.0.2.78' });
    const answer = await admin.post('/route-test', { from: '1002', dialled: '1001' });
    expect(answer.body).toMatchObject({
      allowed: true,
      toSubscriberId: ana,
      stages: [{ kind: 'ring', phones: [['sip:desk@192.0.2.78']] }],
    });
  });
});

describe('the palette', () => {
  it('finds people, numbers, rates by typed telephone number, and settings', async () => {
    await admin.post('/numbers', { number: '34911222333', kind: 'did', subscriberId: ana });
    expect((await admin.get('/search?q=bea')).body.subscribers).toMatchObject([{ number: '1002', displayName: 'Bea' }]);
    expect((await admin.get('/search?q=100')).body.subscribers.map((item: { number: string }) => item.number)).toEqual(['1001', '1002']);
    const typed = (await admin.get(`/search?q=${encodeURIComponent('+4479')}`)).body;
    expect(typed.rates).toMatchObject([{ prefix: '44', name: 'UK', pricePerMinute: '0.012' }]);
    expect((await admin.get('/search?q=%2B34%20911')).body.numbers).toMatchObject([{ number: '34911222333', subscriberNumber: '1001' }]);
    expect((await admin.get('/search?q=sip%20domain')).body.settings).toContain('sipDomain');
    expect((await admin.get('/search?q=')).status).toBe(400);
  });
});

describe('monitor and ping', () => {
  it('shows the counters of H-8', async () => {
    const { body } = await admin.get('/monitor');
    expect(body).toMatchObject({
      transactions: { server: 0 },
      repliesByClass: { '2xx': 0 },
      registrations: { registered: 1 },
      calls: { active: 0, talking: 0 },
      keepAlive: { phones: 0, unreachable: 0 },
      media: {
        relays: [{ name: 'built-in', chosen: true, healthy: true, nodes: [], sessions: 0, portsOpen: 0, losses: 0 }],
        services: { healthy: true, endpoints: 0, portsOpen: 0, losses: 0 },
      },
    });
    expect(body.media.relays[0].ports).toBeGreaterThan(100);
    expect(body.media.services.ports).toBeGreaterThan(100);
    expect(body.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(new Date(body.startedAt).getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('asks a SIP address whether it is there', async () => {
    const [udp] = house.app.get(SipNode).addresses;
    const answer = await admin.post('/ping', { uri: (udp as string).replace('udp:', 'sip:') });
    expect(answer.body).toMatchObject({ ok: true, status: 200 });
    expect(answer.body.rttMs).toBeGreaterThanOrEqual(0);
    expect((await admin.get('/monitor')).body.repliesByClass['2xx']).toBe(1);
    expect((await admin.post('/ping', { uri: '1002' })).body).toMatchObject({ ok: false, reason: 'Not registered' });
    for (const uri of ['', 'a b', 'sip:a@b>\r\nX: y', 'sip:a?b']) expect((await admin.post('/ping', { uri })).status).toBe(400);
  });
});

describe('home and statistics', () => {
  it('shows what is still to be set up, and what is going on', async () => {
    const { body } = await admin.get('/dashboard');
    expect(Object.fromEntries(body.checklist.map((item: { key: string; done: boolean }) => [item.key, item.done]))).toEqual({
      domain: true,
      timeZone: false,
      mail: false,
      currency: true,
      gateway: true,
      signup: false,
      backup: false,
      rates: true,
      subscriber: true,
    });
    expect(body.now).toEqual({ activeCalls: 0, talking: 0, registrations: 1, subscribers: 2, subscribersOnline: 1, waitingSignups: 0 });
    expect(body.today).toMatchObject({ calls: 0, charged: '0.00', credited: '1.00', topFailure: null });
    expect(body.gateways).toMatchObject([{ name: 'Carrier', enabled: true, status: { state: 'unknown' } }]);
  });

  it('keeps a sample a minute, and shows the running one', async () => {
    const empty = (await admin.get('/statistics')).body;
    expect(empty.points).toHaveLength(1);
    await house.app.get(JobsService).runAndWait('statistics', 'system');
    const [{ count }] = await house.app.get(DataSource).query('SELECT COUNT(*) AS count FROM statistics_samples');
    expect(count).toBe(1);
    const hour = (await admin.get('/statistics')).body;
    expect(hour).toMatchObject({ bucketSeconds: 60 });
    expect(hour.points.at(-1)).toMatchObject({ registrations: 1, activeCalls: 0, attempts: 0, failures: {} });
    const month = (await admin.get(`/statistics?from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`)).body;
    expect(month.bucketSeconds).toBe(144 * 60);
    expect((await admin.get('/statistics?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).status).toBe(400);
  });
});

describe('active calls', () => {
  it('are none, and one that is over cannot be ended', async () => {
    expect((await admin.get('/active-calls')).body).toEqual({ items: [], total: 0, page: 1, pageSize: 50 });
    expect((await admin.delete('/active-calls/nothing')).status).toBe(404);
    expect((await admin.call('DELETE', '/active-calls/nothing', { body: { reason: 'test' } })).status).toBe(404);
  });

  it('are seen by administrators and by the two who talk, ended with a reason, and counted', async () => {
    const calls = house.app.get(ActiveCalls);
    const directory = house.app.get(Directory);
    const call = calls.open({
      sipCallId: 'c1',
      caller: { kind: 'subscriber', subscriber: directory.subscriber('1002', 'dialtone.test') as Subscriber },
      fromUser: '1002',
      fromName: 'Bea',
      dialled: '1001',
      startedAt: Date.now(),
    });
    call.toSubscriberId = ana;
    call.hangup = (endedBy, reason) => call.finish({ status: 487, reason, endedBy });
    call.ringing();
    const { body } = await admin.get('/active-calls?q=bea');
    expect(body.items).toMatchObject([
      { id: call.id, state: 'ringing', from: '1002', dialled: '1001', toSubscriberId: ana, runningCost: null },
    ]);
    expect((await admin.get(`/active-calls?subscriberId=${ana}`)).body.total).toBe(1);
    expect((await admin.get('/active-calls?subscriberId=999')).body.total).toBe(0);
    expect((await admin.get('/monitor')).body.calls).toEqual({ active: 1, talking: 0 });
    const me = house.visitor();
    await me.post('/session', { login: '1001', password: 'ana is at the door' });
    expect((await me.get('/me/active-calls')).body.items).toMatchObject([{ id: call.id, from: '1002' }]);
    expect((await me.delete(`/active-calls/${call.id}`)).status).toBe(403);

    expect((await admin.call('DELETE', `/active-calls/${call.id}`, { body: { reason: 'too loud' } })).status).toBe(204);
    expect((await admin.get('/active-calls')).body.total).toBe(0);
    expect((await admin.get('/audit?entity=call')).body.items[0]).toMatchObject({
      action: 'call.hangup',
      after: { dialled: '1001', reason: 'too loud' },
    });
    await expect
      .poll(async () => (await admin.get('/dashboard')).body.today, { timeout: 5_000 })
      .toMatchObject({ calls: 1, answered: 0, failed: 1, topFailure: { status: 487, count: 1 } });
    expect((await admin.get('/statistics')).body.points.at(-1)).toMatchObject({ attempts: 1, failures: { 487: 1 } });
    expect((await admin.get(`/subscribers/${ana}`)).body.lastCallAt).not.toBeNull();
    expect((await admin.get('/subscribers?sort=-lastCallAt')).body.items).toHaveLength(2);
  });
});

describe('the OpenAPI document', () => {
  it('is there for administrators and their programs', async () => {
    const answer = await (await house.commandLine()).get('/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body.openapi).toMatch(/^3\./);
    expect(answer.body.paths['/api/v1/openapi.json']).toBeDefined();
    expect((await admin.get('/openapi.json')).body.paths['/api/v1/subscribers/{id}/credit'].post).toBeDefined();
    expect((await house.visitor().get('/openapi.json')).status).toBe(401);
  });
});
