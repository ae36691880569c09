import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

const REFRESH_MS = 10_000;
const MAX_CACHED = 10_000;

interface Interface {
  address: string;
  subnet: BlockList;
  internal: boolean;
}

export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Of two numeric addresses. */
export const sameFamily = (a: string, b: string): boolean => a.includes(':') === b.includes(':');

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Address without the zone of a link-local one ("fe80::1%eth0"), which means nothing to others. */
export function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
}

/**
 * Which address of ours a peer should see. The advertised address (the public one of a router in front of us) goes to all
 * peers, except to those in a network we are ourselves in: many routers do not lead their own public address back in.
 */
export class OwnAddresses {
  private readonly advertised: readonly string[];
  private interfaces: Interface[] = [];
  private readAt = Number.NEGATIVE_INFINITY;
  private readonly cache = new Map<string, string>();
  private readonly now: () => number;

  /** `advertised`: IP addresses or names, at most one for each family. */
  constructor(advertised: readonly string[], now: () => number) {
    this.advertised = advertised.map((address) => address.toLowerCase());
    this.now = now;
  }

  /** What we call ourselves towards `remote` on a listener bound to `bound`. */
  towards(remote: string, bound: string): string {
    if (!isWildcard(bound)) return this.advertisedFor(bound) ?? withoutZone(bound);
    this.refresh();
    const cached = this.cache.get(remote);
    if (cached !== undefined) return cached;
    const chosen = this.choose(remote, bound);
    if (this.cache.size >= MAX_CACHED) this.cache.clear();
    this.cache.set(remote, chosen);
    return chosen;
  }

  /** True for an advertised address and, when `anyInterface`, for any address of this machine. */
  includes(host: string, anyInterface: boolean): boolean {
    if (this.advertised.includes(host)) return true;
    if (!anyInterface) return false;
    this.refresh();
    return this.interfaces.some((one) => one.address === host);
  }

  private choose(remote: string, bound: string): string {
    const mine = this.interfaces.filter((one) => sameFamily(one.address, bound));
    const near = mine.find((one) => one.subnet.check(withoutZone(remote), isIPv6(remote) ? 'ipv6' : 'ipv4'));
    return near?.address ?? this.advertisedFor(bound) ?? (mine.find((one) => !one.internal) ?? mine[0])?.address ?? withoutZone(bound);
  }

  private advertisedFor(bound: string): string | undefined {
    return this.advertised.find((address) => isIP(address) === 0 || sameFamily(address, bound));
  }

  private refresh(): void {
    const now = this.now();
    if (now - this.readAt < REFRESH_MS) return;
    this.readAt = now;
    this.cache.clear();
    this.interfaces = [];
    for (const list of Object.values(networkInterfaces())) {
      for (const one of list ?? []) {
        const subnet = new BlockList();
        const bits = Number(one.cidr?.split('/')[1] ?? (one.family === 'IPv6' ? 128 : 32));
        subnet.addSubnet(one.address, bits, one.family === 'IPv6' ? 'ipv6' : 'ipv4');
        this.interfaces.push({ address: one.address, subnet, internal: one.internal });
      }
    }
  }
}
