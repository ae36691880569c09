import { describe, expect, it } from 'vitest';
import { answerTo, buildRequest, type RequestFields } from '../sip/testing/index.ts';
import {
  contactIsPrivate,
  isBehindNat,
  isPrivate,
  natTest,
  natTests,
  natTestsFor,
  portIsNotVia,
  type Seen,
  sdpIsPrivate,
  sourceIsNotVia,
  viaIsPrivate,
} from './nat.ts';

const at = (address: string, port = 5060, protocol: Seen['protocol'] = 'udp'): Seen => ({ protocol, address, port });
const router = at('203.0.113.7', 40_000);
const all = natTest.contact | natTest.source | natTest.via | natTest.sdp | natTest.port;

/** What a phone at 192.168.1.5 says of itself, in its home. */
const phone = (method = 'INVITE', fields: RequestFields = {}) =>
  buildRequest(method, {
    via: 'SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK1;rport',
    contact: '<sip:1001@192.168.1.5:5060>',
    body: 'v=0\r\no=- 1 1 IN IP4 192.168.1.5\r\ns=-\r\nc=IN IP4 192.168.1.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n',
    ...fields,
  });

describe('isPrivate', () => {
  it.each([
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.3.4',
    '127.0.0.1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])('%s', (host) => expect(isPrivate(host)).toBe(true));
  it.each(['172.15.0.1', '172.32.0.1', '11.0.0.1', '192.169.0.1', '100.128.0.1', '203.0.113.7', '2001:db8::1', 'phone.example.org', ''])(
    'not %s',
    (host) => expect(isPrivate(host)).toBe(false),
  );
});

describe('the five tests (G-37)', () => {
  it('all but that of the port hit a phone behind a router that gives the port away', () => {
    expect(natTests(phone(), router, all)).toBe(1 + 2 + 4 + 8 + 16);
    expect(natTests(phone(), at('203.0.113.7', 5060), all)).toBe(1 + 2 + 4 + 8);
  });

  it('none hits the same phone in the network of the server: a private address alone tells of no NAT', () => {
    expect(natTests(phone(), at('192.168.1.5'), all)).toBe(0);
  });

  it('1: the Contact, 4: the Via, 8: the session description', () => {
    const open = { via: 'SIP/2.0/UDP 203.0.113.7:40000;branch=z9hG4bK1;rport', contact: '<sip:1001@203.0.113.7:40000>', body: '' };
    expect(contactIsPrivate(phone('INVITE', { ...open, contact: '<sip:1001@10.1.2.3>' }), router)).toBe(true);
    expect(viaIsPrivate(phone('INVITE', { ...open, via: 'SIP/2.0/UDP 172.16.0.9;branch=z9hG4bK1' }), router)).toBe(true);
    expect(sdpIsPrivate(phone('INVITE', { ...open, body: 'v=0\r\nc=IN IP4 10.0.0.2\r\n' }), router)).toBe(true);
    expect(sdpIsPrivate(phone('INVITE', { ...open, body: 'v=0\r\nc=IN IP4 203.0.113.9\r\n' }), router)).toBe(false);
    expect(natTests(phone('INVITE', open), router, all)).toBe(0);
  });

  it('2: the Via names another address, however an IPv6 address is written', () => {
    expect(sourceIsNotVia(phone(), router)).toBe(true);
    const six = phone('INVITE', { via: 'SIP/2.0/UDP [2001:DB8:0::0:1]:5060;branch=z9hG4bK1' });
    expect(sourceIsNotVia(six, at('2001:db8::1'))).toBe(false);
    expect(sourceIsNotVia(six, at('2001:db8::2'))).toBe(true);
  });

  it('16: another port, of a phone that asks for rport and whose Contact means the place of its Via', () => {
    const via = 'SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK1';
    const contact = '<sip:1001@203.0.113.7:5060>';
    expect(portIsNotVia(phone('INVITE', { via: `${via};rport`, contact }), router)).toBe(true);
    expect(portIsNotVia(phone('INVITE', { via, contact }), router)).toBe(false);
    expect(portIsNotVia(phone('INVITE', { via: `${via};rport`, contact: '<sip:1001@203.0.113.8>' }), router)).toBe(false);
    expect(portIsNotVia(phone('INVITE', { via: `${via};rport`, contact }), { ...router, protocol: 'tcp' })).toBe(false);
  });
});

describe('which tests count (G-38)', () => {
  const viaOnly = { via: 'SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bK1', contact: '<sip:1001@203.0.113.7:40000>', body: '' };

  it('of a response the Contact alone', () => {
    const response = answerTo(buildRequest('INVITE'), 200, { contact: '<sip:1002@10.0.0.3>' });
    expect(natTests(response, router, natTestsFor.response)).toBe(natTest.contact);
    expect(natTests(response, at('10.0.0.3'), natTestsFor.response)).toBe(0);
  });

  it('of requests the head, never the session description', () => {
    expect(isBehindNat(phone(), router, [])).toBe(true);
    expect(isBehindNat(phone('REGISTER', viaOnly), router, [])).toBe(true);
    const sdpOnly = { via: 'SIP/2.0/UDP 203.0.113.7:40000;branch=z9hG4bK1;rport', contact: '<sip:1001@203.0.113.7:40000>' };
    expect(isBehindNat(phone('INVITE', sdpOnly), router, [])).toBe(false);
  });

  it('not what a proxy sends for somebody else', () => {
    expect(isBehindNat(phone('INVITE', { headers: ['Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK0'] }), router, [])).toBe(false);
    expect(isBehindNat(phone('INVITE', { headers: ['Record-Route: <sip:203.0.113.7;lr>'] }), router, [])).toBe(false);
  });

  it('G-42: not for a phone known to send from elsewhere than it listens', () => {
    const odd = phone('REGISTER', { headers: ['User-Agent: Cisco-CP7960G/8.0'] });
    expect(isBehindNat(odd, router, ['Cisco-CP79'])).toBe(false);
    expect(isBehindNat(odd, router, ['Snom'])).toBe(true);
  });
});
