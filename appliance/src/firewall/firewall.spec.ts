import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FirewallSettings, firewallSettings } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { SettingsFile } from '../settings-file.ts';
import { DEFAULT_FIREWALL, Firewall, withoutOverlaps } from './firewall.ts';
import { renderBans, renderFirewall } from './render.ts';

const rules = (more = {}) => renderFirewall({ settings: DEFAULT_FIREWALL, ssh: false, recovery: false, bans: [], ...more });

describe('the ruleset', () => {
  it('drops what is not named, and replaces the table in one go', () => {
    const text = rules();
    expect(text.startsWith('add table inet dialtone\ndelete table inet dialtone\ntable inet dialtone {')).toBe(true);
    expect(text).toContain('type filter hook input priority filter; policy drop;');
    expect(text).toContain('tcp dport { 80, 443, 5060, 5061 } accept');
    expect(text).toContain('udp dport { 3478, 5060 } accept');
    expect(text).toContain('udp dport 10000-30000 socket wildcard { 0, 1 } accept');
  });

  it('opens SSH only when it is on, and only from its networks (M-7)', () => {
    expect(rules()).not.toContain('dport 22');
    expect(rules({ ssh: true })).toMatch(/ip saddr \{ 10\.0\.0\.0\/8, .* \} tcp dport 22 /);
    expect(rules({ ssh: true, settings: { ...DEFAULT_FIREWALL, sshNetworks: [] } })).not.toContain('dport 22');
  });

  it('leads the web port to the status page while the server does not answer', () => {
    expect(rules()).not.toContain('redirect');
    expect(rules({ recovery: true })).toContain('iif != lo tcp dport 80 redirect to :4357');
  });

  it('opens the status page to the networks of the administrators', () => {
    const settings = { ...DEFAULT_FIREWALL, adminNetworks: ['192.0.2.0/24', '2001:db8::/32'] };
    expect(rules({ settings })).toContain('ip saddr { 192.0.2.0/24 } tcp dport 4357 accept');
    expect(rules({ settings })).toContain('ip6 saddr { 2001:db8::/32 } tcp dport 4357 accept');
  });

  it('keeps bans and added ports', () => {
    const settings = { ...DEFAULT_FIREWALL, openPorts: [{ protocol: 'udp' as const, from: 5000, to: 5010, comment: '' }] };
    const text = rules({
      settings,
      bans: [
        { address: '198.51.100.7', seconds: 9.2 },
        { address: '2001:db8::/64', seconds: 60 },
      ],
    });
    expect(text).toContain('elements = { 198.51.100.7 timeout 10s }');
    expect(text).toContain('elements = { 2001:db8::/64 timeout 60s }');
    expect(text).toContain('udp dport 5000-5010 accept');
  });

  it('empties a ban set that has no bans any more', () => {
    expect(renderBans([])).toBe('flush set inet dialtone ban4\nflush set inet dialtone ban6\n');
  });
});

describe('nft', () => {
  it('gets no overlapping bans', () => {
    const bans = ['192.0.2.0/24', '192.0.2.7', '198.51.100.1', '2001:db8::/32', '2001:db8:1::/64'].map((address) => ({ address }));
    expect(withoutOverlaps(bans).map((b) => b.address)).toEqual(['192.0.2.0/24', '198.51.100.1', '2001:db8::/32']);
    const same = ['10.0.0.0/8', '10.0.0.1/8', '2001:db8:0:1::/64', '2001:db8:0:1:0::/64'].map((address) => ({ address }));
    expect(withoutOverlaps(same).map((b) => b.address)).toEqual(['10.0.0.0/8', '2001:db8:0:1::/64']);
  });
});

describe('the firewall', () => {
  let folder: string;
  let commands: string[];
  let firewall: Firewall;
  const exec: Exec = async (program, _args, options) => {
    if (program === 'nft' && options?.input) commands.push(options.input);
    return { code: program === 'nft' && !options?.input ? 1 : 0, stdout: '', stderr: '' };
  };
  const create = () => {
    const file = new SettingsFile<FirewallSettings>('firewall.json', firewallSettings, DEFAULT_FIREWALL, { ready: false }, folder);
    return new Firewall({ exec, file, bansPath: join(folder, 'bans.json') });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-firewall-'));
    commands = [];
    firewall = create();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('bans, renews, lifts, and remembers over a life of the agent', async () => {
    await firewall.ban({ address: '198.51.100.7', seconds: 60, reason: 'guessing' });
    await firewall.ban({ address: '2001:DB8:0:1::/64', seconds: 60, reason: 'guessing' });
    expect(commands.at(-1)).toContain('198.51.100.7 timeout 60s');
    const next = create();
    await next.start();
    expect(next.bans.bans.map((b) => b.address)).toEqual(['198.51.100.7', '2001:db8:0:1::/64']);
    await next.unban('2001:db8:0:1::/64');
    await expect(next.unban('203.0.113.1')).rejects.toMatchObject({ code: 'not-banned' });
    expect(next.bans.bans).toHaveLength(1);
  });

  it('refuses to ban itself', async () => {
    for (const address of ['127.0.0.1', '127.3.0.0/16', '0.0.0.0/0', '::1', '::/0']) {
      await expect(firewall.ban({ address, seconds: 1, reason: '' })).rejects.toMatchObject({ code: 'address-wrong' });
    }
  });

  it('refuses a range that runs backwards', async () => {
    const openPorts = [{ protocol: 'tcp' as const, from: 9, to: 8, comment: '' }];
    await expect(firewall.set({ ...DEFAULT_FIREWALL, openPorts })).rejects.toMatchObject({ code: 'port-range-wrong' });
  });
});
