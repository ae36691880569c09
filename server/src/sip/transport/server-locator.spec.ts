import { describe, expect, it } from 'vitest';
import { SipUri } from '../message/index.ts';
import {
  type AddressAnswer,
  type DnsResolver,
  type LocatorOptions,
  type NaptrAnswer,
  ServerLocator,
  type SrvAnswer,
  type Target,
} from './index.ts';

class Zone implements DnsResolver {
  asked: string[] = [];
  readonly naptrs: Record<string, NaptrAnswer[]> = {};
  readonly srvs: Record<string, SrvAnswer[]> = {};
  readonly hosts: Record<string, string[]> = {};
  ttl = 60;
  down = false;

  naptr = (name: string) => this.answer('naptr', name, this.naptrs[name]);
  srv = (name: string) => this.answer('srv', name, this.srvs[name]);
  addresses = (name: string) =>
    this.answer<AddressAnswer>(
      'addresses',
      name,
      this.hosts[name]?.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

  private async answer<T>(type: string, name: string, records: T[] = []) {
    this.asked.push(`${type} ${name}`);
    if (this.down) throw new Error('no DNS server');
    return { records, ttl: this.ttl };
  }
}

const srv = (name: string, port: number, priority = 0, weight = 0): SrvAnswer => ({ name, port, priority, weight });
const naptr = (service: string, replacement: string, order = 0, preference = 0): NaptrAnswer => ({
  service,
  replacement,
  order,
  preference,
  flags: 's',
});
const text = (targets: Target[]) => targets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);

