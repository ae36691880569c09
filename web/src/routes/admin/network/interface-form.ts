import { z } from 'zod';
import type { Problem } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';

export type NetworkView = Schema<'HostNetwork'>;
export type NetworkSettings = NetworkView['settings'];
export type InterfaceSettings = NetworkSettings['interfaces'][number];
export type InterfaceStatus = NetworkView['status'][number];

const lines = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
const bare = (address: string): string => address.split('/')[0] ?? '';
const isV4 = (address: string): boolean => !address.includes(':');

/** "192.0.2.10" as a number; undefined when it is none. */
function ipv4Number(text: string): number | undefined {
  if (!z.ipv4().safeParse(text).success) return undefined;
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Network, broadcast and number of "192.0.2.10/24"; undefined for what is no such text. */
function ipv4Network(text: string): { address: number; first: number; last: number } | undefined {
  const [host = '', length = ''] = text.split('/');
  const address = ipv4Number(host);
  if (address === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(address / size) * size;
  return { address, first, last: first + size - 1 };
}

const isHostAddress = (text: string): boolean => {
  const network = ipv4Network(text);
  if (!network) return false;
  // Of networks of one or two addresses each is a host's (RFC 3021).
  return network.last - network.first < 2 || (network.address !== network.first && network.address !== network.last);
};

const fields = z.object({
  parent: z.string(),
  vlanId: z.string().trim(),
  method: z.enum(['dhcp', 'static', 'off']),
  addresses: z.string(),
  gateway: z.string().trim(),
  ipv6: z.enum(['auto', 'static', 'off']),
  addresses6: z.string(),
  gateway6: z.string().trim(),
  dns: z.string(),
});
export type InterfaceForm = z.infer<typeof fields>;
type Field = keyof InterfaceForm;

/**
 * The form of one interface, with what is wrong beside its field, as keys of the catalogue.
 * @param others settings of the other interfaces: no address and no VLAN twice
 * @param vlan it is a VLAN: its number counts
 */
export function interfaceSchema(others: readonly InterfaceSettings[], vlan: boolean) {
  const taken = new Set(others.flatMap((each) => each.addresses.map(bare)));
  return fields.superRefine((form, context) => {
    const fault = (path: Field, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (vlan) {
      const id = Number(form.vlanId);
      if (!/^\d+$/.test(form.vlanId)) fault('vlanId', 'invalid.integer');
      else if (id < 1 || id > 4094) fault('vlanId', 'invalid.vlan');
      else if (others.some((each) => each.vlan?.parent === form.parent && each.vlan.id === id)) fault('vlanId', 'invalid.vlanTaken');
      else if (vlanName(form.parent, id).length > 15) fault('vlanId', 'invalid.nameLong');
    }
    if (form.method === 'static') {
      const addresses = lines(form.addresses);
      if (addresses.length === 0) fault('addresses', 'invalid.required');
      else if (addresses.some((each) => !ipv4Network(each))) fault('addresses', 'invalid.address4');
      else if (!addresses.every(isHostAddress)) fault('addresses', 'invalid.notHost');
      else if (addresses.some((each) => taken.has(bare(each)))) fault('addresses', 'invalid.addressTaken');
      if (form.gateway !== '') {
        const gateway = ipv4Number(form.gateway);
        const inside = addresses.map(ipv4Network).some((each) => each && gateway && gateway >= each.first && gateway <= each.last);
        if (gateway === undefined) fault('gateway', 'invalid.gateway4');
        else if (addresses.some((each) => bare(each) === form.gateway)) fault('gateway', 'invalid.gatewaySelf');
        else if (addresses.length > 0 && !inside) fault('gateway', 'invalid.gatewayOutside');
      }
    }
    if (form.ipv6 === 'static') {
      const addresses = lines(form.addresses6);
      if (addresses.length === 0) fault('addresses6', 'invalid.required');
      else if (addresses.some((each) => !z.cidrv6().safeParse(each).success)) fault('addresses6', 'invalid.address6');
      else if (addresses.some((each) => taken.has(bare(each)))) fault('addresses6', 'invalid.addressTaken');
      if (form.gateway6 !== '' && !z.ipv6().safeParse(form.gateway6).success) fault('gateway6', 'invalid.gateway6');
    }
    const servers = lines(form.dns);
    if (servers.some((each) => !isAddress(each))) fault('dns', 'invalid.dns');
    else if (servers.length > 6) fault('dns', 'invalid.dnsMany');
  });
}

const isAddress = (text: string): boolean => z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success;

/** The name that a VLAN gets, as everywhere on Linux. */
export const vlanName = (parent: string, id: number): string => `${parent}.${id}`;

/** What an interface does that nobody has set up. */
export const automatic = (name: string): InterfaceSettings => ({
  name,
  method: 'dhcp',
  addresses: [],
  gateway: null,
  ipv6: 'auto',
  gateway6: null,
  vlan: null,
});

/** Settings as the form shows them. Where nothing is set yet, the fields of a static set-up hold what is in use now. */
export function toForm(settings: InterfaceSettings, status: InterfaceStatus | undefined, dns: readonly string[]): InterfaceForm {
  const used = status?.addresses ?? [];
  const v4 = settings.addresses.filter(isV4);
  const v6 = settings.addresses.filter((each) => !isV4(each));
  return {
    parent: settings.vlan?.parent ?? '',
    vlanId: settings.vlan ? String(settings.vlan.id) : '',
    method: settings.method,
    addresses: (v4.length > 0 ? v4 : used.filter(isV4)).join('\n'),
    gateway: settings.gateway ?? (settings.method === 'static' ? '' : (status?.gateway ?? '')),
    ipv6: settings.ipv6,
    addresses6: (v6.length > 0 ? v6 : used.filter((each) => !isV4(each))).join('\n'),
    gateway6: settings.gateway6 ?? (settings.ipv6 === 'static' ? '' : (status?.gateway6 ?? '')),
    dns: dns.join('\n'),
  };
}

/** The form as settings; fields that its choices leave without a meaning are dropped. */
export function fromForm(name: string, form: InterfaceForm): InterfaceSettings {
  const fixed4 = form.method === 'static';
  const fixed6 = form.ipv6 === 'static';
  return {
    name: form.parent === '' ? name : vlanName(form.parent, Number(form.vlanId)),
    method: form.method,
    addresses: [...(fixed4 ? lines(form.addresses) : []), ...(fixed6 ? lines(form.addresses6) : [])],
    gateway: (fixed4 && form.gateway) || null,
    ipv6: form.ipv6,
    gateway6: (fixed6 && form.gateway6) || null,
    vlan: form.parent === '' ? null : { parent: form.parent, id: Number(form.vlanId) },
  };
}

/** The whole network with this interface changed (by its former name) or added. */
export function withInterface(settings: NetworkSettings, before: string | null, after: InterfaceSettings, dns: string): NetworkSettings {
  const known = settings.interfaces.some((each) => each.name === before);
  const interfaces = known ? settings.interfaces.map((each) => (each.name === before ? after : each)) : [...settings.interfaces, after];
  return { interfaces, dns: lines(dns) };
}

export const withDns = (settings: NetworkSettings, dns: string): NetworkSettings => ({ ...settings, dns: lines(dns) });

export const withoutInterface = (settings: NetworkSettings, name: string): NetworkSettings => ({
  ...settings,
  interfaces: settings.interfaces.filter((each) => each.name !== name),
});

/** Every interface there is to show: those of the machine, and those that are set up but not there. */
export function interfaceNames(view: NetworkView): string[] {
  return [...new Set([...view.status.map((each) => each.name), ...view.settings.interfaces.map((each) => each.name)])].sort();
}

/** Which field of the form a field of the request belongs to: "interfaces.0.addresses.1" -> "addresses6". */
export function formFields(problem: Problem, sent: NetworkSettings, name: string): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { field } of problem.errors ?? []) {
    const [top, index = '', key = '', item = ''] = field.split('.');
    if (top === 'dns') names[field] = 'dns';
    const settings = top === 'interfaces' ? sent.interfaces[Number(index)] : undefined;
    if (settings?.name !== name) continue;
    const address = settings.addresses[Number(item)];
    if (key === 'addresses') names[field] = address !== undefined && !isV4(address) ? 'addresses6' : 'addresses';
    else if (key === 'vlan') names[field] = 'vlanId';
    else if (key in fields.shape) names[field] = key;
  }
  return names;
}
