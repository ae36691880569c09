import { expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import { aGateway } from '../directory/testing.ts';
import { SipUri } from '../sip/message/index.ts';
import { settle } from '../sip/testing/index.ts';
import type { Target } from '../sip/transport/types.ts';
import { PhoneLocator } from './phone-locator.ts';

const names: Record<string, string> = { 'gw.test': '198.51.100.9', 'evil.test': '198.51.100.9', 'phone.test': '192.0.2.7' };
const at = (uri: SipUri, address: string): Target => ({ protocol: 'udp', address, port: uri.port ?? 5060 });
const inner = {
  locateNow: (uri: SipUri) => (/^\d/.test(uri.host) ? at(uri, uri.host) : undefined),
  locate: async (uri: SipUri) => (names[uri.host] ? [at(uri, names[uri.host]!)] : []),
};

it('leads to phones, but to no gateway, by address or by name', async () => {
  const directory = new Directory();
  const locator = new PhoneLocator(inner, directory);
  directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1', port: 5070 }));
  const now = (text: string) => locator.locateNow(SipUri.parse(text))?.address;
  const later = async (text: string) => (await locator.locate(SipUri.parse(text))).map(({ address }) => address);
  expect(now('sip:00@198.51.100.1:5070')).toBeUndefined();
  expect(now('sip:00@198.51.100.1:5070;transport=tcp')).toBeUndefined();
  expect(now('sip:1001@198.51.100.1:5080')).toBe('198.51.100.1');
  directory.upsertGateway(aGateway({ id: 2, host: 'gw.test', port: 5060 }));
  await settle();
  expect(now('sip:00@198.51.100.9')).toBeUndefined();
  expect(await later('sip:00@evil.test')).toEqual([]);
  expect(await later('sip:1001@phone.test')).toEqual(['192.0.2.7']);
  directory.removeGateway(2);
  expect(await later('sip:1001@evil.test')).toEqual(['198.51.100.9']);
});

it('knows an address in whatever way it is written, and the other addresses that a gateway may call from', () => {
  const directory = new Directory();
  const all = { ...inner, locateNow: (uri: SipUri) => (/^[\d:]|::/.test(uri.host) ? at(uri, uri.host) : undefined) };
  const locator = new PhoneLocator(all, directory);
  directory.upsertGateway(aGateway({ id: 1, host: '2001:db8::9', sources: ['203.0.113.0/28', '203.0.113.99:5070'] }));
  directory.upsertGateway(aGateway({ id: 2, host: '198.51.100.1' }));
  const now = (text: string) => locator.locateNow(SipUri.parse(text))?.address;
  expect(now('sip:00@[2001:0db8:0:0::9]')).toBeUndefined();
  expect(now('sip:00@[::ffff:198.51.100.1]')).toBeUndefined();
  expect(now('sip:00@203.0.113.7:5080')).toBeUndefined();
  expect(now('sip:00@203.0.113.99:5070')).toBeUndefined();
  expect(now('sip:1001@203.0.113.99:5060')).toBe('203.0.113.99');
});

it('leads to no gateway that is switched off: it goes on trusting us', async () => {
  const directory = new Directory();
  const locator = new PhoneLocator(inner, directory);
  const off = { enabled: false, host: '198.51.100.1', port: 5070, sources: ['203.0.113.0/28'] };
  directory.upsertGateway(aGateway({ id: 1, ...off }));
  directory.upsertGateway(aGateway({ id: 2, enabled: false, host: 'gw.test' }));
  await settle();
  for (const host of ['198.51.100.1:5070', '203.0.113.7', '198.51.100.9']) {
    expect(locator.locateNow(SipUri.parse(`sip:00@${host}`)), host).toBeUndefined();
  }
  expect(await locator.locate(SipUri.parse('sip:00@evil.test'))).toEqual([]);
  // Trusted as a caller it is not.
  expect(directory.gatewayBySource('203.0.113.7', 5060)).toBeUndefined();
  directory.removeGateway(1);
  expect(locator.locateNow(SipUri.parse('sip:1001@203.0.113.7'))?.address).toBe('203.0.113.7');
});
