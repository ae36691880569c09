import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NetworkSettings, networkSettings } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { SettingsFile } from '../settings-file.ts';
import { Network } from './network.ts';
import { automatic, networkFaults, renderNetwork } from './render.ts';
import { parseInterfaces, parseResolvConf } from './status.ts';

const fixed: NetworkSettings = {
  interfaces: [
    {
      ...automatic('eth0'),
      method: 'static',
      addresses: ['192.0.2.5/24', '2001:db8::5/64'],
      gateway: '192.0.2.1',
      ipv6: 'static',
      gateway6: '2001:db8::1',
    },
    { ...automatic('eth0.20'), method: 'off', ipv6: 'off', vlan: { parent: 'eth0', id: 20 } },
  ],
  dns: ['192.0.2.53'],
};

describe('the files for systemd-networkd', () => {
  it('leaves every port to DHCP and router advertisements until someone says otherwise', () => {
    const files = renderNetwork({ interfaces: [], dns: [] });
    expect([...files.keys()]).toEqual(['50-dialtone-~default.network']);
    expect(files.get('50-dialtone-~default.network')).toContain('Type=ether\nKind=!*');
    expect(files.get('50-dialtone-~default.network')).toMatch(/DHCP=ipv4\n[\s\S]*IPv6AcceptRA=yes[\s\S]*ClientIdentifier=mac/);
  });

  it('writes fixed addresses, gateways, name servers and VLANs', () => {
    const files = renderNetwork(fixed);
    const eth0 = files.get('50-dialtone-eth0.network') ?? '';
    for (const line of [
      'DHCP=no',
      'IPv6AcceptRA=no',
      'Address=192.0.2.5/24',
      'Gateway=192.0.2.1',
      'Address=2001:db8::5/64',
      'Gateway=2001:db8::1',
      'DNS=192.0.2.53',
      'VLAN=eth0.20',
      'UseDNS=no',
    ]) {
      expect(eth0.split('\n')).toContain(line);
    }
    expect(files.get('50-dialtone-eth0.20.netdev')).toBe('[NetDev]\nName=eth0.20\nKind=vlan\n\n[VLAN]\nId=20\n');
    expect(files.get('50-dialtone-eth0.20.network')).toContain('LinkLocalAddressing=no');
  });

  it.each(['../../etc/x', 'eth0\n[Network]', 'eth0 eth1', ''])('takes no parent that is no interface name: %j', (parent) => {
    const interfaces = [{ ...automatic('eth0.20'), vlan: { parent, id: 20 } }];
    expect(networkSettings.safeParse({ interfaces, dns: [] }).success).toBe(false);
  });

  it('leaves out the address of a family that is not static', () => {
    const files = renderNetwork({ interfaces: [{ ...automatic('eth0'), addresses: ['192.0.2.5/24'] }], dns: [] });
    expect(files.get('50-dialtone-eth0.network')).not.toContain('Address=192');
  });

  it('makes a file for the port under a VLAN that has no settings', () => {
    const files = renderNetwork({ interfaces: [{ ...automatic('eth1.7'), vlan: { parent: 'eth1', id: 7 } }], dns: [] });
    expect(files.get('50-dialtone-eth1.network')).toContain('VLAN=eth1.7');
  });

  it('says what is wrong in words', () => {
    const interfaces = [
      { ...automatic('a'), method: 'static' as const },
      { ...automatic('a'), ipv6: 'static' as const },
      { ...automatic('b'), vlan: { parent: 'b', id: 1 } },
    ];
    expect(networkFaults({ interfaces, dns: [] })).toHaveLength(5);
    expect(networkFaults(fixed)).toEqual([]);
  });
});

