import { beforeEach, describe, expect, it } from 'vitest';
import { buildRequest, type RequestFields, sourceOf } from '../../sip/testing/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';
import { Bench } from '../testing.ts';
import { callerReach, needsRelay, openReach, phoneReach } from './reach.ts';

const nobody = { sipAsymmetricAgents: [], rtpAsymmetricAgents: [] };
const router: Endpoint = { protocol: 'udp', address: '203.0.113.41', port: 40_002 };

const from = (seen: Endpoint, fields: RequestFields = {}) => {
  const request = buildRequest('INVITE', fields);
  request.source = sourceOf(seen);
  return request;
};
const atHome = { via: 'SIP/2.0/UDP 192.168.1.5:5060;rport;branch=z9hG4bK1', contact: '<sip:1001@192.168.1.5>' };

describe('how a side is reached', () => {
  it('a caller by his signalling and his session description; a gateway is never behind a NAT', () => {
    expect(callerReach(from(router, atHome), 'subscriber', nobody)).toEqual({
      address: '203.0.113.41',
      behindNat: true,
      rtpAsymmetric: false,
    });
    expect(callerReach(from(router, atHome), 'gateway', nobody).behindNat).toBe(false);
    const open = { via: 'SIP/2.0/UDP 203.0.113.41:40002;branch=z9hG4bK1', contact: '<sip:1001@203.0.113.41:40002>' };
    expect(callerReach(from(router, open), 'stranger', nobody).behindNat).toBe(false);
    const hidden = { ...open, body: 'v=0\r\nc=IN IP4 10.0.0.7\r\n' };
    expect(callerReach(from(router, hidden), 'stranger', nobody).behindNat).toBe(true);
  });

  it('G-42: a phone that sends media from elsewhere is known by its User-Agent, as caller and as callee', () => {
    const agents = { sipAsymmetricAgents: [], rtpAsymmetricAgents: ['Odd*9'] };
    const headers = ['User-Agent: Odd Phone 9'];
    expect(callerReach(from(router, { headers }), 'subscriber', agents).rtpAsymmetric).toBe(true);
    const bench = new Bench();
    bench.registerBob({ headers });
    expect(phoneReach(bench.node.registrar.bindingsOf(2)[0]!, agents)).toEqual({
      address: '192.0.2.20',
      behindNat: false,
      rtpAsymmetric: true,
    });
  });
});

describe('needsRelay (G-45)', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  const between = (a: string | undefined, b: string | undefined) => needsRelay(openReach(a), openReach(b));

  it('not between two that reach each other, public or in private networks', () => {
    expect(between('203.0.113.1', '198.51.100.1')).toBe(false);
    expect(between('192.168.1.5', '10.0.0.9')).toBe(false);
    expect(between('2001:db8::1', '2001:db8::2')).toBe(false);
    expect(between(undefined, '198.51.100.1')).toBe(false);
  });

  it('with one behind a NAT, whichever side', () => {
    bench.registerBob({ contact: '<sip:1002@192.168.1.5>', via: 'SIP/2.0/UDP 192.168.1.5;rport;branch=BRANCH' }, router);
    const phone = phoneReach(bench.node.registrar.bindingsOf(2)[0]!, nobody);
    expect(needsRelay(phone, openReach('198.51.100.1'))).toBe(true);
    expect(needsRelay(openReach('198.51.100.1'), phone)).toBe(true);
  });

  it('between a private network and the internet, and between IPv4 and IPv6', () => {
    expect(between('192.168.1.5', '198.51.100.1')).toBe(true);
    expect(between('198.51.100.1', '2001:db8::1')).toBe(true);
  });
});
