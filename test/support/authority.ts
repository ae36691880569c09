import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateAuthority } from '../../server/src/tls/testing.ts';
import { freePort } from './ports.ts';
import { end } from './process.ts';
import { eventually } from './wait.ts';

/** A real ACME authority (pebble, RFC 8555) with a DNS of its own in which every name is this machine. */
export class AcmeAuthority {
  readonly directoryUrl: string;
  /** PEM file to trust its API by: NODE_EXTRA_CA_CERTS. */
  readonly trustFile: string;
  readonly #folder: string;
  readonly #processes: ChildProcess[];
  readonly #log: { text: string };
  readonly #names: string;

  private constructor(directoryUrl: string, names: string, folder: string, processes: ChildProcess[], log: { text: string }) {
    this.#names = names;
    this.directoryUrl = directoryUrl;
    this.trustFile = join(folder, 'trust.pem');
    this.#folder = folder;
    this.#processes = processes;
    this.#log = log;
  }

  get log(): string {
    return this.#log.text;
  }

  /** @param httpPort where it looks for the proofs, in place of port 80 */
  static async start(httpPort: number): Promise<AcmeAuthority> {
    const folder = mkdtempSync(join(tmpdir(), 'dialtone-acme-'));
    const own = await certificateAuthority();
    const { cert, key } = await own.issue(['localhost', '127.0.0.1']);
    writeFileSync(join(folder, 'trust.pem'), own.cert);
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const [api, management, dns, dnsManagement, unused] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const pebble = {
      listenAddress: `127.0.0.1:${api}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: join(folder, 'cert.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort,
      tlsPort: unused,
      ocspResponderURL: '',
      externalAccountBindingRequired: false,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ pebble }));
    const log = { text: '' };
    const run = (command: string, args: string[]): ChildProcess => {
      // Strict, as the rules of RFC 8555 are to be kept; without the waits it makes up, but with the nonces it refuses.
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: '1' } });
      const collect = (chunk: Buffer) => {
        log.text += chunk.toString();
      };
      child.stdout?.on('data', collect);
      child.stderr?.on('data', collect);
      return child;
    };
    const names = run('pebble-challtestsrv', [
      ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${dns}`],
      ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `127.0.0.1:${dnsManagement}`],
    ]);
    const authority = run('pebble', ['-strict', '-config', join(folder, 'config.json'), '-dnsserver', `127.0.0.1:${dns}`]);
    const started = new AcmeAuthority(`https://localhost:${api}/dir`, `http://127.0.0.1:${dnsManagement}`, folder, [names, authority], log);
    await eventually('pebble listens', () => /Listening on|ACME directory available/i.test(log.text)).catch(async (error: Error) => {
      await started.stop();
      throw new Error(`${error.message}\n${log.text}`);
    });
    return started;
  }

  /** Lets a name lead elsewhere. */
  async lead(host: string, address: string): Promise<void> {
    const answer = await fetch(`${this.#names}/add-a`, { method: 'POST', body: JSON.stringify({ host, addresses: [address] }) });
    if (!answer.ok) throw new Error(`The DNS of the test answers ${answer.status}`);
  }

  async stop(): Promise<void> {
    for (const child of this.#processes) await end(child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
