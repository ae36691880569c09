import { describe, expect, it, vi } from 'vitest';
import { Directory } from './directory.ts';
import { isSource, SourceIndex } from './source-list.ts';
import { aGateway, aSubscriber, aTariff } from './testing.ts';

describe('Directory', () => {
  it('finds a subscriber by number and domain, also after both changed', () => {
    const directory = new Directory();
    directory.upsertSubscriber(aSubscriber({ id: 1, number: '1001' }));
    expect(directory.subscriber('1001', 'example.test')?.id).toBe(1);
    directory.upsertSubscriber(aSubscriber({ id: 1, number: '2001', domain: 'other.test' }));
    expect(directory.subscriber('1001', 'example.test')).toBeUndefined();
    expect(directory.subscriber('2001', 'other.test')?.id).toBe(1);
    directory.removeSubscriber(1);
    expect(directory.subscriber('2001', 'other.test')).toBeUndefined();
    expect(directory.subscriberCount).toBe(0);
  });

  it('prefers the alias of the domain over one for every domain', () => {
    const directory = new Directory();
    directory.upsertNumber({ id: 1, number: 'john', domain: null, kind: 'alias', subscriberId: 1, target: null });
    directory.upsertNumber({ id: 2, number: 'john', domain: 'b.test', kind: 'alias', subscriberId: 2, target: null });
    expect(directory.alias('john', 'a.test')?.subscriberId).toBe(1);
    expect(directory.alias('john', 'b.test')?.subscriberId).toBe(2);
    directory.removeNumber(2);
    expect(directory.alias('john', 'b.test')?.subscriberId).toBe(1);
    expect(directory.did('john')).toBeUndefined();
  });

  it('serves its domains whatever their case, and the default one', () => {
    const directory = new Directory();
    directory.updateSettings({ domain: 'Default.Test' });
    directory.addDomain('Example.TEST');
    expect(directory.serves('default.test')).toBe(true);
    expect(directory.serves('example.test')).toBe(true);
    expect(directory.serves('evil.test')).toBe(false);
  });

  it('knows the gateway that a call comes from, unless it is switched off', () => {
    const directory = new Directory();
    directory.upsertGateway(aGateway({ id: 1, host: '192.0.2.1', port: 5060, sources: ['198.51.100.0/24'] }));
    expect(directory.gatewayBySource('198.51.100.77', 9)?.id).toBe(1);
    expect(directory.gatewayBySource('192.0.2.1', 5060)?.id).toBe(1);
    expect(directory.gatewayBySource('192.0.2.1', 5070)).toBeUndefined();
    directory.upsertGateway(aGateway({ id: 1, enabled: false, sources: ['198.51.100.0/24'] }));
    expect(directory.gatewayBySource('198.51.100.77', 9)).toBeUndefined();
  });

  it('tells of changes until the listener leaves', () => {
    const directory = new Directory();
    const heard = vi.fn();
    const leave = directory.onChange(heard);
    directory.upsertTariff(aTariff({ id: 3 }));
    leave();
    directory.removeTariff(3);
    expect(heard.mock.calls).toEqual([[{ kind: 'tariff', action: 'upsert', id: 3 }]]);
  });
});

describe('SourceIndex', () => {
  it('matches addresses, networks, ports and IPv4 seen through IPv6', () => {
    const list = new SourceIndex<number>();
    list.add(['192.0.2.1', '198.51.100.0/24', '203.0.113.9:5060', '[2001:db8::1]:5070', '2001:db8:1::/48'], 1);
    expect(list.find('192.0.2.1', 1)).toBe(1);
    expect(list.find('::ffff:192.0.2.1', 1)).toBe(1);
    expect(list.find('198.51.101.1', 1)).toBeUndefined();
    expect(list.find('203.0.113.9', 5060)).toBe(1);
    expect(list.find('203.0.113.9', 5061)).toBeUndefined();
    expect(list.find('2001:db8::1', 5070)).toBe(1);
    expect(list.find('2001:db8:1:2::3', 1)).toBe(1);
  });

  it('refuses what is not an address', () => {
    for (const text of ['127', 'host.example', '192.0.2.0/33', '192.0.2.1:99999', '', '[::1']) expect(isSource(text), text).toBe(false);
    for (const text of ['192.0.2.1', '::1', '[::1]:5060', '10.0.0.0/8']) expect(isSource(text), text).toBe(true);
  });
});
