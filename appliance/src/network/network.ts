import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type InterfaceStatus,
  type NetworkSettings,
  type NetworkView,
  networkSettings,
  type PendingNetwork,
} from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText, replaceFile } from '../files.ts';
import { log } from '../log.ts';
import { Refusal, words } from '../problem.ts';
import type { SettingsFile } from '../settings-file.ts';
import { together } from '../texts/texts.ts';
import { FILE_PREFIX, networkFaults, renderNetwork } from './render.ts';
import { interfaceStatus, parseResolvConf } from './status.ts';

/** How long a change waits for its confirmation. */
export const CONFIRM_MS = 120_000;

const pendingFile = z.object({ token: z.string(), deadline: z.number(), settings: networkSettings });
type Pending = z.infer<typeof pendingFile>;

interface Options {
  readonly exec: Exec;
  readonly file: SettingsFile<NetworkSettings>;
  /** /run/systemd/network */
  readonly folder: string;
  /** /run/dialtone-host/network-pending.json: a change on trial, known to the next life of the agent. Gone after a reboot, as it must be. */
  readonly pendingPath: string;
  readonly changed: () => void;
  readonly confirmMs?: number;
}

/**
 * The network. A change from the web is on trial: it is applied, but written to the data disk only when it is confirmed. The trial is noted in /run,
 * so that its end comes even if the agent dies in between; a reboot ends it as well, since the disk still has the old settings.
 */
