import { chown, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DATA_ROOT,
  firewallSettings,
  HOST_STATE_FILE,
  type HostState,
  hostnameSettings,
  networkSettings,
  timeSettings,
  UNATTENDED_FILE,
  type UnattendedServer,
} from '../../server/src/host/contract/index.ts';
import { DataDisk } from './data/data-disk.ts';
import { serverIds } from './data/layout.ts';
import { Deeds, deedFile } from './deeds/deeds.ts';
import { exec } from './exec.ts';
import { replaceFile } from './files.ts';
import { DEFAULT_FIREWALL, Firewall } from './firewall/firewall.ts';
import { DEFAULT_LANGUAGE, languageSettings, MachineLanguage } from './language/language.ts';
import { log } from './log.ts';
import { Network } from './network/network.ts';
import { power } from './power/power.ts';
import { Refusal, told, words } from './problem.ts';
import { newCode } from './random-code.ts';
import type { Release } from './release.ts';
import { serverEnvironment } from './services/server-environment.ts';
import { ServerWatch } from './services/server-watch.ts';
import { failedServices } from './services/services.ts';
import { SettingsFile } from './settings-file.ts';
import { DEFAULT_SSH, Ssh, sshFile } from './ssh/ssh.ts';
import { DEFAULT_HOSTNAME, Hostname } from './system/hostname.ts';
import { CpuMeter, parseMeminfo } from './system/system.ts';
import { inEnglish, type Text } from './texts/texts.ts';
import { DEFAULT_TIME, Time } from './time/time.ts';
import { chooseDisk, parseUnattended, readConfigVolume, serverPart } from './unattended/unattended.ts';

const RUN = '/run/dialtone-host';
/** How soon a data disk that was pulled out is noticed. */
const DISK_CHECK_MS = 5000;
/** How soon a service that gave up is noticed. */
const SERVICES_CHECK_MS = 30_000;
/** Typed for a factory reset, in every language. */
export const ERASE_WORD = 'ERASE';

/** The machine as one thing: its parts, the order they start in, and what it says of itself. */
export class Host {
  readonly release: Release;
  readonly exec = exec;
  readonly data: DataDisk;
  readonly network: Network;
  readonly firewall: Firewall;
  readonly ssh: Ssh;
  readonly time: Time;
  readonly hostname: Hostname;
  readonly language: MachineLanguage;
  /** What was done on the console, for the audit. */
  readonly deeds: Deeds;
  readonly server: ServerWatch;
  readonly cpu = new CpuMeter();
  /** Opens the actions of the status page to whoever can read the console; dies with the life of the agent. */
  readonly recoveryCode = newCode();
  readonly #files;
  readonly #watchers = new Set<() => void>();
  #failed: readonly string[] = [];
  #unattendedFaults: readonly Text[] = [];
  #forServer: UnattendedServer | undefined;
  #published = '';
  #publications: Promise<void> = Promise.resolve();
  #publishing: NodeJS.Timeout | undefined;

  constructor(release: Release) {
    this.release = release;
    const changed = () => this.#changed();
    this.data = new DataDisk({ exec, version: release.version, fsckPath: join(RUN, 'fsck.json'), changed, ready: () => this.#dataReady() });
    const { data } = this;
    this.#files = {
      network: new SettingsFile('network.json', networkSettings, { interfaces: [], dns: [] }, data),
      firewall: new SettingsFile('firewall.json', firewallSettings, DEFAULT_FIREWALL, data),
      hostname: new SettingsFile('host.json', hostnameSettings, DEFAULT_HOSTNAME, data),
      time: new SettingsFile('time.json', timeSettings, DEFAULT_TIME, data),
      ssh: new SettingsFile('ssh.json', sshFile, DEFAULT_SSH, data),
      language: new SettingsFile('language.json', languageSettings, DEFAULT_LANGUAGE, data),
      deeds: new SettingsFile('deeds.json', deedFile, [], data),
    };
    const files = this.#files;
    this.network = new Network({
      exec,
      file: files.network,
      folder: '/run/systemd/network',
      pendingPath: join(RUN, 'network-pending.json'),
      changed,
    });
    this.firewall = new Firewall({ exec, file: files.firewall, bansPath: join(RUN, 'bans.json') });
    this.ssh = new Ssh({ exec, file: files.ssh, firewall: this.firewall, dataReady: () => data.ready });
    this.time = new Time({ exec, file: files.time, buildDate: release.buildDate, sourcesFolder: join(RUN, 'chrony') });
    this.hostname = new Hostname(exec, files.hostname);
    this.language = new MachineLanguage(files.language, changed);
    this.deeds = new Deeds(files.deeds);
    this.server = new ServerWatch({ exec, changed, dataReady: () => data.ready });
  }

  /** Services that systemd gave up on. */
  get failedServices(): readonly string[] {
    return this.#failed;
  }

  /** What is wrong, in sentences for whoever looks at the console or the status page. */
  get troubles(): readonly Text[] {
    const { data, server } = this;
    return [data.problem, server.refusal, ...this.#unattendedFaults, ...server.unattendedFaults].filter((text) => text !== '');
  }

  /** Calls back after every change of what the console or the state file shows. Returns the function that ends it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** What must be up before anyone is told that the agent is: firewall and provisional network. */
  async begin(): Promise<void> {
    await this.#try('The environment of the server', async () => {
      const { total } = parseMeminfo(await readFile('/proc/meminfo', 'utf8'));
      await replaceFile(join(RUN, 'server.env'), serverEnvironment(total), 0o644);
    });
    await this.#try('The firewall', () => this.firewall.start());
    await this.#try('The network', () => this.network.start());
    this.network.watch();
    await this.state();
  }

