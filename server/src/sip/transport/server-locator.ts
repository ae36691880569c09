import { isIP } from 'node:net';
import type { SipUri } from '../message/uri.ts';
import { type Answer, type DnsResolver, type SrvAnswer, SystemResolver } from './dns-resolver.ts';
import type { Protocol, Target } from './types.ts';

export interface LocatorOptions {
  /** What we can send with, best first. */
  protocols?: readonly Protocol[];
  /** Address families we have a listener for, best first. */
  families?: readonly (4 | 6)[];
  clock?: { now(): number };
  /** 0 to 1, for the choice by weight. */
  random?: () => number;
}

const MAX_CACHED = 5_000;
const MIN_TTL_S = 5;
const MAX_TTL_S = 86_400;
/** How long a question that failed is not asked again: a dead DNS server must not be asked for every call. */
const FAILED_TTL_S = 5;
const SRV_PREFIX: Partial<Record<Protocol, string>> = { udp: '_sip._udp', tcp: '_sip._tcp', tls: '_sips._tcp' };
const NAPTR_SERVICE: Record<string, Protocol> = { 'SIP+D2U': 'udp', 'SIP+D2T': 'tcp', 'SIPS+D2T': 'tls' };

interface Cached {
  until: number;
  answer: Promise<Answer<unknown>>;
}

/** Finds the addresses, ports and transports of a URI (RFC 3263). Answers are cached for as long as they may be. */
export class ServerLocator {
  private readonly resolver: DnsResolver;
  private readonly protocols: readonly Protocol[];
  private readonly families: readonly (4 | 6)[];
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly cache = new Map<string, Cached>();

  constructor(resolver: DnsResolver = new SystemResolver(), options: LocatorOptions = {}) {
    this.resolver = resolver;
    this.protocols = options.protocols ?? ['udp', 'tcp'];
    this.families = options.families ?? [4, 6];
    const clock = options.clock ?? performance;
    this.now = () => clock.now();
    this.random = options.random ?? Math.random;
  }

  /** The target of a URI with a numeric address; undefined when DNS has to be asked or we lack the transport. */
  locateNow(uri: SipUri): Target | undefined {
    const host = hostOf(uri);
    if (isIP(host) === 0) return undefined;
    const protocol = this.protocolOf(uri) ?? (uri.scheme === 'sips' ? 'tls' : 'udp');
    if (!this.protocols.includes(protocol)) return undefined;
    return named({ protocol, address: host, port: uri.port ?? defaultPort(protocol) }, uri);
  }

  /**
   * The targets of a URI in the order in which they are to be tried. Empty when the name leads nowhere, when DNS does not
   * answer, when the scheme has no server (tel), or when we lack the transport it asks for.
   */
  async locate(uri: SipUri): Promise<Target[]> {
    return (await this.find(uri)).map((target) => named(target, uri));
  }

  private async find(uri: SipUri): Promise<Target[]> {
    if (uri.scheme !== 'sip' && uri.scheme !== 'sips') return [];
    const host = hostOf(uri);
    if (isIP(host) !== 0) {
      const target = this.locateNow(uri);
      return target ? [target] : [];
    }
    const wish = this.protocolOf(uri);
    if (wish !== undefined && !this.protocols.includes(wish)) return [];
    // A port in the URI leaves nothing for SRV to say (RFC 3263 sections 4.1 and 4.2).
    if (uri.port !== undefined) return this.byAddress(host, uri.port, wish ?? this.defaultProtocol(uri));
    if (wish !== undefined) {
      return (await this.bySrv(`${SRV_PREFIX[wish]}.${host}`, wish)) ?? this.byAddress(host, defaultPort(wish), wish);
    }
    const wanted = uri.scheme === 'sips' ? this.protocols.filter((protocol) => protocol === 'tls') : this.protocols;
    const found = (await this.byNaptr(host, wanted)) ?? (await this.byAnySrv(host, wanted));
    if (found) return found;
    const protocol = this.defaultProtocol(uri);
    return this.protocols.includes(protocol) ? this.byAddress(host, defaultPort(protocol), protocol) : [];
  }

  /** The transport a URI names: its parameter; "sips" with tcp means TLS. */
  private protocolOf(uri: SipUri): Protocol | undefined {
    const named = uri.transport;
    if (named === undefined) return undefined;
    if (uri.scheme === 'sips' && named === 'tcp') return 'tls';
    return named as Protocol;
  }

  private defaultProtocol(uri: SipUri): Protocol {
    return uri.scheme === 'sips' ? 'tls' : 'udp';
  }

