import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api.ts';
import { DatabaseReader } from './database.ts';
import type { Namespace } from './netns.ts';
import { artifactFolder, node, root } from './paths.ts';
import { freePort } from './ports.ts';
import { eventually } from './wait.ts';

export interface ServerOptions {
  /** More environment, or other values than the ones below. */
  env?: Record<string, string>;
  /** An existing data folder; otherwise a new one, removed by stop(). */
  dataDir?: string;
  /** Addresses of the SIP listeners, each with UDP and TCP on one port. */
  addresses?: string[];
  /** Pages and SIP over TLS too, each on a port of its own. */
  tls?: boolean;
  /** The machine it runs on; this one otherwise. */
  machine?: Namespace;
  /** Leaves the first administrator to the test. */
  withoutSetUp?: boolean;
  /** Refusals are said in early media, as on a new server; otherwise they come at once. */
  announcements?: boolean;
}

export const domain = 'dialtone.test';
export const administrator = { login: 'admin', name: 'Ada Operator', password: 'correct horse battery' };

/** The built server, as a process of its own, on free ports, with a data folder of its own. */
export class TestServer {
  readonly name: string;
  readonly dataDir: string;
  readonly http: string;
  /** Port of the SIP listeners, the same for UDP and TCP on every address. */
  readonly sipPort: number;
  /** Ports of pages and SIP over TLS on the first address; 0 without `tls`. */
  readonly tlsPorts: { readonly https: number; readonly sips: number };
  readonly #env: Record<string, string>;
  readonly #ownsData: boolean;
  readonly #machine: Namespace | undefined;
  #process: ChildProcess | undefined;
  #output = '';
  #api: ApiClient | undefined;

  private constructor(
    name: string,
    dataDir: string,
    { ownsData, machine }: { ownsData: boolean; machine: Namespace | undefined },
    ports: { http: string; sipPort: number; tlsPorts: TestServer['tlsPorts'] },
    env: Record<string, string>,
  ) {
    this.name = name;
    this.dataDir = dataDir;
    this.http = ports.http;
    this.sipPort = ports.sipPort;
    this.tlsPorts = ports.tlsPorts;
    this.#ownsData = ownsData;
    this.#machine = machine;
    this.#env = env;
  }

  /** Starts a server and, unless told otherwise, goes through the set-up page's request with the printed code. */
  static async start(name: string, options: ServerOptions = {}): Promise<TestServer> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'dialtone-'));
    const addresses = options.addresses ?? ['127.0.0.1'];
    const sipPort = await freePort(addresses[0]);
    const http = options.env?.DIALTONE_HTTP ?? `127.0.0.1:${await freePort()}`;
    const tlsPorts = options.tls ? { https: await freePort(), sips: await freePort(addresses[0]) } : { https: 0, sips: 0 };
    const env = {
      DIALTONE_DATA: dataDir,
      // Its usual port may be in use; those who test it name one.
      DIALTONE_STUN: 'off',
      // Apart from the ports that tests take for themselves.
      DIALTONE_RTP: '30000-32767',
      DIALTONE_HTTP: http,
      DIALTONE_SIP: addresses
        .map((address) => (address.includes(':') ? `[${address}]` : address))
        .flatMap((address) => [`udp:${address}:${sipPort}`, `tcp:${address}:${sipPort}`])
        .concat(options.tls ? [`tls:${addresses[0]}:${tlsPorts.sips}`] : [])
        .join(','),
      ...(options.tls && { DIALTONE_HTTPS: `127.0.0.1:${tlsPorts.https}` }),
      ...options.env,
    };
    const place = { ownsData: options.dataDir === undefined, machine: options.machine };
    const server = new TestServer(name, dataDir, place, { http: `http://${http}`, sipPort, tlsPorts }, env);
    await server.launch();
    if (!options.withoutSetUp && server.setUpCode) {
      await server.setUp();
      if (!options.announcements) await server.api.patch('/settings', { announcements: false });
    }
    return server;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error(`The server ${this.name} is not running`);
    return pid;
  }

  /** Everything printed since the first start. */
  get output(): string {
    return this.#output;
  }

  /** Host and port of SIP over IPv4, as sipp takes it. */
  get sip(): string {
    return `127.0.0.1:${this.sipPort}`;
  }

  /** The one-time code, as the console of the appliance reads it; undefined once an administrator exists. */
  get setUpCode(): string | undefined {
    const file = join(this.dataDir, 'setup-code');
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  /** The one-time code printed at the last start; undefined once an administrator exists, and on the appliance. */
  get printedSetUpCode(): string | undefined {
    return this.#output
      .split('\n')
      .findLast((line) => /^Set-up code/.test(line))
      ?.split(/\s+/)[2];
  }

  get adminToken(): string {
    return readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim();
  }

  /** The API with the administrator's token. */
  get api(): ApiClient {
    this.#api ??= new ApiClient(this.http, this.adminToken);
    return this.#api;
  }

  /** A second connection to the database, read only. */
  database(): DatabaseReader {
    return new DatabaseReader(join(this.dataDir, 'dialtone.sqlite'));
  }

  /** Environment of a command line tool that talks to this server. */
  get environment(): Record<string, string> {
    return { ...this.#env };
  }

  /** Resident memory of the process, in bytes. */
  residentBytes(): number {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]) * 1024;
  }

  /** CPU time of the process and all its threads since its start, in microseconds (granularity 10 ms). */
  cpuMicroseconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  }

  async setUp(): Promise<ApiClient> {
    const client = new ApiClient(this.http);
    await client.post('/setup', { code: this.setUpCode, admin: administrator, domain, currency: 'EUR', language: 'en' });
    return client;
  }

  async launch(): Promise<void> {
    const before = this.#output.length;
    const args = ['--enable-source-maps', join(root, 'server', 'dist', 'main.js')];
    const child = spawn(...(this.#machine?.within(node, args) ?? ([node, args] as const)), {
      cwd: this.dataDir,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const collect = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const gone = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (this.#process === child) this.#process = undefined;
        reject(new Error(`The server ended with ${signal ?? code}:\n${this.#output.slice(before)}`));
      });
    });
    gone.catch(() => undefined);
    await Promise.race([gone, eventually('the server says Ready', () => /^Ready/m.test(this.#output.slice(before)), 30_000)]).catch(
      (error) => {
        child.kill('SIGKILL');
        throw error instanceof Error && !error.message.includes(this.#output.slice(before))
          ? new Error(`${error.message}\n${this.#output}`)
          : error;
      },
    );
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM', withinMs = 15_000): Promise<void> {
    const child = this.#process;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await ended;
    clearTimeout(late);
  }

  /** Whether the last end was a clean one: the database is closed, so that SQLite has taken its write-ahead log away. */
  get endedCleanly(): boolean {
    return this.#process === undefined && !existsSync(join(this.dataDir, 'dialtone.sqlite-wal'));
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.end(signal);
    await this.launch();
  }

  /** Ends the server and removes its data; keeps the log in test/artifacts when something in it looks like a fault. */
  async stop(): Promise<void> {
    await this.end();
    const clean = this.endedCleanly;
    const log = join(artifactFolder('servers'), `${this.name}.log`);
    if (!clean || /"level":(50|60)|UnhandledPromise|\bat .*\.[jt]s:\d+/.test(this.#output)) writeFileSync(log, this.#output);
    if (this.#ownsData && existsSync(this.dataDir)) rmSync(this.dataDir, { recursive: true, force: true });
    if (!clean) throw new Error(`The server ${this.name} did not stop cleanly at SIGTERM (${log})`);
  }
}
