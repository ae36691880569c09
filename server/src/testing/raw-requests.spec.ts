import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerCheckJob } from '../jobs/ledger-check.job.ts';
import { startTestApp, type TestApp, type TestClient } from './test-app.ts';

let house: TestApp;
let admin: TestClient;

beforeAll(async () => {
  house = await startTestApp();
  await house.admin();
  admin = await house.commandLine();
});

afterAll(() => house.stop());

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const payloads = [
  '',
  '{',
  'null',
  '"x"',
  '\u0000',
  deep,
  '{"a":1}{"b":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
];
const types = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'nonsense',
];

describe('requests that are no JSON, or say what they are not', () => {
  it.each(types)('as %s are refused, never a fault', async (type) => {
    for (const path of ['/subscribers', '/gateways', '/session', '/rate-imports', '/subscribers/import', '/jobs/statistics/run']) {
      for (const payload of payloads) {
        const { status } = await admin.raw('POST', path, payload, type);
        expect(status, `${path} ${payload.slice(0, 40)}`).toBeLessThan(500);
        if (path !== '/jobs/statistics/run') expect(status, `${path} ${payload.slice(0, 40)}`).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it('with odd queries are refused, never a fault', async () => {
    for (const query of [
      'page=1&page=2',
      '__proto__=1',
      'constructor[prototype]=1',
      '%FF=%FE',
      'q=%00',
      '&&&=',
      `q=${'a'.repeat(9_000)}`,
    ]) {
      expect((await admin.get(`/subscribers?${query}`)).status, query.slice(0, 40)).toBeLessThan(500);
    }
  });

  it('leave the house in order', async () => {
    expect((await admin.get('/dashboard')).status).toBe(200);
    expect(await house.app.get(LedgerCheckJob).check()).toMatchObject({ result: 'ok' });
  });
});
