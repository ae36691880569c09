import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { artifactFolder, scenarios } from './paths.ts';
import { freePort } from './ports.ts';
import { end } from './process.ts';
import { sleep } from './wait.ts';

export interface SippOptions {
  /** host:port of the server (or of whoever is called). Not needed by a scenario that only answers. */
  to?: string;
  /** Values of [name] in the scenario. */
  keys?: Record<string, string | number>;
  /** Values of {{name}} in the scenario, put in before sipp reads it: where sipp takes no [name], such as response="{{status}}". */
  fill?: Record<string, string | number>;
  /** Rows of [field0], [field1] ..., one call a row, in turn. */
  rows?: (string | number)[][];
  transport?: 'udp' | 'tcp';
  address?: string;
  /** How it names itself (Via, Contact, SDP) when the server knows this host by another address than `address`. */
  named?: string;
  /** Own port; a free one otherwise. */
  port?: number;
  /** How many calls; 1 otherwise. */
  calls?: number;
  /** Calls a second; 10 otherwise. */
  rate?: number;
  /** The most calls at once. */
  limit?: number;
  /** Seconds until it is given up. */
  timeout?: number;
  /** Milliseconds any message is waited for. */
  patience?: number;
  /** Calls that fail do not fail the run. */
  mayFail?: boolean;
  /** Trace of every message is kept for the failure report; too slow for load. */
  trace?: boolean;
  /** Keeps the counters for total(). */
  statistics?: boolean;
  more?: string[];
}

/** What sipp writes as Authorization or Proxy-Authorization once it was challenged. It takes no [field] inside of this, so rows carry it whole. */
export const credentials = (user: string, password: string): string => `[authentication username=${user} password=${password}]`;

/** A sipp process that plays one scenario of test/sipp. */
export class Sipp {
  readonly scenario: string;
  readonly port: number;
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<number | null>;
  readonly #mayFail: boolean;
  #screen = '';
  #statistics: Map<string, number> | undefined;

  private constructor(scenario: string, address: string, port: number, folder: string, child: ChildProcess, mayFail: boolean) {
    this.scenario = scenario;
    this.address = address;
    this.port = port;
    this.#folder = folder;
    this.#process = child;
    this.#mayFail = mayFail;
    child.stdout?.on('data', (chunk: Buffer) => (this.#screen = (this.#screen + chunk.toString()).slice(-20_000)));
    child.stderr?.on('data', (chunk: Buffer) => (this.#screen = (this.#screen + chunk.toString()).slice(-20_000)));
    this.#ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** Starts a scenario that waits to be called, and waits until its port is open. */
  static async start(scenario: string, options: SippOptions = {}): Promise<Sipp> {
    const address = options.address ?? '127.0.0.1';
    const port = options.port ?? (await freePort(address));
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-sipp-'));
    let text = readFileSync(join(scenarios, `${scenario}.xml`), 'utf8');
    for (const [name, value] of Object.entries(options.fill ?? {})) text = text.replaceAll(`{{${name}}}`, String(value));
    if (options.named) text = text.replaceAll(/\[(local|media)_ip\]/g, options.named);
    const missing = /\{\{\w+\}\}/.exec(text);
    if (missing) throw new Error(`${scenario}.xml wants a value for ${missing[0]}`);
    writeFileSync(join(folder, 'scenario.xml'), text);
    const args = ['-sf', 'scenario.xml', '-i', address.includes(':') ? `[${address}]` : address, '-p', String(port)];
    args.push('-m', String(options.calls ?? options.rows?.length ?? 1), '-r', String(options.rate ?? 10), '-nostdin', '-nd');
    args.push('-t', options.transport === 'tcp' ? 't1' : 'u1', '-timeout', `${options.timeout ?? 30}s`, '-timeout_error');
    args.push('-recv_timeout', String(options.patience ?? 10_000), '-trace_err', '-error_file', 'errors');
    if (options.trace !== false) args.push('-trace_msg', '-message_file', 'messages');
    if (options.statistics) args.push('-trace_stat', '-stf', 'statistics.csv', '-fd', '1');
    if (options.limit) args.push('-l', String(options.limit));
    for (const [name, value] of Object.entries(options.keys ?? {})) args.push('-key', name, String(value));
    if (options.rows) {
      writeFileSync(join(folder, 'rows.csv'), `SEQUENTIAL\n${options.rows.map((row) => row.join(';')).join('\n')}\n`);
      args.push('-inf', 'rows.csv');
    }
    args.push(...(options.more ?? []));
    if (options.to) args.push(options.to);
    const child = spawn('sipp', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const sipp = new Sipp(scenario, address, port, folder, child, options.mayFail ?? false);
    for (let waited = 0; waited < 3000 && child.exitCode === null && !isOpen(port); waited += 20) await sleep(20);
    return sipp;
  }

  /** Plays a scenario to its end; throws with the messages that went over the wire when a call of it failed. */
  static async run(scenario: string, options: SippOptions): Promise<Sipp> {
    const sipp = await Sipp.start(scenario, options);
    await sipp.finished();
    return sipp;
  }

  /** Host and port that this scenario listens on. */
  get at(): string {
    return `${this.address.includes(':') ? `[${this.address}]` : this.address}:${this.port}`;
  }

  /** Every message that went over the wire so far. */
  get messages(): string {
    return this.#read('messages');
  }

  /** Totals of a run that was started with `statistics`, by sipp's own column names such as "FailedCall(C)". */
  total(column: string): number {
    const value = this.#statistics?.get(column);
    if (value === undefined) throw new Error(`${this.scenario}: no statistics for ${column}`);
    return value;
  }

  /** Whether it has ended. */
  get done(): boolean {
    return this.#process.exitCode !== null;
  }

  async finished(): Promise<void> {
    const code = await this.#ended;
    this.#statistics = readStatistics(this.#read('statistics.csv'));
    if (code === 0 || (this.#mayFail && code === 1)) {
      this.#clean();
      return;
    }
    const kept = artifactFolder(`sipp-${this.scenario}-${this.port}`);
    for (const file of readdirSync(this.#folder)) writeFileSync(join(kept, basename(file)), readFileSync(join(this.#folder, file)));
    const story = `${this.#read('errors').slice(-2500)}\n${this.#read('messages').slice(-5000)}`;
    const screen = this.#read('messages') === '' ? this.#screen.slice(-2500) : '';
    this.#clean();
    throw new Error(`sipp ${this.scenario} ended with ${code} (kept in ${kept})\n${story}\n${screen}`);
  }

  /** Ends it in the middle of whatever it does. */
  async stop(): Promise<void> {
    // SIGUSR1 asks sipp to finish its calls; a test that stops it wants no more from it.
    await end(this.#process);
    this.#clean();
  }

  #read(file: string): string {
    const path = join(this.#folder, file);
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  #clean(): void {
    if (!process.env.DIALTONE_TEST_KEEP) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The last row of sipp's statistics file. */
function readStatistics(text: string): Map<string, number> | undefined {
  const [head, ...rows] = text.trim().split('\n');
  const last = rows.at(-1)?.split(';');
  return last && head ? new Map(head.split(';').map((name, index) => [name, Number(last[index])])) : undefined;
}

/** Whether some process on this machine listens on a port, by the tables of the kernel. */
function isOpen(port: number): boolean {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['udp', 'udp6', 'tcp', 'tcp6'].some((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .some((line) => line.split(/\s+/)[2]?.endsWith(hex)),
  );
}
