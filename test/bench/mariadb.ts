import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { end, runProgram } from '../support/process.ts';
import { eventually } from '../support/wait.ts';
import { cpuOfFamily } from './processes.ts';

/** A MariaDB of its own as its package makes it (InnoDB, every commit synced), reached by a socket in a folder that only we can open. */
export class MariaDb {
  readonly socket: string;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(socket: string, child: ChildProcess) {
    this.socket = socket;
    this.#process = child;
    child.stderr?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-5000)));
  }

  /** Makes a data folder below `folder` and starts the server on it. */
  static async start(folder: string): Promise<MariaDb> {
    const data = join(folder, 'mariadb');
    mkdirSync(data);
    const root = process.getuid?.() === 0 ? ['--user=root'] : [];
    const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...root];
    const made = await runProgram('mariadb-install-db', install, { timeoutMs: 120_000 });
    if (made.code !== 0) throw new Error(`mariadb-install-db ended with ${made.code}:\n${made.stdout}${made.stderr}`);
    const socket = join(folder, 'mariadb.sock');
    const args = [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      '--skip-networking',
      `--pid-file=${join(folder, 'mariadb.pid')}`,
    ];
    const child = spawn('mariadbd', [...args, ...root], { stdio: ['ignore', 'ignore', 'pipe'] });
    const database = new MariaDb(socket, child);
    await eventually('MariaDB answers', () => database.query('SELECT 1'), 60_000).catch(async (error: unknown) => {
      await database.stop();
      throw new Error(`${error instanceof Error ? error.message : error}\n${database.#output}`);
    });
    return database;
  }

  /** Runs statements; gives what they print, without heads. */
  async query(sql: string, schema?: string): Promise<string> {
    const args = ['--no-defaults', `--socket=${this.socket}`, '--user=root', '--batch', '--skip-column-names'];
    return runClient([...args, ...(schema ? [schema] : [])], sql);
  }

  cpu(): number {
    return this.#process.pid === undefined ? 0 : cpuOfFamily(this.#process.pid);
  }

  stop(): Promise<void> {
    return end(this.#process, 20_000);
  }
}

function runClient(args: string[], sql: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('mariadb', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(stdout.trim()) : reject(new Error(`mariadb ended with ${code}: ${stderr}`))));
    child.stdin.on('error', () => undefined); // a client that ended early says why on stderr
    child.stdin.end(sql);
  });
}
