import { describe, expect, it } from 'vitest';
import { gatewayPatch, isHost, isTrustedSource, newGateway } from './gateway.schemas.ts';

const minimal = { name: 'carrier', host: '192.0.2.1', prefix: '00' };

describe('gateway schemas', () => {
  it.each(['192.0.2.1', '2001:db8::1', 'sip.example.org', 'gw1', 'a-b.example', 'x1.y2'])('takes %s for a host', (host) => {
    expect(isHost(host)).toBe(true);
  });
  it.each([
    '',
    '192.0.2',
    '192.0.2.256',
    'gw:5060',
    'sip:gw',
    'gw;lr',
    'a b',
    'gw\r\nX: y',
    '-gw',
    'gw-',
    'a..b',
    '<gw>',
    '[::1]',
    `${'a'.repeat(64)}.org`,
  ])('does not take %j for a host', (host) => {
    expect(isHost(host)).toBe(false);
  });

  it('takes addresses and blocks for sources, but not half the Internet', () => {
    expect(['192.0.2.1', '192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32', '192.0.2.1:5070'].filter((text) => !isTrustedSource(text))).toEqual(
      [],
    );
    expect(['0.0.0.0/0', '::/0', '128.0.0.0/1', 'gw.example.org', '192.0.2.0/33', 'x'].filter(isTrustedSource)).toEqual([]);
  });

  it('takes the least there is, and nothing unknown', () => {
    expect(newGateway.safeParse(minimal).success).toBe(true);
    expect(newGateway.safeParse({ ...minimal, id: 3 }).success).toBe(false);
    expect(gatewayPatch.safeParse({}).success).toBe(true);
  });

  it.each([
    { name: '' },
    { name: 'a\nb' },
    { host: 'gw;transport=tcp' },
    { port: 0 },
    { port: 65_536 },
    { prefix: '00a' },
    { prefix: '0'.repeat(40) },
    { strip: -1 },
    { strip: 1.5 },
    { add: '<>' },
    { username: 'a\r\nb' },
    { password: 'ä' },
    { priority: -1 },
    { maxCalls: 0 },
    { sources: ['everyone'] },
    { transport: 'carrier-pigeon' },
    { ringTimeout: 0 },
  ])('refuses %j', (fault) => {
    expect(newGateway.safeParse({ ...minimal, ...fault }).success).toBe(false);
  });
});
