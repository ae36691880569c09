import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { imported } from './import/testing.ts';
import { loadRates } from './rate-loader.ts';
import { TariffsService } from './tariffs.service.ts';

let test: TestApp;
let admin: TestClient;
let subscriber: TestClient;
let tariffId = 0;
let counter = 0;

beforeAll(async () => {
  test = await startTestApp();
  admin = await test.admin();
  await admin.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'secret-1001' });
  subscriber = test.visitor();
  await subscriber.post('/session', { login: '1001', password: 'secret-1001' });
});
afterAll(() => test.stop());
beforeEach(async () => {
  tariffId = (await admin.post('/tariffs', { name: `Tariff ${++counter}` })).body.id;
});

const directory = () => test.app.get(Directory);
const add = async (body: object, id = tariffId) => (await admin.post(`/tariffs/${id}/rates`, body)).body;
/** Memory holds what the database holds. */
async function expectInStep(id = tariffId): Promise<void> {
  const stored = [...(await loadRates(test.app.get(DataSource), id))].sort((a, b) => a.id - b.id);
  const held = [...(directory().tariff(id)?.table ?? [])].sort((a, b) => a.id - b.id);
  expect(held).toEqual(stored);
}

describe('tariffs', () => {
  it('begin with a default one', async () => {
    const { body } = await admin.get('/tariffs');
    expect(body.items.filter((tariff: { isDefault: boolean }) => tariff.isDefault)).toMatchObject([
      { name: 'Standard', scale: 4, rounding: 'half-up' },
    ]);
  });

  it('are made, changed and removed, in the directory too, and in the audit', async () => {
    expect(directory().tariff(tariffId)).toMatchObject({ name: `Tariff ${counter}`, isDefault: false });
    const changed = await admin.patch(`/tariffs/${tariffId}`, { name: 'Gold', scale: 2, rounding: 'up' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Gold', scale: 2, rounding: 'up', rates: 0, subscribers: 0 } });
    expect(directory().tariff(tariffId)).toMatchObject({ name: 'Gold', scale: 2, rounding: 'up' });
    await add({ prefix: '44', pricePerMinute: '0.01' });
    expect((await admin.delete(`/tariffs/${tariffId}`)).status).toBe(204);
    expect(directory().tariff(tariffId)).toBeUndefined();
    expect((await admin.get(`/tariffs/${tariffId}`)).status).toBe(404);
    const actions = (await admin.get(`/audit?entity=tariff&entityId=${tariffId}`)).body.items.map(
      (entry: { action: string }) => entry.action,
    );
    expect(actions.sort()).toEqual(['tariff.change', 'tariff.create', 'tariff.delete']);
  });

  it('have names of their own, no circle of parents, and stay while they are needed', async () => {
    expect((await admin.post('/tariffs', { name: 'Standard' })).body).toMatchObject({
      status: 409,
      code: 'name-taken',
      errors: [{ field: 'name' }],
    });
    const child = (await admin.post('/tariffs', { name: 'Child', parentId: tariffId })).body;
    expect((await admin.patch(`/tariffs/${tariffId}`, { parentId: child.id })).body.code).toBe('tariff-circle');
    expect((await admin.delete(`/tariffs/${tariffId}`)).body.code).toBe('tariff-in-use');
    expect((await admin.post('/tariffs', { name: 'Orphan', parentId: 999_999 })).status).toBe(404);
    expect((await admin.delete('/tariffs/1')).body.code).toBe('tariff-in-use');
  });

  it('there is one default, always', async () => {
    await admin.patch(`/tariffs/${tariffId}`, { isDefault: true });
    const defaults = [...directory().tariffs.values()].filter((tariff) => tariff.isDefault);
    expect(defaults.map((tariff) => tariff.id)).toEqual([tariffId]);
    await admin.patch('/tariffs/1', { isDefault: true });
    expect((await admin.get(`/tariffs/${tariffId}`)).body.isDefault).toBe(false);
  });
});

describe('rates', () => {
  it('are made with defaults, changed with a new version, and removed; the directory follows', async () => {
    const made = await add({ prefix: '+44', name: 'United Kingdom', pricePerMinute: '0.0120' });
    expect(made).toMatchObject({
      prefix: '44',
      pricePerMinute: '0.012',
      firstIncrement: 60,
      nextIncrement: 60,
      blocked: false,
      effectiveFrom: null,
      version: 1,
    });
    await expectInStep();
    const changed = await admin.patch(`/rates/${made.id}`, {
      prefix: '4420',
      pricePerMinute: '0.02',
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    expect(changed.body).toMatchObject({ prefix: '4420', pricePerMinute: '0.02', effectiveFrom: '2026-01-01T00:00:00.000Z', version: 2 });
    expect(directory().tariff(tariffId)?.table.lookup('44300', Date.now())).toBeUndefined();
    await expectInStep();
    expect((await admin.delete(`/rates/${made.id}`)).status).toBe(204);
    await expectInStep();
    expect((await admin.delete(`/rates/${made.id}`)).status).toBe(404);
    const entries = (await admin.get(`/audit?entity=rate&entityId=${made.id}`)).body.items;
    expect(entries.map((entry: { action: string }) => entry.action).sort()).toEqual(['rate.change', 'rate.create', 'rate.delete']);
  });

  it('one prefix has one rate from one time on', async () => {
    const made = await add({ prefix: '44', pricePerMinute: '1' });
    expect(await add({ prefix: '44', pricePerMinute: '2' })).toMatchObject({
      status: 409,
      code: 'rate-exists',
      errors: [{ field: 'prefix' }],
    });
    const later = await add({ prefix: '44', pricePerMinute: '2', effectiveFrom: '2099-01-01T00:00:00Z' });
    expect((await admin.patch(`/rates/${later.id}`, { effectiveFrom: null })).body.code).toBe('rate-exists');
    expect((await admin.get(`/rates/lookup?number=44&tariffId=${tariffId}`)).body.rate.id).toBe(made.id);
    await expectInStep();
  });

  it.each([
    [{ prefix: '44x', pricePerMinute: '1' }, 'prefix'],
    [{ prefix: '44', pricePerMinute: '-1' }, 'pricePerMinute'],
    [{ prefix: '44', pricePerMinute: '10000.01' }, 'pricePerMinute'],
    [{ prefix: '44', pricePerMinute: 1 }, 'pricePerMinute'],
    [{ prefix: '44', pricePerMinute: '1', nextIncrement: 0 }, 'nextIncrement'],
    [{ prefix: '44', pricePerMinute: '1', freeSeconds: 1.5 }, 'freeSeconds'],
    [{ prefix: '44' }, 'pricePerMinute'],
  ])('refuses %j', async (body, field) => {
    expect(await add(body)).toMatchObject({ status: 400, code: 'invalid', errors: [{ field }] });
  });

  it('are found by digits (those that a number could match too) and by name, sorted and paged', async () => {
    for (const [prefix, name] of [
      ['44', 'UK'],
      ['447', 'UK mobile'],
      ['4479', 'UK mobile O2'],
      ['49', 'Germany 100%'],
    ] as const)
      await add({ prefix, name, pricePerMinute: `0.0${prefix.length}` });
    const found = async (query: string) => (await admin.get(`/tariffs/${tariffId}/rates?${query}`)).body;
    const prefixes = async (query: string) => (await found(query)).items.map((rate: { prefix: string }) => rate.prefix);
    expect(await prefixes('q=%2B4479')).toEqual(['44', '447', '4479']);
    expect(await prefixes('q=00447')).toEqual(['44', '447', '4479']);
    expect(await prefixes('q=mobile&sort=-prefix')).toEqual(['4479', '447']);
    expect(await prefixes('q=100%25')).toEqual(['49']);
    expect(await found('sort=-pricePerMinute&pageSize=1&page=2')).toMatchObject({ total: 4, page: 2, items: [{ prefix: '447' }] });
  });

  it('keep an edit made while a tariff is loaded anew', async () => {
    const deck = Array.from({ length: 60_000 }, (_, n) => `${1_000_000 + n},1`).join('\n');
    await imported(admin, `prefix,price\n${deck}\n`, { tariffId, commitIfClean: true });
    const table = directory().tariff(tariffId)?.table;
    const first = table?.lookup('1000000', Date.now());
    const last = table?.lookup('1059999', Date.now());
    // The first row has been read when it is changed, the last one not yet when it is removed.
    const reload = test.app.get(TariffsService).reload(tariffId);
    await Promise.all([admin.patch(`/rates/${first?.id}`, { pricePerMinute: '2' }), admin.delete(`/rates/${last?.id}`)]);
    expect(directory().tariff(tariffId)?.table, 'the edits came too late to prove anything').toBe(table);
    await reload;
    expect(directory().tariff(tariffId)?.table).not.toBe(table);
    expect(directory().tariff(tariffId)?.table.lookup('1000000', Date.now())?.pricePerMinute).toBe(2_000_000);
    await expectInStep();
  });

  it('a write that fails later leaves the directory alone', async () => {
    const uow = test.app.get(UnitOfWork);
    const tariffs = test.app.get(TariffsService);
    const failed = uow.write(async () => {
      tariffs.editAfterCommit(tariffId, () => expect.fail('not committed'));
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await expectInStep();
  });
});

describe('a look-up', () => {
  it('finds the longest prefix and works an example (R-37, R-1)', async () => {
    await add({ prefix: '44', pricePerMinute: '0.0100' });
    await add({ prefix: '447', pricePerMinute: '0.0500' });
    await add({ prefix: '44779', pricePerMinute: '0.0120' });
    const at = async (number: string) =>
      (await admin.get(`/rates/lookup?number=${encodeURIComponent(number)}&tariffId=${tariffId}&seconds=61`)).body;
    const mobile = await at('+44 7791 234567');
    expect(mobile).toMatchObject({ e164: '447791234567', rate: { prefix: '44779', pricePerMinute: '0.012' }, refusal: null });
    expect(mobile.example).toMatchObject({ seconds: 61, billedSeconds: 120, cost: '0.024' });
    expect((await at('0044 2071838750')).rate.prefix).toBe('44');
  });

  it('says why a number is refused (R-38, R-39)', async () => {
    await add({ prefix: '447', pricePerMinute: '0.0500' });
    await add({ prefix: '4470', pricePerMinute: '0', blocked: true });
    const refusal = async (number: string) => (await admin.get(`/rates/lookup?number=${number}&tariffId=${tariffId}`)).body.refusal;
    expect(await refusal('99912345')).toBe('no-rate');
    expect(await refusal('447011111111')).toBe('destination-blocked');
    await add({ prefix: '44701', pricePerMinute: '0.01' });
    expect(await refusal('447011111111')).toBeNull();
    expect((await admin.get('/rates/lookup?number=1&tariffId=999999')).status).toBe(404);
    expect((await admin.get('/rates/lookup?number=abc')).status).toBe(400);
  });

  it('asks the parent, then the default tariff', async () => {
    const parent = (await admin.post('/tariffs', { name: `Parent ${counter}` })).body.id;
    await admin.patch(`/tariffs/${tariffId}`, { parentId: parent });
    await add({ prefix: '33', pricePerMinute: '0.03' }, parent);
    const first = await add({ prefix: '34', pricePerMinute: '0.04' }, 1);
    const tariffOf = async (number: string) => (await admin.get(`/rates/lookup?number=${number}&tariffId=${tariffId}`)).body.tariff;
    expect(await tariffOf('331')).toBe(`Parent ${counter}`);
    expect(await tariffOf('341')).toBe('Standard');
    await admin.delete(`/rates/${first.id}`);
  });

  it('is open to subscribers for their own tariff', async () => {
    const own = await add({ prefix: '61', pricePerMinute: '0.05' }, 1);
    expect((await subscriber.get('/me/rates/lookup?number=612')).body).toMatchObject({ rate: { prefix: '61' }, tariff: 'Standard' });
    expect((await subscriber.get(`/me/rates/lookup?number=612&tariffId=${tariffId}`)).status).toBe(400);
    await admin.delete(`/rates/${own.id}`);
  });

  it('prices a rate that is still being typed', async () => {
    const { body } = await admin.post('/rates/example', { pricePerMinute: '0.0250', connectFee: '0.05', seconds: 125 });
    expect(body).toMatchObject({ seconds: 125, billedSeconds: 180, cost: '0.125' });
  });
});

it('only administrators see and change tariffs and rates', async () => {
  for (const [client, status] of [
    [subscriber, 403],
    [test.visitor(), 401],
  ] as const) {
    for (const path of ['/tariffs', '/tariffs/1', '/tariffs/1/rates', '/rates/lookup?number=44'])
      expect((await client.get(path)).status).toBe(status);
    expect((await client.post('/tariffs', { name: 'x' })).status).toBe(status);
    expect((await client.post('/tariffs/1/rates', { prefix: '44', pricePerMinute: '1' })).status).toBe(status);
    expect((await client.post('/rates/example', { pricePerMinute: '1' })).status).toBe(status);
    expect((await client.patch('/tariffs/1', { name: 'x' })).status).toBe(status);
    expect((await client.patch('/rates/1', { pricePerMinute: '1' })).status).toBe(status);
    expect((await client.delete('/tariffs/1')).status).toBe(status);
    expect((await client.delete('/rates/1')).status).toBe(status);
  }
  expect((await test.visitor().get('/me/rates/lookup?number=44')).status).toBe(401);
});
