import {
  type InterfaceSettings,
  interfaceSettings,
  ipAddress,
  ipWithPrefix,
  type NetworkSettings,
} from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { automatic } from '../network/render.ts';
import type { Texts } from '../texts/texts.ts';
import type { Choice, Ui } from './ui.ts';

const isV4 = (address: string): boolean => !address.includes(':');

/** The network: one interface after the other, name servers, VLANs. Changes apply at once: whoever sits here sees what he does. */
export async function networkMenu(ui: Ui, host: Host): Promise<void> {
  const { texts } = ui;
  const { t } = texts;
  for (;;) {
    const { settings, status } = await host.network.view();
    const names = [...new Set([...status.map((s) => s.name), ...settings.interfaces.map((i) => i.name)])];
    const choices: Choice<() => Promise<void>>[] = names.map((name) => {
      const now = status.find((s) => s.name === name);
      const how = describe(settings.interfaces.find((i) => i.name === name) ?? automatic(name), texts);
      return {
        label: `${name}  ${t(now?.link ? 'net.up' : 'net.noLink')}  ${now?.addresses.join(' ') ?? ''}  (${how})`,
        value: () => editInterface(ui, host, name),
      };
    });
    choices.push({ label: t('net.nameServersNow', { now: settings.dns.join(' ') || t('net.automatic') }), value: () => editDns(ui, host) });
    choices.push({
      label: t('net.addVlan'),
      value: () =>
        addVlan(
          ui,
          host,
          status.map((s) => s.name),
        ),
    });
    const chosen = await ui.choose(t('net.title'), choices);
    if (!chosen) return;
    await chosen();
  }
}

function describe({ method, ipv6, vlan }: InterfaceSettings, { t }: Texts): string {
  const on = vlan ? t('net.vlanOn', vlan) : '';
  return `${on}${t(`net.how.${method}`)}, ${t('net.how6', { how: t(`net.method.${ipv6}`) })}`;
}

/** The settings with this interface in place of its old self. */
export function withInterface(settings: NetworkSettings, changed: InterfaceSettings): NetworkSettings {
  return { ...settings, interfaces: [...settings.interfaces.filter((i) => i.name !== changed.name), changed] };
}

/** Applies the settings, and notes it for the audit. */
async function change(ui: Ui, host: Host, settings: NetworkSettings): Promise<void> {
  if (await ui.work(ui.texts.t('net.title'), () => host.network.set(settings))) await host.deeds.record('network.set', 'network', settings);
}

async function editInterface(ui: Ui, host: Host, name: string): Promise<void> {
  const { t } = ui.texts;
  const { settings } = host.network;
  const old = settings.interfaces.find((i) => i.name === name) ?? automatic(name);
  type What = 'v4' | 'v6' | 'remove';
  const choices: Choice<What>[] = [
    { label: `IPv4: ${t(`net.method.${old.method}`)}`, value: 'v4' },
    { label: `IPv6: ${t(`net.method.${old.ipv6}`)}`, value: 'v6' },
    ...(old.vlan ? [{ label: t('net.removeVlan'), value: 'remove' as const }] : []),
  ];
  const what = await ui.choose(t('net.of', { name }), choices, describe(old, ui.texts));
  if (!what) return;
  if (what === 'remove') {
    const rest = { ...settings, interfaces: settings.interfaces.filter((i) => i.name !== name) };
    if (await ui.confirm(t('net.title'), t('net.remove', { name }))) await change(ui, host, rest);
    return;
  }
  const changed = what === 'v4' ? await askV4(ui, old) : await askV6(ui, old);
  if (changed) await change(ui, host, withInterface(settings, changed));
}

async function askV4(ui: Ui, old: InterfaceSettings): Promise<InterfaceSettings | undefined> {
  const { t } = ui.texts;
  const title = t('net.v4', { name: old.name });
  const method = await ui.choose<InterfaceSettings['method']>(title, [
    { label: t('net.dhcp'), value: 'dhcp' },
    { label: t('net.fixed'), value: 'static' },
    { label: t('net.off'), value: 'off' },
  ]);
  if (!method) return undefined;
  const others = old.addresses.filter((a) => !isV4(a));
  if (method !== 'static') return { ...old, method, addresses: others, gateway: null };
  const address = await askAddress(ui, title, '192.168.1.20/24', old.addresses.find(isV4), true);
  if (address === undefined) return undefined;
  const gateway = await askGateway(ui, title, '192.168.1.1', old.gateway, true);
  if (gateway === undefined) return undefined;
  return { ...old, method, addresses: [address, ...others], gateway: gateway || null };
}

async function askV6(ui: Ui, old: InterfaceSettings): Promise<InterfaceSettings | undefined> {
  const { t } = ui.texts;
  const title = t('net.v6', { name: old.name });
  const ipv6 = await ui.choose<InterfaceSettings['ipv6']>(title, [
    { label: t('net.auto'), value: 'auto' },
    { label: t('net.fixed'), value: 'static' },
    { label: t('net.off'), value: 'off' },
  ]);
  if (!ipv6) return undefined;
  const others = old.addresses.filter(isV4);
  if (ipv6 !== 'static') return { ...old, ipv6, addresses: others, gateway6: null };
  const fixed = old.addresses.find((a) => !isV4(a));
  const address = await askAddress(ui, title, '2001:db8::20/64', fixed, false);
  if (address === undefined) return undefined;
  const gateway6 = await askGateway(ui, title, '2001:db8::1', old.gateway6, false);
  if (gateway6 === undefined) return undefined;
  return { ...old, ipv6, addresses: [...others, address], gateway6: gateway6 || null };
}

function askAddress(ui: Ui, title: string, example: string, initial: string | undefined, v4: boolean): Promise<string | undefined> {
  const { t } = ui.texts;
  return ui.input(title, t('net.address', { example }), initial ?? '', (v) =>
    ipWithPrefix.safeParse(v).success && isV4(v) === v4 ? undefined : t('net.addressAgain'),
  );
}

function askGateway(ui: Ui, title: string, example: string, initial: string | null, v4: boolean): Promise<string | undefined> {
  const { t } = ui.texts;
  return ui.input(title, t('net.gateway', { example }), initial ?? '', (v) =>
    v === '' || (ipAddress.safeParse(v).success && isV4(v) === v4) ? undefined : t('net.gatewayAgain'),
  );
}

async function editDns(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const { settings } = host.network;
  const split = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '');
  const check = (text: string) => (split(text).every((a) => ipAddress.safeParse(a).success) ? undefined : t('net.nameServersAgain'));
  const text = await ui.input(t('net.nameServers'), t('net.nameServersText'), settings.dns.join(' '), check);
  if (text !== undefined) await change(ui, host, { ...settings, dns: split(text) });
}

async function addVlan(ui: Ui, host: Host, parents: readonly string[]): Promise<void> {
  const { t } = ui.texts;
  const parent = await ui.choose(
    t('net.vlanParent'),
    parents.filter((p) => !p.includes('.')).map((value) => ({ label: value, value })),
  );
  if (!parent) return;
  const id = await ui.input(t('net.vlan'), t('net.vlanId'), '', (v) =>
    /^\d+$/.test(v) && Number(v) >= 1 && Number(v) <= 4094 ? undefined : t('net.vlanIdAgain'),
  );
  if (id === undefined) return;
  const name = `${parent}.${id}`;
  const made = interfaceSettings.safeParse({ ...automatic(name), vlan: { parent, id: Number(id) } });
  if (!made.success) return ui.show(t('net.vlan'), t('net.nameTooLong', { name }));
  await change(ui, host, withInterface(host.network.settings, made.data));
}