export class Network {
  readonly #options: Options;
  #pending: Pending | undefined;
  #timer: NodeJS.Timeout | undefined;
  #status: readonly InterfaceStatus[] = [];
  #monitor: ChildProcess | undefined;
  #refresh: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The interfaces as last seen; kept fresh by `watch`. */
  get status(): readonly InterfaceStatus[] {
    return this.#status;
  }
  get settings(): NetworkSettings {
    return this.#pending?.settings ?? this.#options.file.value;
  }
  get pending(): PendingNetwork | null {
    if (!this.#pending) return null;
    const { token, deadline, settings } = this.#pending;
    return { pending: token, deadline: new Date(deadline).toISOString(), addresses: staticAddresses(settings) };
  }

  async view(): Promise<NetworkView> {
    await this.#look();
    const dns = parseResolvConf((await readText('/run/systemd/resolve/resolv.conf')) ?? '');
    return { settings: this.settings, status: [...this.#status], dns, pending: this.pending };
  }

  /** At start of the agent and when the data disk has come: applies what holds now, and takes up a trial that a dead agent left. */
  async start(): Promise<void> {
    const { pendingPath } = this.#options;
    const text = await readText(pendingPath);
    if (text !== undefined && !this.#pending) {
      try {
        this.#pending = pendingFile.parse(JSON.parse(text));
      } catch (error) {
        log.warn(`${pendingPath} cannot be read: ${words(error)}`);
        await rm(pendingPath, { force: true });
      }
    }
    if (this.#pending) {
      const left = this.#pending.deadline - Date.now();
      if (left <= 0) return this.#rollBack('its time was over');
      this.#arm(left);
    }
    await this.#apply(this.settings);
  }

  /** On trial for two minutes. @throws Refusal 400 network-wrong, 409 change-pending */
  async try(settings: NetworkSettings): Promise<PendingNetwork> {
    checkSettings(settings);
    if (this.#pending) throw new Refusal(409, 'change-pending', 'Another change of the network waits for its confirmation.');
    const wait = this.#options.confirmMs ?? CONFIRM_MS;
    this.#pending = { token: randomBytes(16).toString('hex'), deadline: Date.now() + wait, settings };
    await replaceFile(this.#options.pendingPath, JSON.stringify(this.#pending));
    this.#arm(wait);
    log.notice(`Network on trial: ${describe(settings)}`);
    const answer = this.pending;
    // The answer must be on its way before the address under it changes.
    setTimeout(() => {
      this.#apply(settings).catch((error: unknown) => this.#rollBack(words(error)));
    }, 500);
    if (!answer) throw new Error('The change is not pending');
    return answer;
  }

  /** From the console: whoever sits there sees what he does. @throws Refusal 400 network-wrong */
  async set(settings: NetworkSettings): Promise<void> {
    checkSettings(settings);
    await this.#endTrial();
    log.notice(`Network set: ${describe(settings)}`);
    await this.#options.file.save(settings);
    await this.#apply(settings);
  }

  /** @throws Refusal 404 nothing-pending, 409 wrong-token */
  async confirm(token: string): Promise<void> {
    const { settings } = this.#checked(token);
    await this.#options.file.save(settings);
    await this.#endTrial();
    log.notice('Network change confirmed');
  }

  /** @throws Refusal 404 nothing-pending, 409 wrong-token */
  async rollBack(token: string): Promise<void> {
    this.#checked(token);
    await this.#rollBack('as asked');
  }

  /** Follows links and addresses from now on; `changed` is called within a second of a change. */
  watch(): void {
    const monitor = spawn('ip', ['-o', 'monitor', 'link', 'address', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#monitor = monitor;
    monitor.stdout.on('data', () => this.#soon(200));
    monitor.on('error', (error) => log.error(`Links cannot be watched: ${error.message}`));
    monitor.on('exit', () => {
      if (this.#monitor === monitor) setTimeout(() => this.#monitor === monitor && this.watch(), 2000);
    });
    this.#soon(0);
  }

  stop(): void {
    const monitor = this.#monitor;
    this.#monitor = undefined;
    monitor?.kill();
    clearTimeout(this.#timer);
    clearTimeout(this.#refresh);
  }

  #soon(ms: number): void {
    this.#refresh ??= setTimeout(() => {
      this.#refresh = undefined;
      this.#look().catch((error: unknown) => log.warn(`The interfaces cannot be read: ${words(error)}`));
    }, ms);
  }

  async #look(): Promise<void> {
    const status = await interfaceStatus(this.#options.exec);
    const differs = JSON.stringify(status) !== JSON.stringify(this.#status);
    this.#status = status;
    if (differs) this.#options.changed();
  }

  #checked(token: string): Pending {
    if (!this.#pending) throw new Refusal(404, 'nothing-pending', 'No change of the network waits for a confirmation.');
    if (this.#pending.token !== token) throw new Refusal(409, 'wrong-token', 'Another change of the network waits for its confirmation.');
    return this.#pending;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#rollBack('it was not confirmed in time').catch((error: unknown) =>
        log.error(`The network could not be rolled back: ${words(error)}`),
      );
    }, ms);
  }

  async #rollBack(why: string): Promise<void> {
    await this.#endTrial();
    log.notice(`Network change taken back: ${why}`);
    await this.#apply(this.#options.file.value);
  }

  async #endTrial(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pending = undefined;
    await rm(this.#options.pendingPath, { force: true });
    this.#options.changed();
  }

  async #apply(settings: NetworkSettings): Promise<void> {
    const { exec, folder } = this.#options;
    const files = renderNetwork(settings);
    const old = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(FILE_PREFIX));
    for (const [name, text] of files) await replaceFile(join(folder, name), text, 0o644);
    for (const name of old.filter((n) => !files.has(n))) {
      await rm(join(folder, name), { force: true });
      // networkd leaves a VLAN alone when its file goes.
      if (name.endsWith('.netdev')) {
        await exec('ip', ['link', 'delete', name.slice(FILE_PREFIX.length, -'.netdev'.length)], { ok: [0, 1] });
      }
    }
    await exec('networkctl', ['reload'], { timeout: 30_000 });
    this.#soon(300);
  }
}

function checkSettings(settings: NetworkSettings): void {
  const faults = networkFaults(settings);
  if (faults.length > 0) throw new Refusal(400, 'network-wrong', together(faults));
}

function staticAddresses({ interfaces }: NetworkSettings): string[] {
  return interfaces.flatMap(({ method, ipv6, addresses }) =>
    addresses.flatMap((address) => {
      const bare = address.split('/')[0] ?? '';
      return (isIPv4(bare) ? method : ipv6) === 'static' ? [bare] : [];
    }),
  );
}

function describe({ interfaces, dns }: NetworkSettings): string {
  const parts = interfaces.map(({ name, method, ipv6, addresses }) => `${name} IPv4 ${method}, IPv6 ${ipv6} ${addresses.join(' ')}`.trim());
  return [...parts, ...(dns.length > 0 ? [`name servers ${dns.join(' ')}`] : [])].join('; ') || 'automatic everywhere';
}
