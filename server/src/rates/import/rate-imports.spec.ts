import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventsService } from '../../events/events.service.ts';
import { startTestApp, type TestApp, type TestClient } from '../../testing/test-app.ts';
import { IMPORT_TRANSITIONS, ImportJob, type ImportState } from './import-job.ts';
import { committed, imported, settled, upload } from './testing.ts';

let test: TestApp;
let admin: TestClient;
let tariffId = 0;
let counter = 0;

beforeAll(async () => {
  test = await startTestApp();
  admin = await test.admin();
});
afterAll(() => test.stop());
beforeEach(async () => {
  tariffId = (await admin.post('/tariffs', { name: `Tariff ${++counter}` })).body.id;
});

const exported = async () => String((await admin.get(`/tariffs/${tariffId}/rates.csv`)).body);
const lookup = async (number: string) => (await admin.get(`/rates/lookup?number=${number}&tariffId=${tariffId}`)).body;
const rateRows = async () =>
  (await test.app.get(DataSource).query(`SELECT COUNT(*) AS "count" FROM "rates" WHERE "tariffId" = ${tariffId}`))[0].count as number;
const put = async (csv: string | Buffer, options: object = {}) => {
  const job = await imported(admin, csv, { tariffId, commitIfClean: true, ...options });
  expect(job).toMatchObject({ state: 'done', error: null });
  return job;
};
/** Rows like a carrier's deck. */
const deck = (rows: number, cell: (n: number) => string = (n) => `${1_000_000 + n * 7},Destination ${n},0.01000`) =>
  `prefix,name,price\n${Array.from({ length: rows }, (_, n) => cell(n)).join('\n')}\n`;

