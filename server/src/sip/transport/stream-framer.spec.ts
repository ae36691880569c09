import { describe, expect, it } from 'vitest';
import { StreamFramer } from './stream-framer.ts';

const message = (callId: string, body = '', length: string | number | undefined = Buffer.byteLength(body)) =>
  Buffer.from(
    [
      'MESSAGE sip:bob@example.net SIP/2.0',
      'Via: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bK1',
      'Max-Forwards: 70',
      'From: <sip:alice@example.com>;tag=1',
      'To: <sip:bob@example.net>',
      `Call-ID: ${callId}`,
      'CSeq: 1 MESSAGE',
      ...(length === undefined ? [] : [`Content-Length: ${length}`]),
      '',
      body,
    ].join('\r\n'),
  );

function framer(maxBytes = 65_536) {
  const events: string[] = [];
  const bytes: Buffer[] = [];
  const one = new StreamFramer(maxBytes, {
    onMessage: (got) => {
      events.push(`message ${got.callId}`);
      bytes.push(got.toBuffer());
    },
    onBadRequest: (request, status, reason) => events.push(`bad ${request.get('Call-ID')} ${status} ${reason}`),
    onPing: () => events.push('ping'),
    onBroken: (garbage) => events.push(garbage ? 'garbage' : 'broken'),
  });
  return { one, events, bytes };
}

describe('StreamFramer', () => {
  const first = message('first', 'Hello\r\n\r\nWorld');
  const second = message('second');
  const both = Buffer.concat([first, second]);

  it('cuts two messages out of one segment', () => {
    const { one, events, bytes } = framer();
    one.push(both);
    expect(events).toEqual(['message first', 'message second']);
    expect(Buffer.concat(bytes)).toEqual(both);
    expect(one.incomplete).toBe(false);
  });

  it('puts a message together wherever the stream is split', () => {
    for (let at = 1; at < both.length; at++) {
      const { one, events, bytes } = framer();
      one.push(both.subarray(0, at));
      one.push(both.subarray(at));
      expect(events, `split at ${at}`).toEqual(['message first', 'message second']);
      expect(Buffer.concat(bytes)).toEqual(both);
    }
  });

  it('puts messages together octet by octet', () => {
    const { one, events, bytes } = framer();
    for (const octet of both) one.push(Buffer.from([octet]));
    expect(events).toEqual(['message first', 'message second']);
    expect(Buffer.concat(bytes)).toEqual(both);
  });

  it('tells whether a message is unfinished', () => {
    const { one } = framer();
    one.push(first.subarray(0, -1));
    expect(one.incomplete).toBe(true);
    one.push(first.subarray(-1));
    expect(one.incomplete).toBe(false);
  });

  it('answers a double CRLF between messages, also when it comes in pieces, but not a single one', () => {
    const { one, events } = framer();
    one.push(Buffer.from('\r\n\r\n'));
    one.push(Buffer.concat([Buffer.from('\r\n'), second, Buffer.from('\r\n\r\n'), second]));
    for (const part of ['\r', '\n', '\r', '\n']) one.push(Buffer.from(part));
    expect(events).toEqual(['ping', 'message second', 'ping', 'message second', 'ping']);
  });

  it('takes a message without Content-Length as one without a body', () => {
    const { one, events } = framer();
    one.push(Buffer.concat([message('none', '', undefined), second]));
    expect(events).toEqual(['message none', 'message second']);
  });

  it.each([
    ['a message that is too long', message('long', '', 65_000), ['bad long 513 Message Too Large', 'broken']],
    [
      'a Content-Length without end',
      message('huge', '', '99999999999999999'),
      ['bad huge 400 Bad Content-Length: bad Content-Length', 'broken'],
    ],
    ['a negative Content-Length', message('minus', '', '-1'), ['bad minus 400 Bad Content-Length: bad Content-Length', 'broken']],
    ['another version', Buffer.from(message('v').toString().replace('SIP/2.0', 'SIP/3.0')), ['bad v 505 Version Not Supported', 'broken']],
    ['no SIP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ['garbage']],
    ['a head without end', Buffer.alloc(60_001, 'a'), ['garbage']],
    ['a CR alone', Buffer.from('\rX\r\n\r\n'), ['garbage']],
  ])('breaks on %s', (_name, bytes, expected) => {
    const whole = framer(60_000);
    whole.one.push(bytes);
    whole.one.push(second);
    expect(whole.events).toEqual(expected);
    const pieces = framer(60_000);
    for (let i = 0; i < bytes.length; i += 1_000) pieces.one.push(bytes.subarray(i, i + 1_000));
    pieces.one.push(second);
    expect(pieces.events).toEqual(expected);
  });

  it('does not copy more and more for a peer who sends octet by octet', () => {
    const { one, events } = framer(600_000);
    const bytes = message('slow', 'x'.repeat(500_000));
    // With a copy at each octet this would move 125 GB.
    for (let i = 0; i < bytes.length; i++) one.push(bytes.subarray(i, i + 1));
    expect(events).toEqual(['message slow']);
  });
});
