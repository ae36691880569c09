import { promises as dns } from 'node:dns';

export interface NaptrAnswer {
  order: number;
  preference: number;
  flags: string;
  service: string;
  replacement: string;
}

export interface SrvAnswer {
  name: string;
  port: number;
  priority: number;
  weight: number;
}

export interface AddressAnswer {
  address: string;
  family: 4 | 6;
}

/** Records of one question and how long they may be kept, in seconds. No records: the name or type is not there. */
export interface Answer<T> {
  records: T[];
  ttl: number;
}

/** The questions RFC 3263 asks. Rejects when the question could not be answered (no server, time-out). */
export interface DnsResolver {
  naptr(name: string): Promise<Answer<NaptrAnswer>>;
  srv(name: string): Promise<Answer<SrvAnswer>>;
  addresses(name: string): Promise<Answer<AddressAnswer>>;
}

/** Node does not tell the TTL of SRV and NAPTR records, nor of what the hosts file says. */
const UNKNOWN_TTL_S = 60;
const NOT_THERE = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN']);
const NOT_THERE_TTL_S = 15;

/** Asks the servers of the system; names that DNS does not know are looked for in the hosts file. */
export class SystemResolver implements DnsResolver {
  private readonly resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });

  naptr(name: string): Promise<Answer<NaptrAnswer>> {
    return orNothing(this.resolver.resolveNaptr(name));
  }

  srv(name: string): Promise<Answer<SrvAnswer>> {
    return orNothing(this.resolver.resolveSrv(name));
  }

  async addresses(name: string): Promise<Answer<AddressAnswer>> {
    // Names of the local network are not a matter for DNS servers.
    if (!name.includes('.') || name.endsWith('.local')) return this.fromHosts(name);
    const [v4, v6] = await Promise.allSettled([this.resolver.resolve4(name, { ttl: true }), this.resolver.resolve6(name, { ttl: true })]);
    const found = [
      ...(v4.status === 'fulfilled' ? v4.value.map((record) => ({ ...record, family: 4 as const })) : []),
      ...(v6.status === 'fulfilled' ? v6.value.map((record) => ({ ...record, family: 6 as const })) : []),
    ];
    if (found.length === 0) return this.fromHosts(name);
    return { records: found.map(({ address, family }) => ({ address, family })), ttl: Math.min(...found.map((record) => record.ttl)) };
  }

  private fromHosts(name: string): Promise<Answer<AddressAnswer>> {
    return orNothing(
      dns
        .lookup(name, { all: true })
        .then((list) => list.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }) as const)),
    );
  }
}

async function orNothing<T>(question: Promise<T[]>): Promise<Answer<T>> {
  try {
    return { records: await question, ttl: UNKNOWN_TTL_S };
  } catch (error) {
    if (NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return { records: [], ttl: NOT_THERE_TTL_S };
    throw error;
  }
}
