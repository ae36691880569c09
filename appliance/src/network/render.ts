import { isIPv4 } from 'node:net';
import type { InterfaceSettings, NetworkSettings } from '../../../server/src/host/contract/index.ts';
import type { Text } from '../texts/texts.ts';

/** Names of our files in /run/systemd/network begin so; what begins so and is not rendered any more is removed. */
export const FILE_PREFIX = '50-dialtone-';

// The identity of the machine is its MAC, never its machine-id: the address and the lease stay the same over reinstalls, and phones find their server.
const DHCP = `
[DHCPv4]
ClientIdentifier=mac
UseHostname=no
UseDomains=no
USE_DNS
UseNTP=yes

[DHCPv6]
DUIDType=link-layer
USE_DNS

[IPv6AcceptRA]
USE_DNS
`;

const isV4 = (address: string): boolean => isIPv4(address.split('/')[0] ?? '');

function networkFile(settings: InterfaceSettings, vlans: readonly string[], dns: readonly string[], match: string): string {
  const lines = ['[Match]', match, '', '[Link]', 'RequiredForOnline=no', '', '[Network]'];
  const { method, ipv6 } = settings;
  lines.push(`DHCP=${method === 'dhcp' ? 'ipv4' : 'no'}`);
  lines.push(`LinkLocalAddressing=${ipv6 === 'off' ? 'no' : 'ipv6'}`, `IPv6AcceptRA=${ipv6 === 'auto' ? 'yes' : 'no'}`);
  lines.push('IPv6PrivacyExtensions=no', 'IPv6LinkLocalAddressGenerationMode=eui64', 'MulticastDNS=yes', 'LLMNR=no');
  if (method === 'static') {
    for (const address of settings.addresses.filter(isV4)) lines.push(`Address=${address}`);
    if (settings.gateway) lines.push(`Gateway=${settings.gateway}`);
  }
  if (ipv6 === 'static') {
    for (const address of settings.addresses.filter((a) => !isV4(a))) lines.push(`Address=${address}`);
    if (settings.gateway6) lines.push(`Gateway=${settings.gateway6}`);
  }
  for (const server of dns) lines.push(`DNS=${server}`);
  for (const vlan of vlans) lines.push(`VLAN=${vlan}`);
  return `${lines.join('\n')}\n${DHCP.replaceAll('USE_DNS', `UseDNS=${dns.length === 0 ? 'yes' : 'no'}`)}`;
}

/** What an interface does until someone says otherwise. */
export const automatic = (name: string): InterfaceSettings => ({
  name,
  method: 'dhcp',
  addresses: [],
  gateway: null,
  ipv6: 'auto',
  gateway6: null,
  vlan: null,
});

/** File name -> text of systemd.network(5) and systemd.netdev(5) files. Ethernet ports that are not named use DHCP and router advertisements. */
export function renderNetwork({ interfaces, dns }: NetworkSettings): Map<string, string> {
  const files = new Map<string, string>();
  const vlansOf = (name: string): string[] => interfaces.filter((i) => i.vlan?.parent === name).map((i) => i.name);
  const parents = interfaces.flatMap((i) => (i.vlan ? [i.vlan.parent] : []));
  const unnamed = [...new Set(parents)].filter((parent) => !interfaces.some((i) => i.name === parent));
  for (const settings of [...interfaces, ...unnamed.map(automatic)]) {
    const { name, vlan } = settings;
    files.set(`${FILE_PREFIX}${name}.network`, networkFile(settings, vlansOf(name), dns, `Name=${name}`));
    if (vlan) files.set(`${FILE_PREFIX}${name}.netdev`, `[NetDev]\nName=${name}\nKind=vlan\n\n[VLAN]\nId=${vlan.id}\n`);
  }
  // Kind=!*: real ports only, not what is built on them.
  files.set(`${FILE_PREFIX}~default.network`, networkFile(automatic('*'), [], dns, 'Type=ether\nKind=!*'));
  return files;
}

/** What is wrong with settings that have the right shape; each in words. */
export function networkFaults({ interfaces }: NetworkSettings): Text[] {
  const faults: Text[] = [];
  const names = interfaces.map((i) => i.name);
  for (const name of new Set(names.filter((n, at) => names.indexOf(n) !== at))) faults.push(({ t }) => t('net.fault.twice', { name }));
  for (const { name, method, addresses, ipv6, vlan } of interfaces) {
    if (method === 'static' && !addresses.some(isV4)) faults.push(({ t }) => t('net.fault.noV4', { name }));
    if (ipv6 === 'static' && addresses.every(isV4)) faults.push(({ t }) => t('net.fault.noV6', { name }));
    if (vlan && vlan.parent === name) faults.push(({ t }) => t('net.fault.ownVlan', { name }));
    if (vlan && interfaces.find((i) => i.name === vlan.parent)?.vlan) faults.push(({ t }) => t('net.fault.vlanOnVlan', { name }));
  }
  return faults;
}
