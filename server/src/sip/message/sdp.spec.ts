import { describe, expect, it } from 'vitest';
import { parseSdp, SipSyntaxError, serialiseSdp } from './index.ts';

const OFFER = [
  'v=0',
  'o=alice 2890844526 2890844527 IN IP4 192.0.2.10',
  's=-',
  'c=IN IP4 192.0.2.10',
  'b=AS:64',
  't=0 0',
  'a=X-odd:  left  ',
  'a=recvonly',
  'm=audio 49170/2 RTP/AVP 0 8 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'm=video 0 RTP/SAVPF 96',
  'c=IN IP6 2001:db8::1',
  'a=inactive',
  '',
].join('\r\n');

describe('sdp', () => {
  it('reads what an offer says', () => {
    const session = parseSdp(OFFER);
    expect(session.origin).toEqual({
      username: 'alice',
      sessionId: '2890844526',
      sessionVersion: '2890844527',
      netType: 'IN',
      addressType: 'IP4',
      address: '192.0.2.10',
    });
    const [audio, video] = session.media;
    expect([audio!.type, audio!.port, audio!.proto, audio!.formats, audio!.direction]).toEqual([
      'audio',
      49170,
      'RTP/AVP',
      ['0', '8', '101'],
      'recvonly',
    ]);
    expect([video!.type, video!.port, video!.direction, video!.effectiveConnection?.address]).toEqual([
      'video',
      0,
      'inactive',
      '2001:db8::1',
    ]);
    expect(audio!.effectiveConnection?.address).toBe('192.0.2.10');
    expect(audio!.attributes('rtpmap')).toEqual(['101 telephone-event/8000']);
    expect(session.values('b')).toEqual(['AS:64']);
  });

  it.each([OFFER, OFFER.replaceAll('\r\n', '\n'), OFFER.slice(0, -2), 'v=0\r\no=- 1 1 IN IP4 h\r\ns=\xe9\r\n'])(
    'leaves what it does not change',
    (text) => {
      expect(serialiseSdp(parseSdp(Buffer.from(text, 'latin1'))).toString('latin1')).toBe(text);
    },
  );

  it('changes port, formats, connection and direction', () => {
    const session = parseSdp(OFFER.slice(0, -2));
    session.origin = { ...session.origin, sessionVersion: '3', address: '198.51.100.1' };
    session.connection = { netType: 'IN', addressType: 'IP4', address: '198.51.100.1' };
    const [audio, video] = session.media;
    audio!.port = 30000;
    audio!.formats = ['0'];
    audio!.connection = { netType: 'IN', addressType: 'IP4', address: '198.51.100.2' };
    video!.direction = 'sendonly';
    expect(session.toString().split('\r\n')).toEqual([
      'v=0',
      'o=alice 2890844526 3 IN IP4 198.51.100.1',
      's=-',
      'c=IN IP4 198.51.100.1',
      'b=AS:64',
      't=0 0',
      'a=X-odd:  left  ',
      'a=recvonly',
      'm=audio 30000/2 RTP/AVP 0',
      'c=IN IP4 198.51.100.2',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'm=video 0 RTP/SAVPF 96',
      'c=IN IP6 2001:db8::1',
      'a=sendonly',
      '',
    ]);
  });

  it('adds lines after one without a line end', () => {
    const session = parseSdp('v=0\no=- 1 1 IN IP4 h\nm=audio 9 RTP/AVP 0');
    session.media[0]!.connection = { netType: 'IN', addressType: 'IP4', address: 'h' };
    expect(session.media[0]!.toString()).toBe('m=audio 9 RTP/AVP 0\r\nc=IN IP4 h\r\n');
    expect(() => session.media[0]!.addAttribute('x', 'y\r\na=evil')).toThrow(SipSyntaxError);
  });

  it.each([
    '',
    'hello',
    'v=1\r\no=- 1 1 IN IP4 h\r\n',
    'v=0\r\n',
    'v=0\r\no=- 1 1\r\n',
    'v=0\r\no=- 1 1 IN IP4 h\r\nm=audio\r\n',
    'v=0\r\no=- 1 1 IN IP4 h\r\nm=audio x RTP/AVP 0\r\n',
    'v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 70000 RTP/AVP 0\r\n',
    'v=0\r\no=- 1 1 IN IP4 h\r\nc=IN\r\n',
    'v=0\r\no=- 1 1 IN IP4 h\r\n\r\nx',
    `v=0\r\no=- 1 1 IN IP4 h\r\n${'m=audio 9 RTP/AVP 0\r\n'.repeat(65)}`,
    `v=0\r\no=- 1 1 IN IP4 h\r\n${'a=x\r\n'.repeat(2001)}`,
  ])('refuses a broken description (%#)', (text) => {
    expect(() => parseSdp(text)).toThrow(SipSyntaxError);
  });
});
