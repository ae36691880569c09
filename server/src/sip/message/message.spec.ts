import { describe, expect, it } from 'vitest';
import {
  createRequest,
  createResponse,
  NameAddr,
  parseMessage,
  reasonPhrase,
  type SipRequest,
  type SipResponse,
  SipSyntaxError,
  SipUri,
  Via,
} from './index.ts';

const INVITE = [
  'INVITE sip:bob@example.net SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport, SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK2',
  'v: SIP/2.0/UDP 192.0.2.12;branch=z9hG4bK3',
  'Record-Route: <sip:p2.example.com;lr>',
  'X-Custom :  left   as is ',
  'Max-Forwards: 70',
  'Route: <sip:p1.example.com;lr>, <sip:p0.example.com;lr>',
  'From: "Alice" <sip:alice@example.com>;tag=a1',
  'To: <sip:bob@example.net>',
  'Timestamp: 54',
  'Call-ID: 1@192.0.2.10',
  'CSeq: 7 INVITE',
  'Contact: <sip:alice@192.0.2.10>',
  'Content-Type: text/plain',
  'Content-Length: 5',
  '',
  'hello',
];

function invite(): SipRequest {
  const result = parseMessage(Buffer.from(INVITE.join('\r\n'), 'latin1'));
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message as SipRequest;
}
const textOf = (message: { toBuffer(): Buffer }) => message.toBuffer().toString('latin1').split('\r\n');

describe('SipMessage', () => {
  it('finds a header by any of its names', () => {
    const message = invite();
    expect(message.get('VIA')).toBe(message.get('v'));
    expect(message.getAll('Via')).toHaveLength(2);
    expect(message.values('via')).toHaveLength(3);
    expect(message.get('x-custom')).toBe('left   as is');
    expect(message.get('Subject')).toBeUndefined();
    expect(message.has('i')).toBe(true);
    expect(message.headerNames().slice(0, 4)).toEqual(['Via', 'v', 'Record-Route', 'X-Custom']);
  });

  it('changes one line and leaves the others as they came', () => {
    const message = invite();
    message.set('Max-Forwards', '69');
    const expected = [...INVITE];
    expected[5] = 'Max-Forwards: 69';
    expect(textOf(message)).toEqual(expected);
    expect(message.maxForwards).toBe(69);
  });

  it('puts new lines where they belong', () => {
    const message = invite();
    message.prepend('Via', 'SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK0');
    message.prepend('Record-Route', '<sip:us.example.com;lr>');
    message.prepend('P-Top', '1');
    message.append('Via', 'SIP/2.0/UDP 192.0.2.13;branch=z9hG4bK4');
    message.append('P-End', '2');
    const names = message.headerNames();
    expect(names.slice(0, 6)).toEqual(['P-Top', 'Via', 'Via', 'v', 'Via', 'Record-Route']);
    expect(names.at(-1)).toBe('P-End');
    expect(message.topVia?.branch).toBe('z9hG4bK0');
    expect(message.recordRoutes.map((route) => route.uri.host)).toEqual(['us.example.com', 'p2.example.com']);
  });

  it('replaces all lines of a name by one in the place of the first', () => {
    const message = invite();
    message.set('Via', 'SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK0');
    expect(message.getAll('via')).toEqual(['SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK0']);
    expect(message.headerNames()[0]).toBe('Via');
    message.remove('v');
    expect(message.has('Via')).toBe(false);
    expect(message.topVia).toBeUndefined();
  });

  it('takes Vias and Routes off one by one', () => {
    const message = invite();
    expect([message.popVia()?.branch, message.popVia()?.branch, message.popVia()?.branch, message.popVia()]).toEqual([
      'z9hG4bK1',
      'z9hG4bK2',
      'z9hG4bK3',
      undefined,
    ]);
    expect(message.popRoute()?.uri.host).toBe('p1.example.com');
    expect(message.get('Route')).toBe('<sip:p0.example.com;lr>');
    expect(message.popRoute()?.uri.host).toBe('p0.example.com');
    expect([message.has('Route'), message.popRoute()]).toEqual([false, undefined]);
  });

  it('writes a changed topmost Via back and keeps the others of its line', () => {
    const message = invite();
    const via = message.topVia!.clone();
    via.received = '203.0.113.9';
    via.rport = 1024;
    message.updateTopVia(via);
    expect(message.topVia?.rport).toBe(1024);
    expect(message.vias.map((one) => one.toString())).toEqual([
      'SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport=1024;received=203.0.113.9',
      'SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK2',
      'SIP/2.0/UDP 192.0.2.12;branch=z9hG4bK3',
    ]);
  });

  it('parses a typed value once, until its header changes', () => {
    const message = invite();
    expect(message.from).toBe(message.from);
    const before = message.from;
    message.set('From', '<sip:eve@example.com>;tag=e');
    expect(message.from).not.toBe(before);
    expect(message.from.tag).toBe('e');
  });

  it('keeps Content-Length right', () => {
    const message = invite();
    message.setBody('äöü', 'text/plain');
    expect([message.get('l'), message.body.length]).toEqual(['6', 6]);
    message.setBody('');
    expect([message.get('Content-Length'), message.has('Content-Type')]).toEqual(['0', false]);
    message.remove('Content-Length');
    expect(textOf(message)).toContain('Content-Length: 0');
  });

  it('does not touch the original when its clone changes', () => {
    const message = invite();
    const copy = message.clone();
    copy.uri = SipUri.parse('sip:carol@192.0.2.99:5070');
    copy.remove('Route');
    copy.method = 'OPTIONS';
    copy.setBody('');
    expect(textOf(message)).toEqual(INVITE);
    expect(textOf(copy)[0]).toBe('OPTIONS sip:carol@192.0.2.99:5070 SIP/2.0');
  });
});

