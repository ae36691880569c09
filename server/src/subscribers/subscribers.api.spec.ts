import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { computeHa1 } from './sip-credentials.ts';
import { SubscriberEntity } from './subscriber.entity.ts';
import { SubscribersService } from './subscribers.service.ts';

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

async function create(body: object): Promise<{ id: number; sipPassword: string | null }> {
  const answer = await admin.post('/subscribers', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { id: answer.body.subscriber.id, sipPassword: answer.body.sipPassword };
}

describe('adding a subscriber', () => {
  it('makes a strong password, shows it once, and stores only HA1; SIP knows him at once', async () => {
    const { id, sipPassword } = await create({ number: '1001', displayName: 'Ana', email: 'Ana@Example.org', balance: '12.50' });
    expect(sipPassword).toMatch(/^[A-Za-z0-9]{16}$/);
    expect(directory.subscriber('1001', domain)).toMatchObject({
      id,
      displayName: 'Ana',
      ...computeHa1('1001', domain, sipPassword as string),
    });
    const shown = await admin.get(`/subscribers/${id}`);
    expect(shown.body).toMatchObject({
      number: '1001',
      domain,
      email: 'ana@example.org',
      status: 'active',
      kind: 'prepaid',
      groups: ['local', 'voicemail'],
      balance: '12.50',
      held: '0.00',
      available: '12.50',
      online: false,
      lastCallAt: null,
      dailyCap: null,
      hasPortalPassword: false,
      numbers: [],
    });
    expect(JSON.stringify(shown.body)).not.toMatch(/ha1/i);
    const row = await house.app.get(DataSource).manager.findOneByOrFail(SubscriberEntity, { id });
    expect(Object.values(row)).not.toContain(sipPassword);
  });

  it('takes a password from the administrator, does not repeat it, and says when it is weak', async () => {
    const answer = await admin.post('/subscribers', { number: '1002', sipPassword: 'short' });
    expect(answer.body).toMatchObject({ sipPassword: null, weakPassword: true });
    expect(JSON.stringify(answer.body)).not.toContain('short');
    expect((await admin.post('/subscribers', { number: '1003', sipPassword: 'a-long-password' })).body.weakPassword).toBe(false);
  });

  it('refuses a number twice, and the number of an alias', async () => {
    const { id } = await create({ number: '1010' });
    expect(await admin.post('/subscribers', { number: '1010' })).toMatchObject({
      status: 409,
      body: { code: 'number-taken', errors: [{ field: 'number' }] },
    });
    expect((await admin.post('/numbers', { number: 'desk', kind: 'alias', subscriberId: id })).status).toBe(201);
    expect((await admin.post('/subscribers', { number: 'desk' })).status).toBe(409);
    const both = await Promise.all([1, 2, 3, 4].map(() => admin.post('/subscribers', { number: '1011' })));
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  });

  it.each([
    [{ number: '0044123' }, 'number'],
    [{ number: 'a@b' }, 'number'],
    [{ number: '1\r\n2' }, 'number'],
    [{ number: '' }, 'number'],
    [{ number: '1020', sipPassword: 'with blank' }, 'sipPassword'],
    [{ number: '1020', email: 'nobody' }, 'email'],
    [{ number: '1020', groups: ['king'] }, 'groups.0'],
    [{ number: '1020', balance: '1e9' }, 'balance'],
    [{ number: '1020', balance: '-1.00' }, 'balance'],
    [{ number: '1020', creditLimit: '1.00' }, 'creditLimit'],
    [{ number: '1020', maxCalls: 0 }, 'maxCalls'],
    [{ number: '1020', displayName: 'a\u0000b' }, 'displayName'],
    [{ number: '1020', id: 5 }, 'id'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await admin.post('/subscribers', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it('is for administrators only', async () => {
    expect((await house.visitor().get('/subscribers')).status).toBe(401);
    const { id } = await create({ number: '1030', sipPassword: 'portal-and-sip-password' });
    const subscriber = house.visitor();
    expect((await subscriber.post('/session', { login: '1030', password: 'portal-and-sip-password' })).status).toBeLessThan(300);
    for (const path of [
      '/subscribers',
      `/subscribers/${id}`,
      `/subscribers/${id}/notes`,
      '/numbers',
      '/domains',
      '/gateways',
      '/registrations',
      '/active-calls',
    ]) {
      expect((await subscriber.get(path)).status, path).toBe(403);
    }
    expect((await subscriber.patch(`/subscribers/${id}`, { groups: ['int'] })).status).toBe(403);
    expect((await subscriber.get('/me/devices')).body).toEqual({ items: [] });
  });
});

describe('changing', () => {
  it('is in force in the directory after the commit, and audited without secrets', async () => {
    const { id } = await create({ number: '1100' });
    const answer = await admin.patch(`/subscribers/${id}`, {
      status: 'suspended',
      groups: ['int', 'local', 'int'],
      kind: 'postpaid',
      creditLimit: '50',
      dailyCap: '5.5',
      callerId: '34911234567',
      maxCalls: 3,
    });
    expect(answer.body).toMatchObject({
      status: 'suspended',
      groups: ['int', 'local'],
      creditLimit: '50.00',
      dailyCap: '5.50',
      available: '50.00',
    });
    expect(directory.subscriberById(id)).toMatchObject({
      status: 'suspended',
      groups: ['int', 'local'],
      maxCalls: 3,
      callerId: '34911234567',
    });
    const audit = await admin.get(`/audit?entity=subscriber&entityId=${id}`);
    expect(audit.body.items[0]).toMatchObject({
      action: 'subscriber.change',
      actor: 'admin:anna',
      before: { status: 'active' },
      after: { status: 'suspended' },
    });
    expect(JSON.stringify(audit.body)).not.toContain(directory.subscriberById(id)?.ha1Sha256);
  });

  it('gives a new SIP password that SIP knows at once', async () => {
    const { id } = await create({ number: '1101' });
    const made = await admin.post(`/subscribers/${id}/sip-password`, {});
    expect(directory.subscriberById(id)).toMatchObject(computeHa1('1101', domain, made.body.sipPassword));
    const given = await admin.post(`/subscribers/${id}/sip-password`, { password: 'given-by-me-1' });
    expect(given.body).toEqual({ sipPassword: null, weakPassword: false });
    expect(directory.subscriberById(id)).toMatchObject(computeHa1('1101', domain, 'given-by-me-1'));
  });

  it('tells the subscriber what he may do, and why not, as soon as it changes', async () => {
    const { id } = await create({ number: '1073', sipPassword: 'portal-and-sip-password', maxCalls: 3 });
    const subscriber = house.visitor();
    expect((await subscriber.post('/session', { login: '1073', password: 'portal-and-sip-password' })).status).toBe(200);
    const mine = async () => (await subscriber.get('/me/permissions')).body;
    expect(await mine()).toEqual({ abroad: false, abroadFree: false, abroadRefusal: 'not-permitted', maxCalls: 3 });
    await admin.call('PUT', `/subscribers/${id}/groups`, { body: { groups: ['local', 'int', 'free-pstn'] } });
    expect(await mine()).toEqual({ abroad: true, abroadFree: true, abroadRefusal: null, maxCalls: 3 });
  });

  it('sets the portal password, after which the SIP password opens the pages no more', async () => {
    const { id, sipPassword } = await create({ number: '1102' });
    const login = (password: string | null) => house.visitor().post('/session', { login: '1102', password });
    expect((await login(sipPassword)).status).toBeLessThan(300);
    expect((await admin.post(`/subscribers/${id}/portal-password`, { password: 'quite another one' })).status).toBe(204);
    expect((await login(sipPassword)).status).toBe(401);
    expect((await login('quite another one')).status).toBeLessThan(300);
  });

  it('keeps notes, newest first', async () => {
    const { id } = await create({ number: '1103' });
    await admin.post(`/subscribers/${id}/notes`, { text: 'first' });
    await admin.post(`/subscribers/${id}/notes`, { text: 'second' });
    expect((await admin.get(`/subscribers/${id}/notes`)).body.items).toMatchObject([
      { text: 'second', actor: 'admin:anna' },
      { text: 'first' },
    ]);
    expect((await admin.post('/subscribers/999999/notes', { text: 'x' })).status).toBe(404);
  });

  it('does one thing to many, or to none', async () => {
    const ids = await Promise.all(['1110', '1111', '1112'].map(async (number) => (await create({ number })).id));
    expect((await admin.post('/subscribers/bulk', { ids, action: 'grant', group: 'int' })).body).toEqual({ changed: 3 });
    expect((await admin.post('/subscribers/bulk', { ids, action: 'grant', group: 'int' })).body).toEqual({ changed: 0 });
    expect(ids.map((id) => directory.subscriberById(id)?.groups)).toEqual(ids.map(() => ['int', 'local', 'voicemail']));
    expect((await admin.post('/subscribers/bulk', { ids: [...ids, 999_999], action: 'suspend' })).status).toBe(404);
    expect(directory.subscriberById(ids[0] as number)?.status).toBe('active');
    expect((await admin.post('/subscribers/bulk', { ids, action: 'suspend' })).body).toEqual({ changed: 3 });
    expect((await admin.post('/subscribers/bulk', { ids, action: 'tariff', tariffId: 999 })).status).toBe(404);
    expect((await admin.post('/subscribers/bulk', { ids, action: 'tariff' })).status).toBe(400);
  });

  it('closes: no secrets left, number free again, aliases gone, DIDs back in the pool, books kept', async () => {
    const { id } = await create({ number: '1120', balance: '3.00' });
    await admin.post('/numbers', { number: 'carla', kind: 'alias', subscriberId: id });
    const did = await admin.post('/numbers', { number: '+34910000001', kind: 'did', subscriberId: id });
    expect((await admin.delete(`/subscribers/${id}`)).status).toBe(204);
    expect(directory.subscriber('1120', domain)).toBeUndefined();
    expect(directory.alias('carla', domain)).toBeUndefined();
    expect(directory.did('34910000001')).toMatchObject({ id: did.body.id, subscriberId: null });
    const row = await house.app.get(DataSource).manager.findOneByOrFail(SubscriberEntity, { id });
    expect(row).toMatchObject({
      status: 'closed',
      ha1Md5: '',
      ha1Sha256: '',
      ha1Md5AtDomain: null,
      ha1Sha256AtDomain: null,
      portalPasswordHash: null,
    });
    expect((await admin.get(`/subscribers/${id}`)).body).toMatchObject({ status: 'closed', balance: '3.00' });
    expect((await admin.delete(`/subscribers/${id}`)).status).toBe(404);
    expect((await admin.get('/subscribers?number=1120')).body.total).toBe(0);
    await create({ number: '1120' });
    expect((await admin.get('/subscribers?status=closed&number=1120')).body.total).toBe(1);
  });
});

describe('CSV import', () => {
  it('adds all, with accounts, opening entries and directory', async () => {
    const csv = 'number,password,balance,name,groups\n2001,pw-one,10,Uno,int local\n2002,pw-two,0,,\n2003,pw-three,1.5,Tres,\n';
    const answer = await admin.post('/subscribers/import', { csv });
    expect(answer.body).toEqual({ ok: true, rows: 3, created: 3, errors: [], errorCount: 0 });
    const list = await admin.get('/subscribers?q=200&sort=number');
    expect(list.body.items.map((row: { number: string; balance: string }) => [row.number, row.balance])).toEqual([
      ['2001', '10.00'],
      ['2002', '0.00'],
      ['2003', '1.50'],
    ]);
    expect(directory.subscriber('2001', domain)).toMatchObject({ groups: ['int', 'local'], ...computeHa1('2001', domain, 'pw-one') });
    expect((await admin.post('/jobs/ledger-check/run', {})).status).toBe(202);
  });

  it('adds nobody when one row is wrong, and checks without writing on wish', async () => {
    const csv = 'number,password\n2100,pw\n2001,pw\n2102,\n';
    const answer = await admin.post('/subscribers/import', { csv });
    expect(answer.body).toMatchObject({
      ok: false,
      created: 0,
      errorCount: 2,
      errors: [
        { row: 3, column: 'number' },
        { row: 4, column: 'password' },
      ],
    });
    expect(directory.subscriber('2100', domain)).toBeUndefined();
    expect((await admin.post('/subscribers/import', { csv: '2100,pw', dryRun: true })).body).toMatchObject({ ok: true, created: 0 });
    expect(directory.subscriber('2100', domain)).toBeUndefined();
  });
});

describe('the list', () => {
  it('filters, sorts and pages 10,000 rows by the database', async () => {
    const csv = Array.from(
      { length: 10_000 },
      (_, i) => `7${String(i).padStart(5, '0')},password-${i},${i % 97}.25,row-${String(i).padStart(5, '0')}`,
    );
    expect((await admin.post('/subscribers/import', { csv: `number,password,balance,name\n${csv.join('\n')}` })).body.created).toBe(10_000);
    const page = await admin.get('/subscribers?q=ROW-001&sort=-number&pageSize=25');
    expect(page.body).toMatchObject({ total: 100, page: 1, pageSize: 25 });
    expect(page.body.items[0].number).toBe('700199');
    const rich = await admin.get('/subscribers?sort=-balance&pageSize=3&q=7');
    expect(rich.body.items.every((row: { balance: string }) => row.balance === '96.25')).toBe(true);
    const last = await admin.get('/subscribers?sort=number&page=4&pageSize=25&q=ROW-001');
    expect(last.body.items.at(-1).number).toBe('700199');
    expect((await admin.get('/subscribers?sort=number&page=5&pageSize=25&q=ROW-001')).body.items).toEqual([]);
    expect((await admin.get('/subscribers?online=true')).body.total).toBe(0);
    expect((await admin.get('/subscribers?group=int&q=200')).body.items.map((row: { number: string }) => row.number)).toEqual(['2001']);
    expect((await admin.get("/subscribers?q=%25'%22;--_")).body.total).toBe(0);
    expect((await admin.get('/subscribers?sort=ha1Md5')).status).toBe(400);
    expect((await admin.get('/subscribers?pageSize=100000')).status).toBe(400);
  });
});

describe('for the sign-up and the login', () => {
  it('finds the lowest free number of a range, never one that is closed or an alias', async () => {
    const service = house.app.get(SubscribersService);
    const { id } = await create({ number: '5000' });
    await admin.delete(`/subscribers/${id}`);
    const holder = await create({ number: '5001' });
    await admin.post('/numbers', { number: '5002', kind: 'alias', subscriberId: holder.id });
    const manager = house.app.get(DataSource).manager;
    expect(await service.nextFreeNumber(manager, '5000', '5005', domain)).toBe('5003');
    expect(await service.nextFreeNumber(manager, '5000', '5002', domain)).toBeNull();
  });

  it('finds whoever logs in by number, number@domain and e-mail, and nobody when it is not clear', async () => {
    const service = house.app.get(SubscribersService);
    const { id } = await create({ number: '5100', email: 'one@example.org' });
    await create({ number: '5101', email: 'two@example.org' });
    await create({ number: '5102', email: 'two@example.org' });
    expect((await service.findForLogin(' 5100 '))?.id).toBe(id);
    expect((await service.findForLogin(`5100@${domain.toUpperCase()}`))?.id).toBe(id);
    expect((await service.findForLogin('ONE@example.org'))?.id).toBe(id);
    for (const login of ['two@example.org', '5100@elsewhere.test', 'nobody', '', '%']) expect(await service.findForLogin(login)).toBeNull();
  });
});
