import {
  type InterfaceSettings,
  interfaceSettings,
  ipAddress,
  ipWithPrefix,
  type NetworkSettings,
} from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { automatic } from '../network/render.ts';
import type { Choice, Ui } from './ui.ts';

const TITLE = 'Network';
const isV4 = (address: string): boolean => !address.includes(':');

/** The network: one interface after the other, name servers, VLANs. Changes apply at once: whoever sits here sees what he does. */
export async function networkMenu(ui: Ui, host: Host): Promise<void> {
  for (;;) {
    const { settings, status } = await host.network.view();
    const names = [...new Set([...status.map((s) => s.name), ...settings.interfaces.map((i) => i.name)])];
    const choices: Choice<() => Promise<void>>[] = names.map((name) => {
      const now = status.find((s) => s.name === name);
      const how = describe(settings.interfaces.find((i) => i.name === name) ?? automatic(name));
      return {
        label: `${name}  ${now?.link ? 'up' : 'no link'}  ${now?.addresses.join(' ') ?? ''}  (${how})`,
        value: () => editInterface(ui, host, name),
      };
    });
    choices.push({ label: `Name servers: ${settings.dns.join(' ') || 'automatic'}`, value: () => editDns(ui, host) });
    choices.push({
      label: 'Add a VLAN',
      value: () =>
        addVlan(
          ui,
          host,
          status.map((s) => s.name),
        ),
    });
    const chosen = await ui.choose(TITLE, choices);
    if (!chosen) return;
    await chosen();
  }
}

function describe({ method, ipv6, vlan }: InterfaceSettings): string {
  const v4 = { dhcp: 'DHCP', static: 'static', off: 'IPv4 off' }[method];
  return `${vlan ? `VLAN ${vlan.id} on ${vlan.parent}, ` : ''}${v4}, IPv6 ${ipv6}`;
}

/** The settings with this interface in place of its old self. */
export function withInterface(settings: NetworkSettings, changed: InterfaceSettings): NetworkSettings {
  return { ...settings, interfaces: [...settings.interfaces.filter((i) => i.name !== changed.name), changed] };
}

/** Applies the settings, and notes it for the audit. */
async function change(ui: Ui, host: Host, settings: NetworkSettings): Promise<void> {
  if (await ui.work(TITLE, () => host.network.set(settings))) await host.deeds.record('network.set', 'network', settings);
}

async function editInterface(ui: Ui, host: Host, name: string): Promise<void> {
  const { settings } = host.network;
  const old = settings.interfaces.find((i) => i.name === name) ?? automatic(name);
  type What = 'v4' | 'v6' | 'remove';
  const choices: Choice<What>[] = [
    { label: `IPv4: ${old.method}`, value: 'v4' },
    { label: `IPv6: ${old.ipv6}`, value: 'v6' },
    ...(old.vlan ? [{ label: 'Remove this VLAN', value: 'remove' as const }] : []),
  ];
  const what = await ui.choose(`${TITLE}: ${name}`, choices, describe(old));
  if (!what) return;
  if (what === 'remove') {
    const rest = { ...settings, interfaces: settings.interfaces.filter((i) => i.name !== name) };
    if (await ui.confirm(TITLE, `Remove ${name}?`)) await change(ui, host, rest);
    return;
  }
  const changed = what === 'v4' ? await askV4(ui, old) : await askV6(ui, old);
  if (changed) await change(ui, host, withInterface(settings, changed));
}

async function askV4(ui: Ui, old: InterfaceSettings): Promise<InterfaceSettings | undefined> {
  const method = await ui.choose<InterfaceSettings['method']>(`${old.name}: IPv4`, [
    { label: 'Automatic (DHCP)', value: 'dhcp' },
    { label: 'Fixed address', value: 'static' },
    { label: 'Off', value: 'off' },
  ]);
  if (!method) return undefined;
  const others = old.addresses.filter((a) => !isV4(a));
  if (method !== 'static') return { ...old, method, addresses: others, gateway: null };
  const address = await askAddress(
    ui,
    `${old.name}: IPv4`,
    'Address with prefix length, for example 192.168.1.20/24',
    old.addresses.find(isV4),
    true,
  );
  if (address === undefined) return undefined;
  const gateway = await askGateway(ui, `${old.name}: IPv4`, 'Gateway, for example 192.168.1.1 (empty: none)', old.gateway, true);
  if (gateway === undefined) return undefined;
  return { ...old, method, addresses: [address, ...others], gateway: gateway || null };
}

async function askV6(ui: Ui, old: InterfaceSettings): Promise<InterfaceSettings | undefined> {
  const ipv6 = await ui.choose<InterfaceSettings['ipv6']>(`${old.name}: IPv6`, [
    { label: 'Automatic (router advertisements)', value: 'auto' },
    { label: 'Fixed address', value: 'static' },
    { label: 'Off', value: 'off' },
  ]);
  if (!ipv6) return undefined;
  const others = old.addresses.filter(isV4);
  if (ipv6 !== 'static') return { ...old, ipv6, addresses: others, gateway6: null };
  const address = await askAddress(
    ui,
    `${old.name}: IPv6`,
    'Address with prefix length, for example 2001:db8::20/64',
    old.addresses.find((a) => !isV4(a)),
    false,
  );
  if (address === undefined) return undefined;
  const gateway6 = await askGateway(ui, `${old.name}: IPv6`, 'Gateway, for example 2001:db8::1 (empty: none)', old.gateway6, false);
  if (gateway6 === undefined) return undefined;
  return { ...old, ipv6, addresses: [...others, address], gateway6: gateway6 || null };
}

function askAddress(ui: Ui, title: string, text: string, initial: string | undefined, v4: boolean): Promise<string | undefined> {
  return ui.input(title, text, initial ?? '', (v) =>
    ipWithPrefix.safeParse(v).success && isV4(v) === v4 ? undefined : 'This is not an address with a prefix length.',
  );
}

function askGateway(ui: Ui, title: string, text: string, initial: string | null, v4: boolean): Promise<string | undefined> {
  return ui.input(title, text, initial ?? '', (v) =>
    v === '' || (ipAddress.safeParse(v).success && isV4(v) === v4) ? undefined : 'This is not an address.',
  );
}

async function editDns(ui: Ui, host: Host): Promise<void> {
  const { settings } = host.network;
  const split = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '');
  const check = (text: string) =>
    split(text).every((a) => ipAddress.safeParse(a).success) ? undefined : 'Type addresses with spaces between them.';
  const text = await ui.input(
    'Name servers',
    'Addresses with spaces between them; empty: what the network says',
    settings.dns.join(' '),
    check,
  );
  if (text !== undefined) await change(ui, host, { ...settings, dns: split(text) });
}

async function addVlan(ui: Ui, host: Host, parents: readonly string[]): Promise<void> {
  const parent = await ui.choose(
    'VLAN: on which interface',
    parents.filter((p) => !p.includes('.')).map((value) => ({ label: value, value })),
  );
  if (!parent) return;
  const id = await ui.input('VLAN', 'VLAN id, 1 to 4094', '', (v) =>
    /^\d+$/.test(v) && Number(v) >= 1 && Number(v) <= 4094 ? undefined : 'Type a number from 1 to 4094.',
  );
  if (id === undefined) return;
  const made = interfaceSettings.safeParse({ ...automatic(`${parent}.${id}`), vlan: { parent, id: Number(id) } });
  if (!made.success) return ui.show('VLAN', `The name ${parent}.${id} is too long for an interface.`);
  await change(ui, host, withInterface(host.network.settings, made.data));
}