describe('header injection', () => {
  const evil = ['a\r\nX-Evil: 1', 'a\nX-Evil: 1', 'a\rX-Evil: 1', '\r\n\r\nbody'];

  it.each(evil)('is refused wherever a value can be set: %j', (value) => {
    const message = invite();
    const response = createResponse(message, 200);
    for (const attempt of [
      () => message.set('Subject', value),
      () => message.append('Subject', value),
      () => message.prepend('Subject', value),
      () => message.set(value, 'x'),
      () => createRequest('INVITE', 'sip:a@b', [['Subject', value]]),
      () => createRequest(value, 'sip:a@b', []),
      () => createRequest('INVITE', `sip:a@b${value}`, []),
      () => createResponse(message, 200, value),
      () => createResponse(message, 200, undefined, { toTag: value }),
      () => createResponse(message, 200, undefined, { headers: [['Contact', value]] }),
      () => message.setBody('x', value),
      () => {
        message.method = value;
      },
      () => {
        message.uriText = `sip:${value}`;
      },
      () => {
        response.reason = value;
      },
      () => new NameAddr(new SipUri('sip', 'a', 'b'), value),
      () => new NameAddr(new SipUri('sip', 'a', 'b')).params.set('x', value),
      () => message.set('Contact', new NameAddr(new SipUri('sip', 'a', `b${value}`)).toString()),
      () => message.updateTopVia(new Via('UDP', value)),
    ])
      expect(attempt).toThrow(SipSyntaxError);
    expect(message.toString()).not.toContain('X-Evil');
    expect(response.toString()).not.toContain('X-Evil');
  });

  it('escapes what a user part or URI parameter may not hold', () => {
    const uri = new SipUri('sip', 'a b@c\r\nX: >', 'example.com');
    uri.params.set('x', 'y;z\r\n');
    expect(uri.toString()).toBe('sip:a%20b%40c%0D%0AX%3A%20%3E@example.com;x=y%3Bz%0D%0A');
    expect(SipUri.parse(uri.toString()).user).toBe('a b@c\r\nX: >');
  });

  it('quotes what a display name or parameter may not hold', () => {
    const address = new NameAddr(new SipUri('sip', 'a', 'example.com'), 'Bob "<sip:eve@x>" \\');
    address.params.set('x', 'a;b="c"');
    expect(NameAddr.parse(address.toString()).displayName).toBe('Bob "<sip:eve@x>" \\');
    expect(NameAddr.parse(address.toString()).params.get('x')).toBe('a;b="c"');
    expect(NameAddr.parse(address.toString()).uri.toString()).toBe('sip:a@example.com');
  });
});

