import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../openapi.ts';
import { around, type JsonSchema } from '../testing/fuzz-values.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: JsonSchema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** A stream that never ends, and what reaches out of the machine. */
const LEFT_OUT = new Set(['get /api/v1/events', 'post /api/v1/ping']);
const RUNS = 25;
const SEED = 20_261_121;

const document = await openApiDocument();
const resolve = (ref: string): JsonSchema => (document.components?.schemas?.[ref.split('/').at(-1) ?? ''] ?? {}) as JsonSchema;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method] as Operation | undefined;
    return operation && !LEFT_OUT.has(`${method} ${path}`) ? [{ name: `${method.toUpperCase()} ${path}`, method, path, operation }] : [];
  }),
);

/** One request around what the document promises to take. */
function requestsFor({ path, operation }: (typeof operations)[number]) {
  const parameters = operation.parameters ?? [];
  const textOf = (p: Parameter) =>
    fc
      .oneof(around(p.schema ?? { type: 'string' }, resolve), fc.constantFrom(1, 2, '1'))
      .map((v) => (typeof v === 'string' ? v : (JSON.stringify(v) ?? '')));
  const inPath = fc.record(Object.fromEntries(parameters.filter((p) => p.in === 'path').map((p) => [p.name, textOf(p)])));
  const inQuery = fc.record(Object.fromEntries(parameters.filter((p) => p.in === 'query').map((p) => [p.name, textOf(p)])), {
    requiredKeys: [],
  });
  const [schema] = Object.values(operation.requestBody?.content ?? {}).map((content) => content.schema);
  const body = schema ? around(schema, resolve) : fc.constantFrom(undefined, {});
  return fc.record({ inPath, inQuery, body }).map((parts) => {
    const encode = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encode(parts.inPath[name] ?? '') || '0');
    const query = Object.entries(parts.inQuery).map(([name, value]) => `${encode(name)}=${encode(value ?? '')}`);
    return { url: `/${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`, body: parts.body };
  });
}

describe('bad input is answered, never a fault of ours', () => {
  let test: TestApp;
  let commandLine: TestClient;

  beforeAll(async () => {
    test = await startTestApp({ DIALTONE_LOG: process.env.DIALTONE_LOG ?? 'fatal' });
    await test.admin();
    commandLine = await test.commandLine();
    await commandLine.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'secret-1001' });
  });
  afterAll(() => test.stop());

  it.each(operations)(
    '$name',
    async (operation) => {
      const requests = fc.sample(requestsFor(operation), { numRuns: RUNS, seed: SEED });
      // Requests before may have moved the company to another domain.
      domain = (await test.visitor().get('/public/info')).body.domain;
      let n = 0;
      for (const { url, body } of requests) {
        // Every request from another address, so that limits do not hide what lies behind them.
        const client = /\/me(\/|\?|$)/.test(url)
          ? await subscriber()
          : n % 5 === 0
            ? test.visitor(`10.0.${n >> 8}.${n & 255}`)
            : commandLine;
        n++;
        const answer = await client.call(operation.method.toUpperCase() as 'GET', url, { body });
        const known = answer.status < 500 || (answer.status === 503 && answer.body.code !== 'internal');
        expect(
          known,
          `${operation.name} ${url} ${JSON.stringify(body)?.slice(0, 2000)} -> ${answer.status} ${JSON.stringify(answer.body)}`,
        ).toBe(true);
      }
      // A certificate is made in a process of its own, each time.
    },
    30_000,
  );

  /** A new one each time: the request before may have changed his password. */
  async function subscriber(): Promise<TestClient> {
    const number = `9${String(counter++).padStart(5, '0')}`;
    await commandLine.post('/subscribers', { number, displayName: 'Fuzz', sipPassword: 'secret-fuzz' });
    const client = test.visitor();
    expect((await client.post('/session', { login: `${number}@${domain}`, password: 'secret-fuzz' })).status).toBe(200);
    return client;
  }
  let counter = 0;
  let domain = '';
});
