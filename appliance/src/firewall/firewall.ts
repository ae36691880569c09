import { BlockList, isIPv4 } from 'node:net';
import { z } from 'zod';
import { type Ban, type BanList, type FirewallSettings, PRIVATE_NETWORKS } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText, replaceFile } from '../files.ts';
import { log } from '../log.ts';
import { Refusal, words } from '../problem.ts';
import type { SettingsFile } from '../settings-file.ts';
import { renderBans, renderFirewall } from './render.ts';

export const DEFAULT_FIREWALL: FirewallSettings = {
  adminNetworks: [...PRIVATE_NETWORKS],
  sshNetworks: [...PRIVATE_NETWORKS],
  openPorts: [],
};

interface BanEntry {
  readonly address: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly until: number;
}
const banFile = z.array(z.object({ address: z.string(), reason: z.string(), until: z.number() }));

interface Options {
  readonly exec: Exec;
  readonly file: SettingsFile<FirewallSettings>;
  /** /run/dialtone-host/bans.json: bans outlive the agent, not the machine; the server keeps them over a reboot. */
  readonly bansPath: string;
}

const split = (network: string): [string, number | undefined] => {
  const [address = '', prefix] = network.split('/');
  return [address, prefix === undefined ? undefined : Number(prefix)];
};

function contains(network: string, address: string): boolean {
  const [base, prefix] = split(network);
  const [other, otherPrefix] = split(address);
  const bits = isIPv4(base) ? 32 : 128;
  if (isIPv4(base) !== isIPv4(other) || (otherPrefix ?? bits) < (prefix ?? bits)) return false;
  const list = new BlockList();
  list.addSubnet(base, prefix ?? bits, isIPv4(base) ? 'ipv4' : 'ipv6');
  return list.check(other, isIPv4(other) ? 'ipv4' : 'ipv6');
}

/** nft refuses elements that overlap in a set of intervals: of two bans the wider one stays, of two ways to write one network the first. */
export function withoutOverlaps<T extends { readonly address: string }>(bans: readonly T[]): T[] {
  return bans.filter(
    (b, at) => !bans.some((other, i) => i !== at && contains(other.address, b.address) && (i < at || !contains(b.address, other.address))),
  );
}

/** The packet filter: default drop, the open ports and the bans. Changes are made one after the other. */
export class Firewall {
  readonly #options: Options;
  readonly #bans = new Map<string, BanEntry>();
  #ssh = false;
  #recovery = true;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  get settings(): FirewallSettings {
    return this.#options.file.value;
  }

  /** Takes over what an earlier life of the agent left, and puts the rules in place. */
  async start(): Promise<void> {
    try {
      for (const entry of banFile.parse(JSON.parse((await readText(this.#options.bansPath)) ?? '[]'))) this.#bans.set(entry.address, entry);
    } catch (error) {
      log.warn(`Bans of before are forgotten: ${words(error)}`);
    }
    await this.apply();
  }

  /** Writes the whole table anew. @throws ExecError */
  apply(): Promise<void> {
    return this.#alone(async () => {
      const bans = this.#running().map(({ address, until }) => ({ address, seconds: (until - Date.now()) / 1000 }));
      await this.#nft(renderFirewall({ settings: this.settings, ssh: this.#ssh, recovery: this.#recovery, bans }));
    });
  }

  /** @throws Refusal 400 port-range-wrong */
  async set(settings: FirewallSettings): Promise<void> {
    const wrong = settings.openPorts.find((p) => p.from > p.to);
    if (wrong) throw new Refusal(400, 'port-range-wrong', `Ports ${wrong.from} to ${wrong.to}: the first is greater than the last.`);
    await this.#options.file.save(settings);
    await this.apply();
    const ports = settings.openPorts.map((p) => `${p.protocol} ${p.from}-${p.to}`);
    log.notice(
      `Firewall set: status page from ${settings.adminNetworks.join(' ')}; SSH from ${settings.sshNetworks.join(' ')}; open ${ports.join(' ') || 'nothing more'}`,
    );
  }

  async openSsh(open: boolean): Promise<void> {
    if (this.#ssh === open) return;
    this.#ssh = open;
    await this.apply();
  }

  /** Whether visitors of the web port meet the status page. */
  async recovery(on: boolean): Promise<void> {
    if (this.#recovery === on) return;
    this.#recovery = on;
    await this.apply();
  }

  get bans(): BanList {
    return { bans: this.#running().map(({ address, reason, until }) => ({ address, reason, until: new Date(until).toISOString() })) };
  }

  /** @throws Refusal 400 address-wrong */
  async ban({ address, seconds, reason }: Ban): Promise<void> {
    if (contains(address, '127.0.0.1') || contains(address, '::1') || contains('127.0.0.0/8', address)) {
      throw new Refusal(400, 'address-wrong', 'The machine cannot ban itself.');
    }
    this.#bans.set(address.toLowerCase(), { address: address.toLowerCase(), reason, until: Date.now() + seconds * 1000 });
    await this.#writeBans();
    log.notice(`Banned ${address} for ${seconds} s: ${reason}`);
  }

  /** @throws Refusal 404 not-banned */
  async unban(address: string): Promise<void> {
    if (!this.#bans.delete(address.toLowerCase())) throw new Refusal(404, 'not-banned', `${address} is not banned.`);
    await this.#writeBans();
    log.notice(`Ban of ${address} lifted`);
  }

  #running(): BanEntry[] {
    const now = Date.now();
    for (const [address, { until }] of this.#bans) if (until <= now) this.#bans.delete(address);
    return withoutOverlaps([...this.#bans.values()]);
  }

  #writeBans(): Promise<void> {
    return this.#alone(async () => {
      const bans = this.#running();
      await this.#nft(renderBans(bans.map(({ address, until }) => ({ address, seconds: (until - Date.now()) / 1000 }))));
      await replaceFile(this.#options.bansPath, JSON.stringify([...this.#bans.values()]));
    });
  }

  async #nft(commands: string): Promise<void> {
    await this.#options.exec('nft', ['-f', '-'], { input: commands });
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => undefined);
    return next;
  }
}
