import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { log } from '../log.ts';
import { Refusal } from '../problem.ts';

const LIMIT = 512 * 1024;

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** "/bans/:address" */
  readonly path: string;
  /** Its result is the body; undefined answers 204. */
  readonly run: (request: {
    readonly body: unknown;
    readonly query: Readonly<Record<string, string>>;
    readonly parameter: string;
  }) => Promise<unknown>;
  readonly status?: number;
}

/** Turns a schema and a function into the function of a route: what does not fit is refused with 400 `invalid`. */
export function body<T>(schema: z.ZodType<T>, run: (value: T) => Promise<unknown>): Route['run'] {
  return ({ body: value }) => run(check(schema, value));
}

export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'invalid', parsed.error.issues.map((i) => `${i.path.join('.') || 'body'}: ${i.message}`).join('; '));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Refusal(413, 'too-large', 'The request is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'invalid', 'The body is not JSON.');
  }
}

function find(routes: readonly Route[], method: string | undefined, path: string): { route: Route; parameter: string } {
  let known = false;
  for (const route of routes) {
    const [base, name] = route.path.split('/:');
    const matches = name === undefined ? path === route.path : path.startsWith(`${base}/`);
    if (!matches) continue;
    known = true;
    if (route.method === method) return { route, parameter: name === undefined ? '' : decodeURIComponent(path.slice(`${base}/`.length)) };
  }
  throw known ? new Refusal(405, 'method-not-allowed', 'This cannot be done here.') : new Refusal(404, 'not-found', `There is no ${path}.`);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (value === undefined) {
    response.writeHead(204).end();
    return;
  }
  const text = JSON.stringify(value);
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Answers one request out of the table of routes; faults become problem documents. */
export async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://host');
    const { route, parameter } = find(routes, request.method, url.pathname);
    const value = await route.run({ body: await readBody(request), query: Object.fromEntries(url.searchParams), parameter });
    send(response, value === undefined ? 204 : (route.status ?? 200), value);
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : new Refusal(500, 'host-failed', error instanceof Error ? error.message : String(error));
    if (refusal.status >= 500) log.error(`${request.method} ${request.url}: ${refusal.message}`);
    send(response, refusal.status, refusal.toJSON());
  }
}
