import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { GatewaysService } from './gateways.service.ts';

const domain = 'dialtone.test';

let house: TestApp;
let admin: TestClient;
let directory: Directory;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  directory = house.app.get(Directory);
});

afterAll(() => house.stop());

describe('gateways', () => {
  it('are in the directory at once, and their password is never shown again', async () => {
    const made = await admin.post('/gateways', {
      name: 'Carrier',
      host: '192.0.2.9',
      prefix: '+',
      username: 'us',
      password: 'top secret',
      probe: false,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({
      prefix: '00',
      port: 5060,
      transport: 'udp',
      hasPassword: true,
      status: { state: 'unknown', registration: 'off', activeCalls: 0 },
    });
    const { id } = made.body;
    expect(directory.gateway(id)).toMatchObject({ host: '192.0.2.9', password: 'top secret', enabled: true });
    const answers = [made, await admin.get('/gateways'), await admin.get(`/gateways/${id}`), await admin.get('/audit?entity=gateway')];
    for (const answer of answers) expect(JSON.stringify(answer.body)).not.toContain('top secret');

    expect((await admin.patch(`/gateways/${id}`, { strip: 2, add: '9', maxCalls: 30 })).body).toMatchObject({
      strip: 2,
      add: '9',
      maxCalls: 30,
    });
    expect(directory.gateway(id)).toMatchObject({ strip: 2, add: '9', password: 'top secret' });
    expect((await admin.patch(`/gateways/${id}`, { enabled: false })).body.status.state).toBe('disabled');
    expect((await admin.delete(`/gateways/${id}`)).status).toBe(204);
    expect(directory.gateway(id)).toBeUndefined();
    expect((await admin.get(`/gateways/${id}`)).status).toBe(404);
  });

  it('are probed unless switched off', async () => {
    const made = await admin.post('/gateways', { name: 'Probed', host: '127.0.0.1', port: 9, prefix: '00' });
    expect(made.body).toMatchObject({ probe: true, status: { state: 'unknown' } });
    expect((await admin.patch(`/gateways/${made.body.id}`, { probe: false })).body.probe).toBe(false);
    await admin.delete(`/gateways/${made.body.id}`);
  });

  it('keep their name for call records when they are gone', async () => {
    const { body } = await admin.post('/gateways', { name: 'Gone', host: '192.0.2.30', prefix: '00', probe: false });
    await admin.delete(`/gateways/${body.id}`);
    expect([directory.gateway(body.id), directory.gatewayName(body.id)]).toEqual([undefined, 'Gone']);
    const afresh = new Directory();
    await house.app.get(GatewaysService).loadInto(afresh);
    expect(afresh.gatewayName(body.id)).toBe('Gone');
    // Its name is free again, its number is not: records of its calls point at it.
    const again = await admin.post('/gateways', { name: 'Gone', host: '192.0.2.30', prefix: '00', probe: false });
    expect(again.body.id).toBeGreaterThan(body.id);
    await admin.delete(`/gateways/${again.body.id}`);
  });

  it('do not send the old password to a new host', async () => {
    const { body } = await admin.post('/gateways', {
      name: 'Mover',
      host: '192.0.2.10',
      prefix: '00',
      username: 'us',
      password: 'pw',
      probe: false,
    });
    expect((await admin.patch(`/gateways/${body.id}`, { host: '203.0.113.1' })).body.code).toBe('password-needed');
    expect((await admin.patch(`/gateways/${body.id}`, { host: '203.0.113.1', password: 'new' })).status).toBe(200);
    expect((await admin.patch(`/gateways/${body.id}`, { host: '203.0.113.2', password: null, username: null })).body.hasPassword).toBe(
      false,
    );
  });

  it('refuse what does not fit together and a name twice', async () => {
    expect((await admin.post('/gateways', { name: 'R', host: '192.0.2.11', prefix: '00', register: true })).body.errors[0].field).toBe(
      'username',
    );
    expect((await admin.post('/gateways', { name: 'Mover', host: '192.0.2.11', prefix: '00' })).body.code).toBe('name-taken');
  });
});

describe('numbers', () => {
  it('lead to subscribers or targets, are known to SIP at once, and may be led elsewhere', async () => {
    const ana = (await admin.post('/subscribers', { number: '1001', displayName: 'Ana' })).body.subscriber.id;
    const did = await admin.post('/numbers', { number: '+34 911'.replace(' ', ''), kind: 'did', subscriberId: ana });
    expect(did.body).toMatchObject({ number: '34911', domain: null, subscriberNumber: '1001', subscriberName: 'Ana' });
    expect(directory.did('34911')?.subscriberId).toBe(ana);
    const moved = await admin.patch(`/numbers/${did.body.id}`, { target: 'sip:desk@pbx.example.org' });
    expect(moved.body).toMatchObject({ subscriberId: null, target: 'sip:desk@pbx.example.org' });
    expect(directory.did('34911')?.target).toBe('sip:desk@pbx.example.org');
    const alias = await admin.post('/numbers', { number: 'ana', kind: 'alias', subscriberId: ana });
    expect(directory.alias('ana', domain)).toMatchObject({ id: alias.body.id, subscriberId: ana });
    expect((await admin.get('/numbers?kind=alias')).body).toMatchObject({ total: 1, items: [{ number: 'ana' }] });
    expect((await admin.get(`/numbers?subscriberId=${ana}`)).body.total).toBe(1);
    expect((await admin.get(`/subscribers/${ana}`)).body.numbers).toEqual([{ id: alias.body.id, number: 'ana', kind: 'alias' }]);
    expect((await admin.delete(`/numbers/${alias.body.id}`)).status).toBe(204);
    expect(directory.alias('ana', domain)).toBeUndefined();
  });

  it.each([
    [{ number: '1001', kind: 'alias', target: 'sip:a@b.example' }, 409],
    [{ number: '34911', kind: 'did' }, 409],
    [{ number: '0034911', kind: 'did' }, 400],
    [{ number: 'x', kind: 'alias' }, 400],
    [{ number: 'x', kind: 'alias', subscriberId: 99_999 }, 400],
    [{ number: 'x', kind: 'alias', target: 'sip:a@b.example?Replaces=1' }, 400],
    [{ number: 'x', kind: 'alias', target: 'sip:a@b.example\r\nX: 1' }, 400],
    [{ number: 'x y', kind: 'alias', target: 'sip:a@b.example' }, 400],
    [{ number: 'x', kind: 'alias', subscriberId: 1, target: 'sip:a@b.example' }, 400],
  ])('refuses %j', async (body, status) => {
    expect((await admin.post('/numbers', body)).status).toBe(status);
  });
});

describe('domains', () => {
  it('are served at once, and not given up while subscribers live there', async () => {
    const made = await admin.post('/domains', { name: 'Second.Example.ORG' });
    expect(made.body).toMatchObject({ name: 'second.example.org', isDefault: false });
    expect(directory.serves('second.example.org')).toBe(true);
    expect((await admin.post('/domains', { name: 'second.example.org' })).body.code).toBe('domain-taken');
    expect((await admin.post('/domains', { name: domain })).body.code).toBe('domain-taken');
    const { body } = await admin.post('/subscribers', { number: '1001', domain: 'second.example.org' });
    expect((await admin.delete(`/domains/${made.body.id}`)).body.code).toBe('in-use');
    await admin.delete(`/subscribers/${body.subscriber.id}`);
    expect((await admin.delete(`/domains/${made.body.id}`)).status).toBe(204);
    expect(directory.serves('second.example.org')).toBe(false);
    expect((await admin.get('/domains')).body.items).toMatchObject([{ id: null, name: domain, isDefault: true }]);
  });

  it('go on being served when the default domain changes and somebody lives in the old one (M-15)', async () => {
    await admin.post('/subscribers', { number: '1500' });
    expect((await admin.patch('/settings', { sipDomain: 'new.example.org' })).status).toBe(200);
    await expect
      .poll(async () => (await admin.get('/domains')).body.items.map((item: { name: string }) => item.name))
      .toEqual(['new.example.org', domain]);
    expect(directory.serves(domain)).toBe(true);
    expect(directory.settings.domain).toBe('new.example.org');
    await admin.patch('/settings', { sipDomain: domain });
  });
});

describe('a restart', () => {
  it('finds gateways, numbers, domains and subscribers again', async () => {
    const manager = house.app.get(DataSource).manager;
    const again = new Directory();
    const { GatewaysService } = await import('./gateways.service.ts');
    const { NumbersService } = await import('../numbers/numbers.service.ts');
    const { loadSubscribers } = await import('../subscribers/subscriber-directory.ts');
    await house.app.get(GatewaysService).loadInto(again);
    await house.app.get(NumbersService).loadInto(again);
    await loadSubscribers(manager.connection, again);
    expect([...again.gateways()]).toEqual([...directory.gateways()]);
    expect([...again.numbers()]).toEqual([...directory.numbers()]);
    expect([...again.subscribers()]).toEqual([...directory.subscribers()]);
  });
});
