import { z } from 'zod';
import type { InterfaceStatus } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { readText } from '../files.ts';

const link = z.looseObject({
  ifname: z.string(),
  link_type: z.string().optional(),
  address: z.string().optional(),
  flags: z.array(z.string()).default([]),
  operstate: z.string().optional(),
  addr_info: z
    .array(z.looseObject({ local: z.string().optional(), prefixlen: z.number().optional(), scope: z.string().optional() }))
    .default([]),
});
const route = z.looseObject({ dst: z.string(), gateway: z.string().optional(), dev: z.string().optional(), metric: z.number().optional() });

const list = <T>(item: z.ZodType<T>, json: string): T[] => z.array(item).parse(JSON.parse(json.trim() || '[]'));

/**
 * Ethernet interfaces out of the JSON of ip(8).
 * @param addresses `ip -j address`
 * @param routes4 `ip -j -4 route show default`
 * @param routes6 `ip -j -6 route show default`
 */
export function parseInterfaces(addresses: string, routes4: string, routes6: string): Omit<InterfaceStatus, 'speed'>[] {
  const gateway = (routes: string, name: string): string | null =>
    list(route, routes)
      .filter((r) => r.dev === name && r.gateway !== undefined)
      .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))[0]?.gateway ?? null;
  return list(link, addresses)
    .filter((l) => l.link_type === 'ether')
    .map((l) => ({
      name: l.ifname,
      mac: l.address ?? '',
      link: l.flags.includes('LOWER_UP'),
      addresses: l.addr_info.filter((a) => a.scope === 'global' && a.local).map((a) => `${a.local}/${a.prefixlen ?? 32}`),
      gateway: gateway(routes4, l.ifname),
      gateway6: gateway(routes6, l.ifname),
    }));
}

/** Mbit/s as the driver says; null when there is no cable or the driver does not know. */
async function speedOf(name: string): Promise<number | null> {
  const text = await readText(`/sys/class/net/${name}/speed`).catch(() => undefined); // Reading it fails while the link is down.
  const speed = Number(text);
  return text !== undefined && speed > 0 ? speed : null;
}

export async function interfaceStatus(exec: Exec): Promise<InterfaceStatus[]> {
  const [addresses, routes4, routes6] = await Promise.all([
    exec('ip', ['-j', 'address']),
    exec('ip', ['-j', '-4', 'route', 'show', 'default']),
    exec('ip', ['-j', '-6', 'route', 'show', 'default']),
  ]);
  const found = parseInterfaces(addresses.stdout, routes4.stdout, routes6.stdout);
  return Promise.all(found.map(async (i) => ({ ...i, speed: await speedOf(i.name) })));
}

/** Name servers in use: /run/systemd/resolve/resolv.conf lists what resolved asks. */
export function parseResolvConf(text: string): string[] {
  return text.split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}