function set(options: LocatorOptions = {}) {
  const zone = new Zone();
  let now = 0;
  const locator = new ServerLocator(zone, { clock: { now: () => now }, random: () => 0, ...options });
  return {
    zone,
    locate: async (uri: string) => text(await locator.locate(SipUri.parse(uri))),
    now: (uri: string) => locator.locateNow(SipUri.parse(uri)),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('ServerLocator', () => {
  it.each([
    ['sip:a@192.0.2.1', 'udp 192.0.2.1 5060'],
    ['sip:a@192.0.2.1:5070;transport=TCP', 'tcp 192.0.2.1 5070'],
    ['sip:a@[2001:db8::1]', 'udp 2001:db8::1 5060'],
    ['sip:a@example.com;maddr=192.0.2.9', 'udp 192.0.2.9 5060'],
  ])('knows %s without asking', async (uri, expected) => {
    const { zone, locate, now } = set();
    expect(text([now(uri)!])).toEqual([expected]);
    expect(await locate(uri)).toEqual([expected]);
    expect(zone.asked).toEqual([]);
  });

  it('goes nowhere with a transport we lack, and to TLS for sips when we have it', async () => {
    const { locate, now } = set();
    expect([now('sips:a@192.0.2.1'), now('sip:a@192.0.2.1;transport=ws'), now('sip:a@example.com')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await locate('sips:a@192.0.2.1')).toEqual([]);
    expect(await locate('sip:a@example.com;transport=sctp')).toEqual([]);
    expect(await locate('tel:+4420')).toEqual([]);
    const secure = set({ protocols: ['udp', 'tcp', 'tls'] });
    expect(await secure.locate('sips:a@192.0.2.1')).toEqual(['tls 192.0.2.1 5061']);
    expect(await secure.locate('sips:a@192.0.2.1:5071;transport=tcp')).toEqual(['tls 192.0.2.1 5071']);
  });

  it('follows NAPTR, then SRV, then addresses, by order and preference', async () => {
    const { zone, locate } = set();
    zone.naptrs['example.com'] = [
      naptr('SIP+D2U', '_sip._udp.example.com', 20),
      naptr('SIPS+D2T', '_sips._tcp.example.com', 5),
      naptr('SIP+D2T', '_sip._tcp.example.com', 10),
    ];
    zone.srvs['_sip._tcp.example.com'] = [srv('s1.example.com', 5070)];
    zone.srvs['_sip._udp.example.com'] = [srv('s2.example.com', 5080)];
    zone.hosts['s1.example.com'] = ['192.0.2.1', '2001:db8::1'];
    zone.hosts['s2.example.com'] = ['192.0.2.2'];
    expect(await locate('sip:a@example.com')).toEqual(['tcp 192.0.2.1 5070', 'tcp 2001:db8::1 5070', 'udp 192.0.2.2 5080']);
  });

  it('asks for SRV of each transport when there is no NAPTR', async () => {
    const { zone, locate } = set();
    zone.srvs['_sip._tcp.example.com'] = [srv('s1.example.com', 5070)];
    zone.hosts['s1.example.com'] = ['192.0.2.1'];
    expect(await locate('sip:a@example.com')).toEqual(['tcp 192.0.2.1 5070']);
    expect(zone.asked).toEqual(['naptr example.com', 'srv _sip._udp.example.com', 'srv _sip._tcp.example.com', 'addresses s1.example.com']);
  });

  it('asks for the SRV of the transport that the URI names', async () => {
    const { zone, locate } = set();
    zone.srvs['_sip._tcp.example.com'] = [srv('s1.example.com', 5070)];
    zone.hosts['s1.example.com'] = ['192.0.2.1'];
    expect(await locate('sip:a@example.com;transport=tcp')).toEqual(['tcp 192.0.2.1 5070']);
    expect(zone.asked).not.toContain('naptr example.com');
  });

  it('asks for addresses alone when the URI has a port, or there is nothing else', async () => {
    const { zone, locate } = set();
    zone.hosts['example.com'] = ['192.0.2.1'];
    expect(await locate('sip:a@example.com:5099')).toEqual(['udp 192.0.2.1 5099']);
    expect(zone.asked).toEqual(['addresses example.com']);
    expect(await locate('sip:a@example.com')).toEqual(['udp 192.0.2.1 5060']);
    expect(await locate('sip:a@example.com;transport=tcp')).toEqual(['tcp 192.0.2.1 5060']);
    expect(await locate('sip:a@nowhere.example')).toEqual([]);
  });

  it('takes "." as "no such service here"', async () => {
    const { zone, locate } = set();
    zone.srvs['_sip._udp.example.com'] = [srv('.', 0)];
    zone.hosts['example.com'] = ['192.0.2.1'];
    expect(await locate('sip:a@example.com')).toEqual([]);
  });

  it('orders by priority, and within it by weight', async () => {
    const seen: Record<string, number> = {};
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const { zone, locate } = set({ random });
    zone.srvs['_sip._udp.example.com'] = [srv('c', 3, 20, 9), srv('a', 1, 10, 75), srv('b', 2, 10, 25), srv('z', 4, 10, 0)];
    for (const name of 'abcz') zone.hosts[name] = ['192.0.2.1'];
    for (let i = 0; i < 2_000; i++) {
      const targets = await locate('sip:x@example.com;transport=udp');
      expect(targets.at(-1)).toBe('udp 192.0.2.1 3');
      expect(new Set(targets).size).toBe(4);
      seen[targets[0]!] = (seen[targets[0]!] ?? 0) + 1;
    }
    expect(seen['udp 192.0.2.1 1']! / 2_000).toBeCloseTo(0.75, 1);
    expect(seen['udp 192.0.2.1 2']! / 2_000).toBeCloseTo(0.25, 1);
  });

  it('leaves out address families without a listener', async () => {
    const { zone, locate } = set({ families: [6] });
    zone.hosts['example.com'] = ['192.0.2.1', '2001:db8::1'];
    expect(await locate('sip:a@example.com:5060')).toEqual(['udp 2001:db8::1 5060']);
  });

  it('keeps answers for their time, and asks once for many at the same instant', async () => {
    const { zone, locate, pass } = set();
    zone.hosts['example.com'] = ['192.0.2.1'];
    const uri = 'sip:a@Example.com:5060';
    await Promise.all([locate(uri), locate(uri), locate(uri)]);
    expect(zone.asked).toHaveLength(1);
    pass(59_999);
    await locate(uri);
    expect(zone.asked).toHaveLength(1);
    pass(2);
    zone.hosts['example.com'] = ['192.0.2.2'];
    expect(await locate(uri)).toEqual(['udp 192.0.2.2 5060']);
    expect(zone.asked).toHaveLength(2);
  });

  it('gives nothing when DNS is down, and asks again soon', async () => {
    const { zone, locate, pass } = set();
    zone.hosts['example.com'] = ['192.0.2.1'];
    zone.down = true;
    expect(await locate('sip:a@example.com:5060')).toEqual([]);
    zone.down = false;
    expect(await locate('sip:a@example.com:5060')).toEqual([]);
    pass(5_001);
    expect(await locate('sip:a@example.com:5060')).toEqual(['udp 192.0.2.1 5060']);
  });

  it('finds a name of the hosts file by itself', async () => {
    const targets = await new ServerLocator(undefined, { families: [4] }).locate(SipUri.parse('sip:a@localhost:5060'));
    expect(text(targets)).toEqual(['udp 127.0.0.1 5060']);
  });
});
