import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/paths.ts';
import { freePort } from '../support/ports.ts';
import { end, runProgram } from '../support/process.ts';
import { domain } from '../support/server.ts';
import { eventually } from '../support/wait.ts';
import { MariaDb } from './mariadb.ts';
import { cpuOfFamily } from './processes.ts';
import { type GatewayPorts, number, password, prober, subscribers, type Target } from './target.ts';

const schemas = '/usr/share/kamailio/mysql';
/** How often usrloc writes bindings; 60 by default, shorter here so that the cost is seen sooner. It is the same for each binding. */
const writeBackSeconds = 10;
const configuration = join(root, 'test', 'bench', 'kamailio', 'kamailio.cfg');

export const kamailioPackages = ['kamailio', 'kamailio-mysql-modules', 'mariadb-server-core', 'mariadb-client-core'];

/**
 * Debian's Kamailio with a MariaDB of its own, in a temporary folder, on loopback. `manual`: as the classic manuals do, every credential,
 * permission and record from and to the database. `memory`: the same call path with everything in memory and the records in a log file.
 */
export class KamailioTarget implements Target {
  readonly name: string;
  readonly sipPort: number;
  readonly #way: 'manual' | 'memory';
  readonly #folder: string;
  readonly #database: MariaDb;
  readonly #process: ChildProcess;

  private constructor(way: 'manual' | 'memory', sipPort: number, folder: string, database: MariaDb, child: ChildProcess) {
    this.name = way === 'manual' ? 'Kamailio + MariaDB' : 'Kamailio in memory';
    this.sipPort = sipPort;
    this.#way = way;
    this.#folder = folder;
    this.#database = database;
    this.#process = child;
  }

  static async start(way: 'manual' | 'memory', ports: GatewayPorts): Promise<KamailioTarget> {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-kamailio-'));
    const database = await startDatabase(folder);
    const sipPort = await freePort();
    const defines = [
      'DBURL="mysql://kamailio@localhost/kamailio"',
      `CTL="unix:${join(folder, 'ctl')}"`,
      `WRITE_BACK_SECONDS=${writeBackSeconds}`,
      `DOMAIN="${domain}"`,
      ...Object.entries(ports).map(([prefix, port]) => `GATEWAY_${prefix}="127.0.0.1:${port}"`),
      ...(way === 'memory' ? ['IN_MEMORY'] : []),
    ];
    const args = ['-f', configuration, '-l', `udp:127.0.0.1:${sipPort}`, '-l', `tcp:127.0.0.1:${sipPort}`, '-DD', '-E', '-m', '512'];
    const log = openSync(join(folder, 'log'), 'a');
    const child = spawn('kamailio', [...args, '-Y', folder, ...defines.flatMap((define) => ['-A', define])], {
      cwd: folder,
      env: { ...process.env, MYSQL_UNIX_PORT: database.socket },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const target = new KamailioTarget(way, sipPort, folder, database, child);
    await eventually('Kamailio answers', () => target.#command('core.uptime'), 20_000).catch(async (error: unknown) => {
      const said = target.#log.slice(-5000);
      await target.stop();
      throw new Error(`${error instanceof Error ? error.message : error}\n${said}`);
    });
    return target;
  }

  cpu(): Record<string, number> {
    return { kamailio: this.#process.pid === undefined ? 0 : cpuOfFamily(this.#process.pid), mariadb: this.#database.cpu() };
  }

  /** With write-back the bindings go to the database by a timer, each in a statement of its own. */
  get bindingDelayMs(): number {
    return this.#way === 'manual' ? writeBackSeconds * 1000 : 0;
  }

  async records(): Promise<number> {
    if (this.#way === 'memory') return this.#log.split('method=BYE').length - 1;
    return Number(await this.#database.query("SELECT count(*) FROM acc WHERE method = 'BYE'", 'kamailio'));
  }

  async stop(): Promise<void> {
    await end(this.#process, 20_000);
    await this.#database.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #log(): string {
    return readFileSync(join(this.#folder, 'log'), 'latin1');
  }

  async #command(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await runProgram('kamcmd', ['-s', `unix:${join(this.#folder, 'ctl')}`, ...words]);
    if (code !== 0 || stdout.startsWith('error')) throw new Error(`kamcmd ${words.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim() || 'done';
  }
}

async function startDatabase(folder: string): Promise<MariaDb> {
  let database: MariaDb | undefined;
  try {
    database = await MariaDb.start(folder);
    await provision(database);
    return database;
  } catch (error) {
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

const ha1 = (user: string, secret: string): string => createHash('md5').update(`${user}:${domain}:${secret}`).digest('hex');

/** Tables as the package brings them, the columns its manual adds for accounting, and the subscribers in the group `int`. */
async function provision(database: MariaDb): Promise<void> {
  const script = (name: string) => readFileSync(join(schemas, `${name}-create.sql`), 'utf8');
  const extra = ['src_user', 'src_domain', 'src_ip', 'dst_ouser', 'dst_user', 'dst_domain'];
  const columns = extra.map((name) => `ADD COLUMN ${name} VARCHAR(128) NOT NULL DEFAULT ''`).join(', ');
  await database.query(
    'CREATE DATABASE kamailio CHARACTER SET latin1; CREATE USER kamailio@localhost; GRANT ALL ON kamailio.* TO kamailio@localhost',
  );
  const tables = ['standard', 'auth_db', 'group', 'usrloc', 'acc'].map(script).join('\n');
  await database.query(`${tables}\nALTER TABLE acc ${columns};`, 'kamailio');
  const everybody = Array.from({ length: subscribers }, (_, n) => ({ user: number(n), secret: password(n) }));
  everybody.push({ user: prober.user, secret: prober.password });
  for (let from = 0; from < everybody.length; from += 1000) {
    const some = everybody.slice(from, from + 1000);
    const accounts = some.map(({ user, secret }) => `('${user}','${domain}','${ha1(user, secret)}')`).join(',');
    const groups = some.map(({ user }) => `('${user}','${domain}','int')`).join(',');
    const sql = `INSERT INTO subscriber (username, domain, ha1) VALUES ${accounts}; INSERT INTO grp (username, domain, grp) VALUES ${groups};`;
    await database.query(sql, 'kamailio');
  }
}