describe('createRequest', () => {
  it('keeps the order of the headers and adds Content-Length', () => {
    const request = createRequest(
      'MESSAGE',
      SipUri.parse('sip:bob@example.net'),
      [
        ['To', '<sip:bob@example.net>'],
        ['Content-Type', 'text/plain'],
      ],
      'Grüße',
    );
    expect(request.toBuffer().toString()).toBe(
      'MESSAGE sip:bob@example.net SIP/2.0\r\nTo: <sip:bob@example.net>\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nGrüße',
    );
  });

  it('sends names of people as UTF-8', () => {
    const from = new NameAddr(SipUri.parse('sip:a@b'), 'José 世');
    const request = createRequest('OPTIONS', 'sip:a@b', [
      ['From', from.toString()],
      ['Subject', '世界'],
    ]);
    expect(request.toBuffer().toString()).toContain('From: "José 世" <sip:a@b>\r\nSubject: 世界\r\n');
  });
});

describe('createResponse', () => {
  it('copies what a response repeats', () => {
    expect(textOf(createResponse(invite(), 180, undefined, { toTag: 'b1' }))).toEqual([
      'SIP/2.0 180 Ringing',
      ...INVITE.slice(1, 4),
      INVITE[7],
      'To: <sip:bob@example.net>;tag=b1',
      ...INVITE.slice(10, 12),
      'Content-Length: 0',
      '',
      '',
    ]);
  });

  it('gives a 100 the Timestamp, and neither Record-Route nor a tag', () => {
    const trying = createResponse(invite(), 100);
    expect([trying.get('Timestamp'), trying.has('Record-Route'), trying.to.tag]).toEqual(['54', false, undefined]);
    expect(createResponse(invite(), 404, undefined, { toTag: 'x' }).has('Record-Route')).toBe(false);
  });

  it('never adds a second tag', () => {
    const request = invite();
    for (const to of ['<sip:bob@example.net;tag=uri>;TAG=b1', 'sip:bob@example.net ; tag=b1', '"x>;tag=no" <sip:bob@example.net>;tag=b1']) {
      request.set('To', to);
      expect(createResponse(request, 200, undefined, { toTag: 'other' }).get('To')).toBe(to);
    }
    request.set('To', '"<;tag=1>" <sip:bob@example.net;tag=uri>');
    expect(createResponse(request, 200, undefined, { toTag: 'b2' }).to.tag).toBe('b2');
  });

  it('answers a request whose fields are broken', () => {
    const broken = INVITE.map((line) => (line.startsWith('CSeq') ? 'CSeq: x' : line.startsWith('To') ? 'To: "unterminated' : line));
    const result = parseMessage(Buffer.from(broken.join('\r\n')));
    if (result.ok || result.kind !== 'bad-request' || !result.message) throw new Error('should be answerable');
    const lines = textOf(createResponse(result.message, 400, result.reason, { toTag: 't' }));
    expect(lines).toContain('CSeq: x');
    expect(lines).toContain('Call-ID: 1@192.0.2.10');
  });

  it('carries a body and remembers where the request came from', () => {
    const response = createResponse(invite(), 200, 'Fine', {
      body: 'v=0\r\n',
      contentType: 'application/sdp',
      headers: [['Contact', '<sip:us>']],
    });
    expect([response.reason, response.get('c'), response.get('l'), response.get('m')]).toEqual([
      'Fine',
      'application/sdp',
      '5',
      '<sip:us>',
    ]);
    expect(() => createResponse(invite(), 99)).toThrow(SipSyntaxError);
  });
});

describe('SipResponse', () => {
  it('is parsed, changed and sent', () => {
    const result = parseMessage(createResponse(invite(), 486).toBuffer());
    const response = (result.ok ? result.message : undefined) as SipResponse;
    expect([response.kind, response.status, response.reason]).toEqual(['response', 486, 'Busy Here']);
    response.status = 480;
    response.reason = 'Away';
    expect(textOf(response)[0]).toBe('SIP/2.0 480 Away');
    expect(() => {
      response.status = 700;
    }).toThrow(SipSyntaxError);
  });

  it('has a phrase for every status', () => {
    expect([200, 482, 299, 699].map(reasonPhrase)).toEqual(['OK', 'Loop Detected', 'OK', 'Global Failure']);
  });
});
