import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { SideMedia } from '../engine.ts';
import type { NgAddress } from './ng-client.ts';

export interface OwnDaemonOptions {
  /** UDP ports of media, both included. */
  readonly firstPort: number;
  readonly lastPort: number;
  readonly log: (message: string) => void;
}

/** Is the program of Debian's package rtpengine-daemon on this machine? */
export const isInstalled = (): boolean => spawnSync('rtpengine', ['--version']).status === 0;

/** Ends the daemon when our end of its standard input closes, whichever way we go: it must not outlive us. */
const LEASH = 'exec 3<&0; rtpengine "$@" & daemon=$!; (cat <&3 >/dev/null; kill $daemon) 2>/dev/null & wait $daemon';
const AGAIN_MS = 1000;

const addressesHere = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // A link-local address means nothing without its interface.
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** An rtpengine of our own: started with us in user space, on every address of the machine, and again when it ends. */
export class OwnDaemon {
  readonly address: NgAddress;
  readonly #options: OwnDaemonOptions;
  #interfaces: readonly string[] = [];
  #process: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(options: OwnDaemonOptions, port: number) {
    this.#options = options;
    this.address = { host: '127.0.0.1', port };
  }

  static async start(options: OwnDaemonOptions): Promise<OwnDaemon> {
    const daemon = new OwnDaemon(options, await freePort());
    daemon.#run();
    return daemon;
  }

  /** Has the machine got other addresses than the daemon knows? */
  get outdated(): boolean {
    return addressesHere().join() !== this.#interfaces.join();
  }

  /** Name of the interface that a side is reached through: the one of its address, else the first of its family. */
  interfaceFor({ advertise }: SideMedia): string | undefined {
    const family = (address: string) => address.includes(':');
    const same = this.#interfaces.indexOf(advertise);
    const outward = this.#interfaces.findIndex((address) => family(address) === family(advertise) && !/^(127\.|::1$)/.test(address));
    const any = this.#interfaces.findIndex((address) => family(address) === family(advertise));
    const index = [same, outward, any].find((found) => found >= 0);
    return index === undefined ? undefined : nameOf(index);
  }

  /** Ends it and starts it anew: its calls are over. */
  restart(): void {
    this.#process?.kill();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#again);
    const process = this.#process;
    if (!process || process.exitCode !== null) return;
    const gone = once(process, 'exit');
    process.stdin?.end();
    await gone;
  }

  #run(): void {
    const { firstPort, lastPort, log } = this.#options;
    this.#interfaces = addressesHere();
    const options = [
      ...['--config-file=none', '--table=-1', '--foreground', '--log-stderr', '--log-level=4'],
      ...this.#interfaces.map((address, index) => `--interface=${nameOf(index)}/${address}`),
      ...[`--listen-ng=127.0.0.1:${this.address.port}`, `--port-min=${firstPort}`, `--port-max=${lastPort}`],
      // We look for silence ourselves, and tell both sides; what we have forgotten it ends some time.
      ...['--timeout=7200', '--silent-timeout=7200', '--delete-delay=0'],
    ];
    const child = spawn('sh', ['-c', LEASH, 'rtpengine', ...options], { stdio: ['pipe', 'ignore', 'pipe'] });
    this.#process = child;
    let last = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      last = bytes.toString().trim().split('\n').at(-1) ?? last;
    });
    child.stdin?.on('error', () => undefined);
    child.on('exit', () => {
      child.stdin?.destroy();
      if (this.#stopped) return;
      log(`rtpengine ended and is started again${last === '' ? '' : `: ${last}`}`);
      this.#again = setTimeout(() => this.#run(), AGAIN_MS).unref();
    });
  }
}

/** Names of interfaces in the daemon's options and commands. */
const nameOf = (index: number): string => `address${index}`;