  /** Looks for the data disk; without one, for an unattended set-up. The server follows from `#dataReady`. */
  async run(): Promise<void> {
    this.server.start();
    setInterval(() => void this.#try('The data disk', () => this.data.check()), DISK_CHECK_MS);
    setInterval(() => void this.#try('The services', () => this.#lookAtServices()), SERVICES_CHECK_MS);
    if (/(^|\s)dialtone\.safe=1(\s|$)/.test(await readFile('/proc/cmdline', 'utf8'))) return this.data.leaveAlone();
    await this.#try('The data disk', () => this.data.look());
    if (this.data.state === 'missing') await this.#try('The unattended set-up', () => this.#unattended());
  }

  async state(): Promise<HostState> {
    const { data, server } = this;
    return {
      state: data.state,
      demo: data.state === 'demo',
      version: this.release.version,
      buildId: this.release.buildId,
      hostname: this.hostname.value,
      disk: await data.facts(),
      fsck: data.fsck,
      candidates: data.candidates,
      problem: inEnglish(data.problem),
      unattendedFaults: [...this.#unattendedFaults, ...server.unattendedFaults].map(inEnglish),
      applianceId: data.applianceId,
      server: { running: server.state === 'running', refusal: inEnglish(server.refusal) },
    };
  }

  /** Everything on the data disk is erased and the machine boots again. @throws Refusal 409 confirm-needed */
  async factoryReset(confirm: string): Promise<void> {
    if (confirm !== ERASE_WORD) throw new Refusal(409, 'confirm-needed', ({ t }) => t('reset.confirmNeeded', { word: ERASE_WORD }));
    log.notice('Factory reset');
    await exec('systemctl', ['stop', 'dialtone.service', 'ssh.service', 'chrony.service'], { ok: [0, 5], timeout: 60_000 });
    await this.data.erase();
    power(exec, 'reboot');
  }

  /** The data disk is there: its settings apply, then the server starts. What fails is said and does not hold up the rest. */
  async #dataReady(): Promise<void> {
    for (const file of Object.values(this.#files)) await this.#try('A settings file', () => file.load());
    await this.#try('The host name', () => this.hostname.apply());
    await this.#try('Time zone and time servers', () => this.time.apply());
    await this.#try('The network', () => this.network.start());
    await this.#try('The firewall', () => this.firewall.apply());
    await this.#try('SSH', () => this.ssh.apply());
    await this.#try('The unattended set-up', () => this.#handOver());
    // Left by a server that is not running any more.
    await exec('systemctl', ['start', '--no-block', 'dialtone.target'], { timeout: 60_000 });
  }

  async #lookAtServices(): Promise<void> {
    const failed = await failedServices(exec);
    if (failed.join() === this.#failed.join()) return;
    this.#failed = failed;
    this.#changed();
  }

  async #unattended(): Promise<void> {
    const text = await readConfigVolume(exec);
    if (text === undefined) return;
    const parsed = parseUnattended(text);
    const asked = 'config' in parsed ? parsed.config.language : parsed.language;
    // Not taken back below: whoever wrote the file reads its faults.
    if (asked) await this.language.set(asked);
    if ('faults' in parsed) return this.#fault(...parsed.faults);
    const { config } = parsed;
    const choice = chooseDisk(await this.data.disks(), config);
    if ('fault' in choice) return this.#fault(choice.fault);
    const files = this.#files;
    if (config.network) await files.network.save(config.network);
    if (config.hostname) await files.hostname.save({ hostname: config.hostname });
    if (config.firewall) await files.firewall.save({ ...files.firewall.value, ...config.firewall });
    if (config.sshKeys.length > 0) await files.ssh.save({ enabled: true, keys: config.sshKeys });
    const { timeZone, ntpServers } = config;
    const time = { ...files.time.value, ...(timeZone && { timeZone }), ...(ntpServers && { ntpServers }) };
    if (timeZone || ntpServers) await files.time.save(time);
    this.#forServer = serverPart(config);
    try {
      if ('demo' in choice) await this.data.demo();
      else await this.data.prepare(choice.prepare);
    } catch (error) {
      // It was meant for this one new system.
      const { language: _stays, ...others } = files;
      for (const file of Object.values(others)) file.forget();
      this.#forServer = undefined;
      throw error;
    }
  }

  #fault(...faults: Text[]): void {
    this.#unattendedFaults = faults;
    for (const fault of faults) log.error(inEnglish(fault));
    this.#changed();
  }

  /** What the server is to do of an unattended set-up. */
  async #handOver(): Promise<void> {
    if (!this.#forServer) return;
    const path = join(DATA_ROOT, 'server', UNATTENDED_FILE);
    const { uid, gid } = await serverIds();
    await replaceFile(path, `${JSON.stringify(this.#forServer, null, 2)}\n`);
    await chown(path, uid, gid);
    this.#forServer = undefined;
  }

  async #try(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.error(`${what}: ${words(error)}`);
      if (what === 'The unattended set-up') this.#fault(told(error));
    }
  }

  #changed(): void {
    // The web port shows the status page for as long as the server does not answer on it.
    this.firewall.recovery(this.server.state !== 'running').catch((error: unknown) => log.error(`The firewall: ${words(error)}`));
    for (const watcher of this.#watchers) watcher();
    this.#publishing ??= setTimeout(() => {
      this.#publishing = undefined;
      const failed = (error: unknown) => log.error(`${HOST_STATE_FILE}: ${words(error)}`);
      this.#publications = this.#publications.then(() => this.#publish()).catch(failed);
    }, 100);
  }

  async #publish(): Promise<void> {
    const text = `${JSON.stringify(await this.state())}\n`;
    if (text === this.#published) return;
    this.#published = text;
    await replaceFile(HOST_STATE_FILE, text, 0o644);
  }
}
