import 'reflect-metadata';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.ts';
import { readEnvironment } from '../settings/environment.ts';
import { SetupService } from '../setup/setup.service.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  /** Parsed JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers of every shape
  readonly body: any;
}

const HOST = 'dialtone.test:8080';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CallOptions {
  headers?: Record<string, string>;
  body?: unknown;
}

/** A browser in small: keeps the session cookie and sends the header of our pages. */
export class TestClient {
  readonly #app: NestFastifyApplication;
  readonly #headers: Record<string, string>;
  readonly #address: string;
  cookie: string | undefined;

  constructor(
    app: NestFastifyApplication,
    headers: Record<string, string> = { 'x-dialtone-request': '1', host: HOST },
    address = '127.0.0.1',
  ) {
    this.#app = app;
    this.#headers = headers;
    this.#address = address;
  }

  /** @param path below /api/v1, or absolute when it starts with "//" */
  async call(method: Method, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await this.#app.inject({
      method,
      url: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`,
      remoteAddress: this.#address,
      headers: { ...this.#headers, ...(this.cookie && { cookie: this.cookie }), ...options.headers },
      ...(options.body !== undefined && { payload: options.body as object }),
    });
    const set = [response.headers['set-cookie'] ?? []].flat().find((c) => c.startsWith('dialtone_session='));
    if (set) this.cookie = set.startsWith('dialtone_session=;') ? undefined : set.split(';')[0];
    const json = String(response.headers['content-type']).includes('json') && response.payload !== '';
    return { status: response.statusCode, headers: response.headers, body: json ? JSON.parse(response.payload) : response.payload };
  }

  /** Sends bytes as they are, under any content type. */
  async raw(method: Method, path: string, payload: string, contentType: string): Promise<Answer> {
    const headers = { ...this.#headers, ...(this.cookie && { cookie: this.cookie }), 'content-type': contentType };
    const response = await this.#app.inject({ method, url: `/api/v1${path}`, remoteAddress: this.#address, headers, payload });
    return { status: response.statusCode, headers: response.headers, body: response.payload };
  }

  get = (path: string, headers?: Record<string, string>) => this.call('GET', path, { ...(headers && { headers }) });
  post = (path: string, body?: unknown, headers?: Record<string, string>) => this.call('POST', path, { body, ...(headers && { headers }) });
  put = (path: string, body?: unknown) => this.call('PUT', path, { body });
  patch = (path: string, body?: unknown) => this.call('PATCH', path, { body });
  delete = (path: string) => this.call('DELETE', path);
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly dataDir: string;
  /** A new visitor; another address is another person to the limits. */
  visitor(address?: string): TestClient;
  /** The command line with the admin token. */
  commandLine(): Promise<TestClient>;
  /** Sets up with the printed code if needed, and logs in. */
  admin(): Promise<TestClient>;
  stop(): Promise<void>;
}

export const ADMIN = { login: 'anna', name: 'Anna Admin', password: 'correct horse battery' } as const;

/** The whole application on a new database in a temporary folder, SIP on free loopback ports, no web port. */
export async function startTestApp(variables: Record<string, string> = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dialtone-test-'));
  const environment = readEnvironment({
    DIALTONE_DATA: dataDir,
    DIALTONE_HTTP: '127.0.0.1:0',
    DIALTONE_SIP: 'udp:127.0.0.1:0,tcp:127.0.0.1:0',
    DIALTONE_STUN: 'off',
    DIALTONE_DOMAIN: 'dialtone.test',
    DIALTONE_LOG: process.env.DIALTONE_LOG ?? 'fatal',
    ...variables,
  });
  const app = await createApp(environment);
  await app.getHttpAdapter().getInstance().ready();
  const visitor = (address?: string) => new TestClient(app, undefined, address);
  return {
    app,
    dataDir,
    visitor,
    async commandLine() {
      const token = (await readFile(environment.adminTokenFile, 'utf8')).trim();
      return new TestClient(app, { authorization: `Bearer ${token}` });
    },
    async admin() {
      const client = visitor();
      const code = app.get(SetupService).code;
      const answer = code
        ? await client.post('/setup', { code, admin: ADMIN, domain: 'dialtone.test', currency: 'EUR' })
        : await client.post('/session', { login: ADMIN.login, password: ADMIN.password });
      if (answer.status > 201) throw new Error(`No administrator: ${JSON.stringify(answer.body)}`);
      return client;
    },
    async stop() {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
