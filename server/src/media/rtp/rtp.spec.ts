import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtp, parseRtp, rtpHeaderLength } from './packet.ts';
import { Reception } from './reception.ts';
import { buildRtcp, isRtcp, looksLikeRtcp } from './rtcp.ts';
import { addToTimestamp, nextSequence, sequenceDistance, timestampDistance } from './sequence.ts';

const packet = (over: Partial<Parameters<typeof buildRtp>[0]> = {}) =>
  buildRtp({ payloadType: 0, marker: false, sequence: 7, timestamp: 160, ssrc: 99, payload: Buffer.from('sound'), ...over });

describe('an RTP packet', () => {
  it('is read as it was built', () => {
    const word = fc.nat(0xffffffff);
    const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    const fields = fc.record({
      payloadType: fc.nat(127),
      marker: fc.boolean(),
      sequence: fc.nat(0xffff),
      timestamp: word,
      ssrc: word,
      payload,
    });
    fc.assert(
      fc.property(fields, (given) => {
        expect(parseRtp(buildRtp(given))).toEqual(given);
      }),
    );
  });

  it('may carry CSRCs, an extension and padding', () => {
    const bytes = Buffer.concat([
      packet({ payload: Buffer.alloc(0) }),
      Buffer.alloc(8),
      Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]),
      Buffer.from([5, 0, 0, 3]),
    ]);
    bytes[0] = 0x80 | 0x20 | 0x10 | 2;
    expect(rtpHeaderLength(bytes)).toBe(12 + 8 + 8);
    expect(parseRtp(bytes)?.payload).toEqual(Buffer.from([5]));
  });

  const broken: Record<string, (bytes: Buffer) => Buffer> = {
    'version 0': (bytes) => bytes.fill(bytes[0]! & 0x3f, 0, 1),
    'version 1': (bytes) => bytes.fill((bytes[0]! & 0x3f) | 0x40, 0, 1),
    'version 3': (bytes) => bytes.fill(bytes[0]! | 0xc0, 0, 1),
    'less than a header': (bytes) => bytes.subarray(0, 11),
    nothing: (bytes) => bytes.subarray(0, 0),
    'CSRCs that are not there': (bytes) => bytes.fill(0x8f, 0, 1),
    'an extension of which the length is missing': (bytes) => bytes.fill(0x90, 0, 1).subarray(0, 14),
    'an extension longer than the packet': (bytes) => {
      bytes[0] = 0x90;
      bytes.writeUInt16BE(0xffff, 14);
      return bytes;
    },
    'padding longer than the packet': (bytes) => bytes.fill(0xa0, 0, 1).fill(200, bytes.length - 1),
    'padding of 0 bytes': (bytes) => bytes.fill(0xa0, 0, 1).fill(0, bytes.length - 1),
  };
  it.each(Object.entries(broken))('with %s is none', (_, damage) => {
    const bytes = damage(packet());
    expect(rtpHeaderLength(bytes)).toBe(0);
    expect(parseRtp(bytes)).toBeUndefined();
  });

  it('never reads past the end, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const length = rtpHeaderLength(Buffer.from(bytes));
        expect(length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('RTCP', () => {
  const cname = 'dialtone@192.0.2.1';
  it('is told from RTP by its second byte', () => {
    expect(looksLikeRtcp(buildRtcp({ ssrc: 1, cname }))).toBe(true);
    expect(looksLikeRtcp(packet({ marker: true, payloadType: 0 }))).toBe(false);
    expect(looksLikeRtcp(packet({ marker: true, payloadType: 101 }))).toBe(false);
  });

  it('is a compound of whole words', () => {
    const sent = { at: Date.UTC(2026, 0, 1), timestamp: 5, packets: 6, bytes: 7 };
    const received = { ssrc: 2, fractionLost: 128, lost: 3, highestSequence: 70000, jitter: 11 };
    const bytes = buildRtcp({ ssrc: 1, cname, sent, received, last: true });
    const types: number[] = [];
    let at = 0;
    while (at < bytes.length) {
      expect(isRtcp(bytes.subarray(at))).toBe(true);
      types.push(bytes[at + 1]!);
      at += 4 * (1 + bytes.readUInt16BE(at + 2));
    }
    expect(at).toBe(bytes.length);
    expect(types).toEqual([200, 202, 203]);
    expect(bytes.readUInt32BE(8)).toBe(2_208_988_800 + sent.at / 1000);
  });

  it('that claims more than there is, is none', () => {
    const bytes = buildRtcp({ ssrc: 1, cname });
    bytes.writeUInt16BE(0xffff, 2);
    expect(isRtcp(bytes)).toBe(false);
    expect(isRtcp(Buffer.from([0x80, 200]))).toBe(false);
  });
});

describe('sequence numbers', () => {
  it('go round', () => {
    expect(nextSequence(65535)).toBe(0);
    expect(sequenceDistance(2, 65534)).toBe(4);
    expect(sequenceDistance(65534, 2)).toBe(-4);
    expect(addToTimestamp(0xffffffff, 2)).toBe(1);
    expect(timestampDistance(1, 0xffffffff)).toBe(2);
    expect(timestampDistance(0xffffffff, 1)).toBe(-2);
  });
});

describe('reception', () => {
  const receive = (sequences: number[], reception = new Reception(), ssrc = 1) => {
    for (const [n, sequence] of sequences.entries()) reception.note(ssrc, sequence, n * 160, 1000 + n * 20, 8);
    return reception;
  };

  it('counts what is missing, over the wrap', () => {
    expect(receive([65533, 65534, 1, 2]).lost).toBe(2);
  });
  it('takes packets out of order as there', () => {
    expect(receive([1, 3, 2, 4]).lost).toBe(0);
  });
  it('is never negative for packets that came twice', () => {
    expect(receive([1, 1, 1, 2]).lost).toBe(0);
  });
  it('begins anew with a new source and keeps the loss of the old one', () => {
    const reception = receive([1, 3]);
    expect(receive([60000, 60001], reception, 2).lost).toBe(1);
  });
  it('has no jitter for a steady stream, and some for an unsteady one', () => {
    expect(receive([1, 2, 3, 4]).jitterMs).toBe(0);
    const reception = new Reception();
    for (let n = 0; n < 400; n += 1) reception.note(1, n, n * 160, 1000 + n * 20 + (n % 2) * 8, 8);
    expect(reception.jitterMs).toBeCloseTo(8, 0);
  });
});
