import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSdp } from '../../sip/message/sdp.ts';
import { describeMedium } from './description.ts';
import { rewrite } from './rewrite.ts';

const side = { advertise: '192.0.2.10', bind: '0.0.0.0', behindNat: false, asymmetric: false };

function described(text: string) {
  return parseSdp(text).media.map((media) => describeMedium(media, '', side));
}

function rewritten(
  text: string,
  { advertise = '198.51.100.1', first = 20_000, audible = undefined as ReadonlySet<string> | undefined } = {},
): string {
  const sdp = parseSdp(text);
  const media = described(text);
  const ports = media.map(({ kind, port }, index) => (kind === 'foreign' || port === 0 ? undefined : first + 2 * index));
  rewrite(sdp, { advertise, media, ports, audible });
  return sdp.toString();
}

const head = ['v=0', 'o=alice 1 2 IN IP4 10.0.0.5', 's=-', 'c=IN IP4 10.0.0.5', 't=0 0'];
const lines = (...more: string[]) => [...head, ...more, ''].join('\r\n');

describe('a rewritten session description', () => {
  it('has our addresses and ports, and all else as it came', () => {
    const text = lines('m=audio 4000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000', 'a=x-unknown:thing', 'a=sendrecv');
    expect(rewritten(text)).toBe(
      text
        .replace('o=alice 1 2 IN IP4 10.0.0.5', 'o=alice 1 2 IN IP4 198.51.100.1')
        .replace('c=IN IP4 10.0.0.5', 'c=IN IP4 198.51.100.1')
        .replace('4000', '20000'),
    );
  });

  it('goes from IPv4 to IPv6', () => {
    const text = rewritten(lines('m=audio 4000 RTP/AVP 0'), { advertise: '2001:db8::1' });
    expect(text).toContain('o=alice 1 2 IN IP6 2001:db8::1\r\n');
    expect(text).toContain('c=IN IP6 2001:db8::1\r\n');
    expect(text).not.toContain('10.0.0.5');
  });

  it('names nothing of the other side that media could take another way by', () => {
    const ice = [
      'a=ice-ufrag:x',
      'a=ice-pwd:y',
      'a=candidate:1 1 UDP 1 10.0.0.5 4000 typ host',
      'a=end-of-candidates',
      'a=rtcp:4001 IN IP4 10.0.0.5',
    ];
    const bundle = ['a=group:BUNDLE a v', 'a=group:LS a v', 'a=ice-lite', 'a=ice-options:trickle'];
    const text = rewritten(
      lines(...bundle, 'm=audio 4000 RTP/AVP 0', 'c=IN IP4 10.0.0.6', ...ice, 'a=mid:a', 'm=video 4002 RTP/AVP 96', ...ice, 'a=mid:v'),
    );
    expect(text).not.toMatch(/10\.0\.0|a=ice|candidate|BUNDLE/);
    expect(text).toContain('a=group:LS a v');
    expect(text).toContain('a=rtcp:20001\r\n');
    expect(text).toContain('a=rtcp:20003\r\n');
    expect(text).toContain('m=video 20002 RTP/AVP 96');
  });

  it('keeps a shared RTCP port shared, and the fall back of one that may not be', () => {
    const muxed = (port: number) => rewritten(lines('m=audio 4000 RTP/AVP 0', 'a=rtcp-mux', `a=rtcp:${port}`));
    expect(muxed(4000)).toContain('a=rtcp:20000\r\n');
    expect(muxed(4001)).toContain('a=rtcp:20001\r\n');
    expect(muxed(4001)).toContain('a=rtcp-mux\r\n');
  });

  it('keeps what the two sides need to agree on keys', () => {
    const keys = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc', 'a=fingerprint:sha-256 AB', 'a=setup:actpass'];
    for (const key of keys) expect(rewritten(lines('m=audio 4000 RTP/SAVP 0', ...keys))).toContain(key);
  });

  it('refuses what goes not over UDP, and passes T.38, video and what else does', () => {
    const text = lines(
      'm=image 4000 udptl t38',
      'm=video 4002 RTP/AVPF 96',
      'm=message 4004 TCP/MSRP *',
      'm=application 4006 UDP/BFCP *',
      'm=audio 0 RTP/AVP 0',
    );
    expect(rewritten(text).match(/^m=.*/gm)).toEqual([
      'm=image 20000 udptl t38',
      'm=video 20002 RTP/AVPF 96',
      'm=message 0 TCP/MSRP *',
      'm=application 20006 UDP/BFCP *',
      'm=audio 0 RTP/AVP 0',
    ]);
  });

  it('keeps a hold of the old kind a hold', () => {
    const held = lines('m=audio 4000 RTP/AVP 0').replace('c=IN IP4 10.0.0.5', 'c=IN IP4 0.0.0.0');
    expect(rewritten(held)).toContain('c=IN IP4 0.0.0.0\r\n');
    expect(rewritten(held, { advertise: '2001:db8::1' })).toContain('c=IN IP6 ::\r\n');
    const one = lines('m=audio 4000 RTP/AVP 0', 'm=video 4002 RTP/AVP 96', 'c=IN IP4 0.0.0.0');
    expect(rewritten(one).match(/^c=.*/gm)).toEqual(['c=IN IP4 198.51.100.1', 'c=IN IP4 0.0.0.0']);
  });

  it('leaves of an offer that is recorded what can be heard', () => {
    const maps = [
      'a=rtpmap:96 opus/48000/2',
      'a=fmtp:96 useinbandfec=1',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=crypto:1 A inline:b',
    ];
    const offer = lines('m=audio 4000 RTP/AVP 96 9 8 101', ...maps);
    const text = rewritten(offer, { audible: new Set(['0', '8']) });
    expect(text).toContain('m=audio 20000 RTP/AVP 8 101\r\n');
    expect(text).not.toMatch(/opus|:96|crypto/);
    expect(text).toContain('a=fmtp:101 0-16');
    expect(rewritten(lines('m=audio 4000 RTP/AVP 18'), { audible: new Set(['0']) })).toContain('RTP/AVP 18\r\n');
  });

  it('is the same for the same text, and stands being rewritten again', () => {
    const line = fc.constantFrom(
      'a=sendonly',
      'a=rtcp:9',
      'a=rtcp-mux',
      'c=IN IP4 0.0.0.0',
      'a=ice-ufrag:1',
      'a=candidate:1',
      'a=mid:x',
      'b=AS:64',
    );
    const medium = fc.tuple(
      fc.constantFrom('m=audio 1 RTP/AVP 0', 'm=image 3 udptl t38', 'm=audio 0 RTP/AVP 8', 'm=x 5 TCP/Y *'),
      fc.array(line, { maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(medium, { maxLength: 4 }), (media) => {
        const text = lines(...media.flatMap(([m, attributes]) => [m, ...attributes]));
        const once = rewritten(text);
        expect(rewritten(text)).toBe(once);
        expect(rewritten(once)).toBe(once);
      }),
    );
  });
});

describe('where media may be sent to', () => {
  const to = (ip: string, over = {}) => {
    const family = ip.includes(':') ? 'IP6' : 'IP4';
    const text = lines('m=audio 4000 RTP/AVP 0').replace('c=IN IP4 10.0.0.5', `c=IN ${family} ${ip}`);
    return describeMedium(parseSdp(text).media[0]!, '', { ...side, ...over }).rtp?.ip;
  };

  it.each(['0.0.0.0', '224.0.0.5', '239.1.2.3/127', '255.255.255.255', '127.0.0.1', '127.9.9.9', 'pc33.example.com', '2001:db8::1'])(
    'is not %s',
    (ip) => {
      expect(to(ip)).toBeUndefined();
    },
  );
  it.each(['::', 'ff02::1', '::1', '10.0.0.5'])('is not %s for a side of IPv6', (ip) => {
    expect(to(ip, { bind: '::', advertise: '2001:db8::2' })).toBeUndefined();
  });
  it('is loopback where the call is on loopback', () => {
    expect(to('127.0.0.1', { advertise: '127.0.0.1' })).toBe('127.0.0.1');
    expect(to('127.0.0.1', { signalling: '127.0.0.1' })).toBe('127.0.0.1');
  });
  it('is written as the kernel writes it', () => {
    expect(to('2001:DB8:0:0::7', { bind: '::', advertise: '2001:db8::2' })).toBe('2001:db8::7');
  });
});