describe('ip -j', () => {
  const addresses = `[{"ifname":"lo","link_type":"loopback","flags":["LOOPBACK","UP","LOWER_UP"],"address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
   {"ifname":"ens3","link_type":"ether","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"operstate":"UP","address":"52:54:00:12:34:56","addr_info":[{"family":"inet","local":"10.0.2.15","prefixlen":24,"scope":"global"},{"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]},
   {"ifname":"ens4","link_type":"ether","flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"],"operstate":"DOWN","address":"52:54:00:12:34:57","addr_info":[]}]`;

  it('shows ports with link, addresses and gateways; loopback and link-local stay out', () => {
    const routes =
      '[{"dst":"default","gateway":"10.0.2.9","dev":"ens3","metric":2048},{"dst":"default","gateway":"10.0.2.2","dev":"ens3","metric":1024}]';
    expect(parseInterfaces(addresses, routes, '')).toEqual([
      { name: 'ens3', mac: '52:54:00:12:34:56', link: true, addresses: ['10.0.2.15/24'], gateway: '10.0.2.2', gateway6: null },
      { name: 'ens4', mac: '52:54:00:12:34:57', link: false, addresses: [], gateway: null, gateway6: null },
    ]);
  });

  it('reads the name servers in use', () => {
    expect(parseResolvConf('# x\nnameserver 10.0.2.3\nnameserver fec0::3\nsearch .\n')).toEqual(['10.0.2.3', 'fec0::3']);
  });
});

describe('a change on trial (A-7)', () => {
  let folder: string;
  let file: SettingsFile<NetworkSettings>;
  const networks: Network[] = [];
  const exec: Exec = async (program) => ({ code: 0, stdout: program === 'ip' ? '[]' : '', stderr: '' });

  const start = async (confirmMs: number): Promise<Network> => {
    const network = new Network({
      exec,
      file,
      folder: join(folder, 'files'),
      pendingPath: join(folder, 'pending.json'),
      changed: () => undefined,
      confirmMs,
    });
    networks.push(network);
    await network.start();
    return network;
  };
  const applied = () => readdir(join(folder, 'files')).then((names) => names.some((n) => n.includes('eth0.network')));
  const saved = () => readFile(join(folder, 'system/network.json'), 'utf8').catch(() => '');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-network-'));
    file = new SettingsFile('network.json', networkSettings, { interfaces: [], dns: [] }, { ready: true }, folder);
  });
  afterEach(async () => {
    for (const network of networks.splice(0)) network.stop();
    await rm(folder, { recursive: true });
  });

  it('is kept once it is confirmed by its token', async () => {
    const network = await start(60_000);
    const { pending, addresses } = await network.try(fixed);
    expect(addresses).toEqual(['192.0.2.5', '2001:db8::5']);
    await sleep(700);
    expect(await applied()).toBe(true);
    expect(await saved()).toBe('');
    await expect(network.confirm('x')).rejects.toMatchObject({ code: 'wrong-token' });
    await network.confirm(pending);
    expect(JSON.parse(await saved())).toEqual(fixed);
    await expect(network.confirm(pending)).rejects.toMatchObject({ code: 'nothing-pending' });
  });

  it('is taken back when nobody confirms it', async () => {
    const network = await start(900);
    await network.try(fixed);
    await expect(network.try(fixed)).rejects.toMatchObject({ code: 'change-pending' });
    await sleep(1300);
    expect(await applied()).toBe(false);
    expect(network.pending).toBeNull();
    expect(await saved()).toBe('');
  });

  it('ends also when the agent dies in between', async () => {
    const first = await start(1500);
    await first.try(fixed);
    await sleep(700);
    first.stop(); // Nothing of it runs any more, as after a crash.
    const second = await start(1500);
    expect(second.pending).not.toBeNull();
    expect(await applied()).toBe(true);
    await sleep(1200);
    expect(second.pending).toBeNull();
    expect(await applied()).toBe(false);
    await expect(stat(join(folder, 'pending.json'))).rejects.toThrow('ENOENT');
  });

  it('refuses what cannot work', async () => {
    const network = await start(1000);
    await expect(network.try({ interfaces: [{ ...automatic('a'), method: 'static' }], dns: [] })).rejects.toMatchObject({
      code: 'network-wrong',
    });
  });
});