describe('an import', () => {
  it('shows its guess and a preview, and changes nothing before the commit', async () => {
    await put('prefix,name,price\n44,United Kingdom,0.0120\n49,Germany,0.0200\n');
    const job = await imported(admin, 'prefix,name,price\n44,United Kingdom,0.0130\n49,Germany,0.02\n54,Argentina,0.03942\n', { tariffId });
    expect(job).toMatchObject({
      state: 'ready',
      progress: 1,
      fileName: 'rates.csv',
      options: { separator: ',', decimal: '.', headerRow: true, mode: 'merge', effectiveFrom: null },
      counts: { rows: 3, create: 1, update: 1, skip: 1, delete: 0, errors: 0, warnings: 0 },
      errors: [],
      warnings: [],
    });
    expect(job.columns.map(({ name, field }) => [name, field])).toEqual([
      ['prefix', 'prefix'],
      ['name', 'name'],
      ['price', 'price'],
    ]);
    expect(job.columns[2]?.sample).toEqual(['0.0130', '0.02', '0.03942']);
    expect((await lookup('5411')).refusal).toBe('no-rate');
    const done = await committed(admin, job.id);
    expect(done).toMatchObject({ state: 'done', counts: { create: 1, update: 1, skip: 1, delete: 0 } });
    expect((await lookup('5411')).rate).toMatchObject({ prefix: '54', pricePerMinute: '0.03942', firstIncrement: 60, nextIncrement: 60 });
    expect((await lookup('4420')).rate).toMatchObject({ pricePerMinute: '0.013', version: 2 });
    expect((await lookup('4930')).rate).toMatchObject({ version: 1 });
  });

  it.each([
    ['semicolons, decimal comma, BOM and plus', '\uFEFFPrefijo;Destino;Precio\r\n+44;Reino Unido;0,0120\r\n'],
    ['tabs and no heading', '44\tUnited Kingdom\t0.0120\n'],
    ['the list of a manual', '54 Argentina 0.03942\n1800 USA Toll Free 0.00000\n44 United Kingdom 0.01200\n'],
    ['a heading nobody knows', 'A,B,C\n44,United Kingdom,0.0120\n1,USA,0.019\n'],
    ['columns in another order, one unknown', 'Rate (USD),Remark,Destination,Dial Code\n0.0120,x,United Kingdom,44\n'],
    ['quoted decimal commas between commas', 'code,rate\n44,"0,0120"\n'],
    ['Windows-1252', Buffer.from('prefix,name,price\n44,Espa\xf1a,0.0120\n', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFprefix\tname\tprice\n44\tPerú\t0.0120\n', 'utf16le')],
  ])('reads %s', async (_, csv) => {
    await put(csv);
    expect((await lookup('44123')).rate).toMatchObject({ prefix: '44', pricePerMinute: '0.012' });
  });

  it('takes every column there is', async () => {
    await put(
      'prefix,name,price,connect_fee,first_increment,next_increment,min_charge,free_seconds,grace_seconds,blocked,effective_from\n' +
        '44,UK,0.012,0.05,30,6,0.01,10,3,no,2026-01-01\n4470,UK personal,,,,,,,,yes,\n',
    );
    expect((await lookup('44123')).rate).toMatchObject({
      pricePerMinute: '0.012',
      connectFee: '0.05',
      firstIncrement: 30,
      nextIncrement: 6,
      minCharge: '0.01',
      freeSeconds: 10,
      graceSeconds: 3,
      effectiveFrom: '2026-01-01T00:00:00.000Z',
    });
    expect((await lookup('447011')).refusal).toBe('destination-blocked');
  });

  it('waits for a mapping when prefix and price are not recognised, and takes corrections', async () => {
    const job = await imported(admin, 'Wo;Nummer;Einkauf;Verkauf\nUK;44;0,01;0,02\nUK;4420;0,03;0,04\n', { tariffId });
    expect(job).toMatchObject({ state: 'ready', options: { separator: ';', decimal: ',' } });
    expect(job.columns.map((column) => column.field)).toEqual(['name', 'prefix', 'price', null]);
    const changed = await admin.patch(`/rate-imports/${job.id}/mapping`, {
      columns: [
        { index: 2, field: null },
        { index: 3, field: 'price' },
      ],
      effectiveFrom: '2026-01-01T00:00:00Z',
    });
    expect(changed.status).toBe(200);
    const again = await settled(admin, job.id);
    expect(again).toMatchObject({ state: 'ready', options: { effectiveFrom: '2026-01-01T00:00:00.000Z' } });
    await committed(admin, job.id);
    expect((await lookup('4420')).rate).toMatchObject({ pricePerMinute: '0.04' });

    const vague = await imported(admin, 'one,two\na,b\nc,d\n', { tariffId });
    expect(vague).toMatchObject({ state: 'mapping', counts: null });
    expect((await admin.post(`/rate-imports/${vague.id}/commit`, {})).body.code).toBe('wrong-state');
    const twice = await admin.patch(`/rate-imports/${vague.id}/mapping`, {
      columns: [
        { index: 0, field: 'price' },
        { index: 1, field: 'price' },
      ],
    });
    expect(twice.body).toMatchObject({ code: 'invalid', errors: [{ code: 'field-twice' }] });
    await admin.delete(`/rate-imports/${vague.id}`);
  });

  it('names both rows of a prefix that comes twice, and takes the later one (U-10)', async () => {
    const job = await imported(admin, 'prefix,name,price\n44,UK,0.01\n49,Germany,0.02\n+44,UK,0.03\n', { tariffId });
    expect(job).toMatchObject({ state: 'ready', counts: { rows: 3, create: 2, skip: 1, errors: 0, warnings: 1 } });
    expect(job.warnings).toEqual([
      {
        cause: 'duplicate-prefix',
        count: 1,
        rows: [{ row: 4, column: 'prefix', expected: 'each prefix once; row 4 is taken, not row 2', found: '44 in row 2 and row 4' }],
      },
    ]);
    await committed(admin, job.id);
    expect((await lookup('44123')).rate.pricePerMinute).toBe('0.03');
  });

  it('tells row, column, expected and found of everything that is wrong', async () => {
    const job = await imported(
      admin,
      'Prefix,Name,Price,first_increment,effective_from,blocked\n44 7,UK,0.01,,,\n,UK,0.01,,,\n49,Germany,,0,2026-02-31,maybe\n\n1,USA,"0,01",,,\n33,France,0.0100000,60,,\n34,Spain,0.0123456,,,\n',
      { tariffId },
    );
    expect(job).toMatchObject({ state: 'ready', counts: { rows: 6, create: 1, errors: 5 } });
    const faults = Object.fromEntries(job.errors.map((group) => [group.cause, group.rows]));
    expect(faults['prefix-not-digits']).toEqual([{ row: 2, column: 'Prefix', expected: 'digits', found: '44 7' }]);
    expect(faults['prefix-missing']).toEqual([{ row: 3, column: 'Prefix', expected: 'digits', found: 'nothing' }]);
    expect(faults['price-missing']).toMatchObject([{ row: 4, column: 'Price', found: 'nothing' }]);
    expect(faults['not-seconds']).toMatchObject([
      { row: 4, column: 'first_increment', expected: 'whole seconds from 1 to 86400', found: '0' },
    ]);
    expect(faults['not-a-date']).toMatchObject([{ row: 4, found: '2026-02-31' }]);
    expect(faults['not-yes-or-no']).toMatchObject([{ row: 4, found: 'maybe' }]);
    expect(faults['not-a-price']).toMatchObject([{ row: 6, expected: 'an amount such as 0.0120', found: '0,01' }]);
    expect(faults['price-too-fine']).toMatchObject([{ row: 8, expected: 'at most 6 decimals', found: '0.0123456' }]);
    await admin.delete(`/rate-imports/${job.id}`);
  });

  it.each([
    ['a spreadsheet', Buffer.from('PK\u0003\u0004rest'), 'spreadsheet'],
    ['bytes', Buffer.from([1, 0, 2, 0, 3]), 'not-text'],
    ['nothing', '', 'empty'],
    ['a heading only', 'prefix,price\n', 'no-rows'],
    ['an open quotation mark', 'prefix,name,price\n44,"UK,0.01\n45,x,0.01\n', 'csv-syntax'],
  ])('fails as a whole on %s', async (_, csv, code) => {
    const job = await imported(admin, csv, { tariffId });
    expect(job).toMatchObject({ state: 'failed', error: { code } });
    expect((await admin.delete(`/rate-imports/${job.id}`)).status).toBe(204);
  });
});

describe('50,000 rates with 37 bad rows (U-9)', () => {
  const csv = deck(50_000, (n) =>
    n % 1351 === 0 && n < 37 * 1351 ? `${1_000_000 + n * 7}x,Bad ${n},0.01` : `${1_000_000 + n * 7},Good ${n},0.01`,
  );

  it('groups 37 errors, gives the rejected rows with a reason, and a cancelled one leaves the table as it was', async () => {
    await put(deck(10));
    const before = await exported();
    const job = await imported(admin, csv, { tariffId, commitIfClean: true });
    expect(job).toMatchObject({ state: 'ready', counts: { rows: 50_000, create: 49_954, update: 9, skip: 0, errors: 37 } });
    expect(job.errors).toMatchObject([{ cause: 'prefix-not-digits', count: 37 }]);
    expect(job.errors[0]?.rows).toHaveLength(20);
    expect(job.errors[0]?.rows[1]).toEqual({ row: 1353, column: 'prefix', expected: 'digits', found: '1009457x' });

    const rejected = await admin.get(`/rate-imports/${job.id}/rejected.csv`);
    expect(rejected.headers['content-type']).toContain('text/csv');
    const lines = String(rejected.body).trim().split('\n');
    expect(lines[0]).toBe('prefix,name,price,reason');
    expect(lines).toHaveLength(38);
    expect(lines[2]).toBe('1009457x,Bad 1351,0.01,"Row 1353, prefix: expected digits, found 1009457x"');

    const refused = await admin.post(`/rate-imports/${job.id}/commit`, {});
    expect(refused).toMatchObject({ status: 409, body: { code: 'rows-rejected' } });
    expect((await admin.delete(`/rate-imports/${job.id}`)).status).toBe(204);
    expect((await admin.get(`/rate-imports/${job.id}`)).body.state).toBe('cancelled');
    expect((await admin.post(`/rate-imports/${job.id}/commit`, {})).status).toBe(409);
    expect(await exported()).toBe(before);
    expect(await readdir(join(test.dataDir, 'tmp', 'rate-imports'))).not.toContain(job.id);
  });

  it('commits the good rows when told to, and the mended rejected file the rest', async () => {
    const job = await imported(admin, csv, { tariffId });
    const rejected = String((await admin.get(`/rate-imports/${job.id}/rejected.csv`)).body);
    await committed(admin, job.id, { skipRejected: true });
    expect(await rateRows()).toBe(49_963);
    // The column of reasons is left out by itself.
    const mended = await put(rejected.replaceAll('x,Bad', ',Good'));
    expect(mended.counts).toMatchObject({ create: 37, errors: 0 });
    expect(await rateRows()).toBe(50_000);
    expect((await admin.get(`/tariffs/${tariffId}`)).body.rates).toBe(50_000);
  });

  it('can be cancelled while it is read', async () => {
    const { body } = await upload(admin, csv, { tariffId, commitIfClean: true });
    expect((await admin.delete(`/rate-imports/${body.id}`)).status).toBe(204);
    expect((await admin.get(`/rate-imports/${body.id}`)).body.state).toBe('cancelled');
    expect(await rateRows()).toBe(0);
  });
});

describe('replace mode', () => {
  it('deletes what is not in the file and resets what it does not say', async () => {
    await put('prefix,price,connect_fee\n44,0.01,0.05\n49,0.02,0.05\n');
    const job = await imported(admin, 'prefix,price\n44,0.01\n1,0.03\n', { tariffId, mode: 'replace' });
    expect(job.counts).toMatchObject({ create: 1, update: 1, skip: 0, delete: 1 });
    expect(await committed(admin, job.id)).toMatchObject({ counts: { create: 1, update: 1, delete: 1 } });
    expect((await lookup('44')).rate.connectFee).toBe('0.00');
    expect((await lookup('49')).refusal).toBe('no-rate');
  });

  it('keeps in merge mode what the file has no column for', async () => {
    await put('prefix,price,connect_fee\n44,0.01,0.05\n');
    await put('prefix,price\n44,0.02\n');
    expect((await lookup('44')).rate).toMatchObject({ pricePerMinute: '0.02', connectFee: '0.05' });
  });

  it('refuses bad rows and a time to come', async () => {
    const job = await imported(admin, 'prefix,price\n44,0.01\nx,0.01\n', { tariffId, mode: 'replace' });
    expect((await admin.post(`/rate-imports/${job.id}/commit`, { skipRejected: true })).body.code).toBe('rows-rejected');
    await admin.delete(`/rate-imports/${job.id}`);
    const late = await upload(admin, 'prefix,price\n44,1\n', { tariffId, mode: 'replace', effectiveFrom: '2099-01-01T00:00:00Z' });
    expect(late).toMatchObject({ status: 400, body: { errors: [{ code: 'replace-is-at-once' }] } });
  });
});

describe('export', () => {
  it('gives back what an import takes: the identity (invariant 6)', async () => {
    await put(
      'prefix,name,price,connect_fee,first_increment,next_increment,min_charge,free_seconds,grace_seconds,blocked,effective_from\n' +
        '1,"USA, ""all""",0.019,0,1,1,0,0,0,no,\n44,Reino Unido – móvil;x,0.012345,0.05,30,6,0.01,10,3,no,2026-01-01T06:30:00Z\n' +
        '44,UK,0.02,,,,,,,,2099-01-01\n4470,=SUM(A1),,,,,,,,yes,\n',
    );
    const first = await exported();
    expect(first.split('\n')).toHaveLength(6);
    expect((await put(first, { mode: 'replace' })).counts).toMatchObject({ rows: 4, create: 0, update: 0, skip: 4, delete: 0 });
    tariffId = (await admin.post('/tariffs', { name: 'Copy' })).body.id;
    await put(first, { mode: 'replace' });
    expect(await exported()).toBe(first);
  });

  it('streams more than one chunk, in order, each rate once', async () => {
    await put(deck(4_500));
    const lines = (await exported()).trim().split('\n').slice(1);
    expect(lines).toHaveLength(4_500);
    expect(new Set(lines).size).toBe(4_500);
  });
});

describe('the house', () => {
  it('writes the commit into the audit, and tells the progress', async () => {
    const seen: unknown[] = [];
    const leave = test.app.get(EventsService).listen({
      viewer: { role: 'admin' },
      owner: 'spec',
      send: (frame) => {
        if (frame.includes('import.progress')) seen.push(frame);
        return true;
      },
      close: () => undefined,
    });
    const job = await put(deck(20_000));
    await expect.poll(() => seen.length, { timeout: 3000 }).toBeGreaterThan(0);
    leave();
    const { body } = await admin.get('/audit?action=rate.import&pageSize=1');
    expect(body.items[0]).toMatchObject({
      actor: 'admin:anna',
      entity: 'tariff',
      entityId: String(tariffId),
      after: { fileName: 'rates.csv', create: 20_000 },
    });
    expect(existsSync(join(test.dataDir, 'tmp', 'rate-imports', job.id))).toBe(false);
  });

  it('lets nobody but administrators in', async () => {
    await admin.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'secret-1001' });
    const subscriber = test.visitor();
    await subscriber.post('/session', { login: '1001', password: 'secret-1001' });
    const id = '3f0e8a52-0000-4000-8000-000000000000';
    for (const [client, status] of [
      [subscriber, 403],
      [test.visitor(), 401],
    ] as const) {
      expect((await upload(client, 'prefix,price\n1,1\n')).status).toBe(status);
      for (const path of ['/rate-imports', `/rate-imports/${id}`, `/rate-imports/${id}/rejected.csv`, '/tariffs/1/rates.csv'])
        expect((await client.get(path)).status).toBe(status);
      expect((await client.post(`/rate-imports/${id}/commit`, {})).status).toBe(status);
      expect((await client.patch(`/rate-imports/${id}/mapping`, {})).status).toBe(status);
      expect((await client.delete(`/rate-imports/${id}`)).status).toBe(status);
    }
  });

  it('refuses what is no upload, wrong options, unknown tariffs and unknown imports, and leaves no file', async () => {
    expect((await admin.post('/rate-imports', { file: 'x' })).status).toBe(415);
    expect((await upload(admin, 'a', 'no json')).body.errors[0].field).toBe('options');
    expect((await upload(admin, 'a', { mode: 'sideways' })).body.errors[0].field).toBe('options.mode');
    expect((await upload(admin, 'a', { tariffId: 999_999 })).status).toBe(404);
    expect((await admin.get('/rate-imports/3f0e8a52-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await admin.get('/rate-imports/1')).status).toBe(400);
    const open = (await admin.get('/rate-imports')).body.items.filter(
      (job: { state: string }) => !['done', 'cancelled'].includes(job.state),
    );
    expect(open).toEqual([]);
  });

  it('allows five open imports, no more', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await imported(admin, 'prefix,price\n44,1\n', { tariffId })).id);
    expect((await upload(admin, 'prefix,price\n44,1\n')).body.code).toBe('too-many-imports');
    for (const id of ids) await admin.delete(`/rate-imports/${id}`);
    expect((await admin.delete(`/rate-imports/${ids[0]}`)).status).toBe(204);
    expect((await admin.get(`/rate-imports/${ids[0]}`)).status).toBe(404);
  });

  it('rolls everything back when the transaction fails', async () => {
    const job = await imported(admin, 'prefix,price\n44,1\n', { tariffId, mode: 'replace' });
    await admin.delete(`/tariffs/${tariffId}`);
    expect(await committed(admin, job.id)).toMatchObject({ state: 'failed', error: { code: 'tariff-not-found' } });
    expect(await rateRows()).toBe(0);
    await admin.delete(`/rate-imports/${job.id}`);
    tariffId = (await admin.post('/tariffs', { name: 'After a failure' })).body.id;
    await put('prefix,price\n44,1\n');
  });
});

it('knows each step of its life, and no other', () => {
  const job = new ImportJob('id', '/nowhere', 'rates.csv', { tariffId: 1, mode: 'merge', effectiveFrom: 0 });
  for (const state of ['checking', 'ready', 'committing', 'done'] as const) job.enter(state);
  for (const state of Object.keys(IMPORT_TRANSITIONS) as ImportState[]) expect(() => job.enter(state)).toThrow('cannot go from done');
  const other = new ImportJob('id', '/nowhere', 'rates.csv', { tariffId: 1, mode: 'merge', effectiveFrom: 0 });
  expect(() => other.enter('committing')).toThrow();
  expect(() => other.enter('ready')).toThrow();
  other.enter('mapping');
  other.restart();
  expect(other.state).toBe('reading');
  other.fail('internal', 'x');
  expect(other).toMatchObject({ state: 'failed', over: false, finished: true });
});

it('clears away what a crash left behind', async () => {
  const folder = join(test.dataDir, 'tmp', 'rate-imports', 'left-behind');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'upload.csv'), 'x');
  const { RateImportsService } = await import('./rate-imports.service.ts');
  await test.app.get(RateImportsService).onModuleInit();
  expect(existsSync(folder)).toBe(false);
});
