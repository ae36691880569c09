import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../openapi.ts';
import { type ApiDocument, hostile, type Operation, operationsOf, sample, seeded, spoil } from './openapi-samples.ts';
import { startTestApp, type TestApp, type TestClient } from './test-app.ts';

/** What everybody may call, logged in or not. Everything else must be closed. */
const forEverybody = new Set([
  'GET /public/info',
  'GET /public/terms',
  'POST /setup',
  'GET /session',
  'POST /session',
  'DELETE /session',
  'POST /password-resets',
  'POST /password-resets/confirm',
  'POST /signups',
  'POST /signups/confirm',
  'GET /provision/{token}',
]);
/** Waits for the network, or never ends: each has its own test. */
const notHere = new Set(['POST /ping', 'GET /events', 'POST /settings/test-mail']);
const roundsPerOperation = 50;
const seed = 20_260_101;

const badPathParts = ['0', '-1', '1.5', '99999999999999999999', 'abc', '%00', '..%2f..%2f', '%27%20OR%201=1'];

let house: TestApp;
let admin: TestClient;
let ana: TestClient;
let document: ApiDocument;
let operations: Operation[];

beforeAll(async () => {
  house = await startTestApp();
  await house.admin();
  admin = await house.commandLine();
  document = (await openApiDocument()) as unknown as ApiDocument;
  operations = operationsOf(document).map((operation) => ({ ...operation, path: operation.path.replace(/^\/api\/v1/, '') }));
  await admin.post('/subscribers', { number: '1001', sipPassword: 'a-password-of-ana', balance: '5.00' });
  ana = house.visitor();
  expect((await ana.post('/session', { login: '1001', password: 'a-password-of-ana' })).status).toBeLessThan(300);
});

afterAll(() => house.stop());

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const fill = (path: string, part: string) => path.replace(/\{[^}]+\}/g, part);

describe('the doors', () => {
  it('are closed to visitors, but for the few that are meant for everybody', async () => {
    const visitor = house.visitor();
    const open: string[] = [];
    for (const operation of operations) {
      if (forEverybody.has(nameOf(operation))) continue;
      const { status } = await visitor.call(operation.method, fill(operation.path, '1'), operation.body ? { body: {} } : {});
      if (status !== 401) open.push(`${nameOf(operation)} ${status}`);
    }
    expect(open).toEqual([]);
    expect(operations.length).toBeGreaterThan(60);
  });

  it('let a subscriber into his own pages only', async () => {
    const open: string[] = [];
    for (const operation of operations) {
      const own = operation.path.startsWith('/me') || operation.path === '/events';
      if (own || forEverybody.has(nameOf(operation))) continue;
      const { status } = await ana.call(operation.method, fill(operation.path, '1'), operation.body ? { body: {} } : {});
      if (status !== 403) open.push(`${nameOf(operation)} ${status}`);
    }
    expect(open).toEqual([]);
  });

  it('do not open to an administrator for what is a subscriber’s', async () => {
    for (const operation of operations.filter(({ path }) => path.startsWith('/me/'))) {
      const { status } = await admin.call(operation.method, fill(operation.path, '1'), operation.body ? { body: {} } : {});
      expect([400, 403, 404], nameOf(operation)).toContain(status);
    }
  });
});

describe('bad input', () => {
  const fuzzed = () => operations.filter((operation) => !notHere.has(nameOf(operation)));

  async function expectNoFault(operation: Operation, path: string, body?: unknown): Promise<void> {
    const answer = await admin.call(
      operation.method,
      path,
      body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } },
    );
    const sent = JSON.stringify(body)?.slice(0, 300);
    expect(answer.status, `${nameOf(operation)} at ${path} with ${sent} -> ${JSON.stringify(answer.body).slice(0, 300)}`).toBeLessThan(500);
    if (answer.status >= 400)
      expect(answer.body, `${nameOf(operation)} at ${path} with ${sent}`).toMatchObject({
        status: answer.status,
        code: expect.any(String),
      });
  }

  it('in a path is refused, never a fault', async () => {
    for (const operation of fuzzed().filter(({ path }) => path.includes('{'))) {
      for (const part of badPathParts) await expectNoFault(operation, fill(operation.path, part), operation.body && {});
    }
  });

  it('in a query is refused, never a fault', async () => {
    const texts = hostile.filter((value): value is string => typeof value === 'string' && value !== '\uD800');
    for (const operation of fuzzed().filter(({ query }) => query.length > 0)) {
      for (const { name } of operation.query) {
        for (const text of texts) await expectNoFault(operation, `${fill(operation.path, '1')}?${name}=${encodeURIComponent(text)}`);
      }
      await expectNoFault(operation, `${fill(operation.path, '1')}?${operation.query[0]?.name}=1&${operation.query[0]?.name}=2`);
      await expectNoFault(operation, `${fill(operation.path, '1')}?__proto__=1&constructor[x]=2&%FF=%FE`);
    }
  });

  it('in a body is refused, never a fault', async () => {
    const random = seeded(seed);
    for (const operation of fuzzed()) {
      if (!operation.body) continue;
      for (let round = 0; round < roundsPerOperation; round++) {
        const good = sample(operation.body, document, random);
        const body = round % 5 === 0 ? good : spoil(good, random);
        await expectNoFault(operation, fill(operation.path, '1'), JSON.parse(JSON.stringify(body ?? null)));
      }
    }
  }, 120_000);

  it('that is no JSON at all is refused, never a fault', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    for (const payload of [
      '',
      '{',
      'null',
      '"x"',
      '\u0000',
      deep,
      '{"a":1}{"b":2}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{"x":1}}}',
    ]) {
      for (const type of [
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-16',
        'nonsense',
      ]) {
        const answer = await admin.raw('POST', '/subscribers', payload, type);
        expect(answer.status, `${type}: ${payload.slice(0, 40)}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${type}: ${payload.slice(0, 40)}`).toBeLessThan(500);
      }
    }
  });

  it('leaves the house in order: it still answers, and every balance is the sum of its ledger', async () => {
    expect((await admin.get('/dashboard')).status).toBe(200);
    const { LedgerCheckJob } = await import('../jobs/ledger-check.job.ts');
    expect(await house.app.get(LedgerCheckJob).check()).toMatchObject({ result: 'ok' });
  });
});