  private async byNaptr(host: string, wanted: readonly Protocol[]): Promise<Target[] | undefined> {
    const { records } = await this.ask('naptr', host);
    const usable = records
      .map((record) => ({ ...record, protocol: NAPTR_SERVICE[record.service.toUpperCase()] }))
      .filter((record) => record.flags.toLowerCase() === 's' && record.protocol !== undefined && wanted.includes(record.protocol))
      .sort((a, b) => a.order - b.order || a.preference - b.preference);
    const targets: Target[] = [];
    for (const record of usable) targets.push(...((await this.bySrv(record.replacement, record.protocol!)) ?? []));
    return targets.length > 0 ? targets : undefined;
  }

  private async byAnySrv(host: string, wanted: readonly Protocol[]): Promise<Target[] | undefined> {
    const lists = await Promise.all(
      // _sips._tcp is for sips URIs (RFC 3263 section 4.1); wanted holds nothing but tls then.
      (wanted.length > 1 ? wanted.filter((protocol) => protocol !== 'tls') : wanted).map((protocol) =>
        SRV_PREFIX[protocol] === undefined ? undefined : this.bySrv(`${SRV_PREFIX[protocol]}.${host}`, protocol),
      ),
    );
    const found = lists.filter((list) => list !== undefined);
    return found.length > 0 ? found.flat() : undefined;
  }

  /** Undefined when there are no SRV records; empty when they say that the service is not offered. */
  private async bySrv(name: string, protocol: Protocol): Promise<Target[] | undefined> {
    const { records } = await this.ask('srv', name);
    if (records.length === 0) return undefined;
    const targets: Target[] = [];
    for (const record of this.ordered(records)) {
      if (record.name !== '.' && record.name !== '') targets.push(...(await this.byAddress(record.name, record.port, protocol)));
    }
    return targets;
  }

  private async byAddress(host: string, port: number, protocol: Protocol): Promise<Target[]> {
    const { records } = await this.ask('addresses', host);
    return this.families.flatMap((family) =>
      records.filter((record) => record.family === family).map(({ address }) => ({ protocol, address, port })),
    );
  }

  /** By priority, and within one priority at random by weight (RFC 2782). */
  private ordered(records: readonly SrvAnswer[]): SrvAnswer[] {
    // Weight 0 goes first, so that it has a small chance of being chosen.
    const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
    const out: SrvAnswer[] = [];
    while (left.length > 0) {
      const group = left.filter((record) => record.priority === left[0]!.priority);
      const total = group.reduce((sum, record) => sum + record.weight, 0);
      let mark = this.random() * total;
      let chosen = group[0]!;
      for (const record of group) {
        chosen = record;
        mark -= record.weight;
        if (mark <= 0) break;
      }
      out.push(chosen);
      left.splice(left.indexOf(chosen), 1);
    }
    return out;
  }

  private ask<T extends 'naptr' | 'srv' | 'addresses'>(type: T, name: string): ReturnType<DnsResolver[T]>;
  private async ask(type: 'naptr' | 'srv' | 'addresses', name: string): Promise<Answer<unknown>> {
    const key = `${type} ${name.toLowerCase()}`;
    const now = this.now();
    const cached = this.cache.get(key);
    if (cached && cached.until > now) return cached.answer;
    if (this.cache.size >= MAX_CACHED) this.dropOld(now);
    const answer: Promise<Answer<unknown>> = this.resolver[type](name).catch(() => ({ records: [], ttl: FAILED_TTL_S }));
    const entry: Cached = { until: Number.POSITIVE_INFINITY, answer };
    this.cache.set(key, entry);
    const { ttl } = await answer;
    entry.until = this.now() + Math.min(MAX_TTL_S, Math.max(MIN_TTL_S, ttl)) * 1000;
    return answer;
  }

  private dropOld(now: number): void {
    for (const [key, entry] of this.cache) if (entry.until <= now) this.cache.delete(key);
    if (this.cache.size >= MAX_CACHED) this.cache.clear();
  }
}

/** What leads over TLS must prove to be the host of the URI, whatever DNS made of it (RFC 5922 section 7.3). */
const named = (target: Target, uri: SipUri): Target => (target.protocol === 'tls' ? { ...target, serverName: uri.host } : target);

/** The maddr parameter overrides the host (RFC 3261 section 19.1.1). */
function hostOf(uri: SipUri): string {
  const maddr = uri.params.get('maddr');
  if (typeof maddr !== 'string') return uri.host;
  return maddr.startsWith('[') ? maddr.slice(1, -1) : maddr.toLowerCase();
}

const defaultPort = (protocol: Protocol): number => (protocol === 'tls' || protocol === 'wss' ? 5061 : 5060);
