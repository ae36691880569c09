import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { answerBinding } from './stun-message.ts';
import { StunServer } from './stun-server.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');
const id = 'b7e7a701bc34d686fa87dfae';
const ask = (attributes = '', cookie = '2112a442') => {
  const body = hex(attributes);
  return Buffer.concat([hex('0001'), hex(body.length.toString(16).padStart(4, '0')), hex(cookie + id), body]);
};
const answerOf = (request: Buffer, address = '192.0.2.1', port = 32853) => {
  const answer = answerBinding(request, address, port);
  return answer.kind === 'dropped' ? undefined : answer.bytes;
};
const software = '80220008 4469616c746f6e65';

describe('STUN binding (RFC 5389)', () => {
  it('tells an IPv4 address XORed, as in RFC 5769 2.2', () => {
    const expected = hex(`01010018 2112a442${id} 00200008 0001a147e112a643 ${software}`);
    expect(answerOf(ask())).toEqual(expected);
  });

  it('tells an IPv6 address XORed, as in RFC 5769 2.3', () => {
    const expected = hex(`01010024 2112a442${id} 00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9 ${software}`);
    expect(answerOf(ask(), '2001:db8:1234:5678:11:2233:4455:6677')).toEqual(expected);
  });

  it('tells a client of RFC 3489 the address plain, and takes its wish to change nothing', () => {
    const expected = hex(`01010018 00000001${id} 00010008 00018055c0000201 ${software}`);
    expect(answerOf(ask('', '00000001'))).toEqual(expected);
    expect(answerOf(ask('0003000400000000', '00000001'))).toEqual(expected);
  });

  it('420 names what it does not understand: another address to answer from (CHANGE-REQUEST) or to (RESPONSE-ADDRESS)', () => {
    const refused = answerOf(ask('0003000400000006 00020008 0001 1f90 c0000263 7fff0000'))!;
    expect(refused.subarray(0, 2)).toEqual(hex('0111'));
    expect(refused.indexOf(hex('00000414'))).toBe(24);
    expect(refused.subarray(-12)).toEqual(hex('000a0006 0003 0002 7fff 0000'));
  });

  it('overlooks what need not be understood', () => {
    expect(answerOf(ask('80220004 74657374 c0570004 00000001'))?.subarray(0, 2)).toEqual(hex('0101'));
  });

  it('takes the fingerprint of the sample request of RFC 5769 2.1, answers with one, and drops a wrong one', () => {
    // Without PRIORITY and ICE-CONTROLLED, which belong to ICE and would be refused.
    const plain = ask('8022000c 53 54 55 4e 20 74 65 73 74 20 20 20');
    const signed = withFingerprint(plain);
    const answer = answerOf(signed)!;
    expect(answer.readUInt16BE(2)).toBe(answer.length - 20);
    expect(answer).toEqual(withFingerprint(Buffer.concat([answer.subarray(0, 2), hex('0018'), answer.subarray(4, -8)])));
    signed[signed.length - 1]! ^= 1;
    expect(answerOf(signed)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a short head', '00010000 2112a442'],
    ['a length that is not its own', `00010004 2112a442${id}`],
    ['a length that is no multiple of four', `00010002 2112a442${id} 0000`],
    ['an attribute that is cut off', `00010004 2112a442${id} 80220008`],
    ['a response', `01010000 2112a442${id}`],
    ['an indication', `00110000 2112a442${id}`],
    ['another method', `00030000 2112a442${id}`],
    ['SIP', Buffer.from('OPTIONS sip:x SIP/2.0\r\n\r\n').toString('hex')],
  ])('drops %s', (_, text) => {
    expect(answerOf(hex(text))).toBeUndefined();
  });

  it('never answers with much more than it was asked with, whatever is sent', () => {
    for (const request of [ask(), ask('7fff0000'.repeat(100)), withFingerprint(ask())])
      expect(answerOf(request)!.length).toBeLessThanOrEqual(request.length + 40);
  });
});

/** The attribute made by the bits, not by the code under test. */
function withFingerprint(request: Buffer): Buffer {
  const bytes = Buffer.from(request);
  bytes.writeUInt16BE(bytes.length - 20 + 8, 2);
  let crc = ~0;
  for (const octet of bytes) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const value = Buffer.alloc(4);
  value.writeUInt32BE((~crc ^ 0x5354554e) >>> 0);
  return Buffer.concat([bytes, hex('80280004'), value]);
}

describe('StunServer', () => {
  const closing: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
  });

  it.each([
    ['127.0.0.1', 'udp4'],
    ['::1', 'udp6'],
  ] as const)('answers on %s with the address and port of the one who asks', async (address, type) => {
    const server = new StunServer({ warn: () => undefined });
    closing.push(server);
    await server.start([{ address, port: 0 }]);
    const [listener] = server.listening;
    const socket = createSocket(type);
    closing.push(socket);
    socket.bind(0, address);
    await once(socket, 'listening');
    socket.send(ask(), listener!.port, address);
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(answer).toEqual(answerOf(ask(), address, socket.address().port));
    expect(server.stats).toEqual({ answered: 1, refused: 0, dropped: 0, limited: 0 });
  });

  it('a port in use is a warning, and the other listeners work', async () => {
    const taken = new StunServer({ warn: () => undefined });
    const warnings: string[] = [];
    const server = new StunServer({ warn: (message) => warnings.push(message) });
    closing.push(taken, server);
    await taken.start([{ address: '127.0.0.1', port: 0 }]);
    const [first] = taken.listening;
    await server.start([first!, { address: '127.0.0.1', port: 0 }]);
    expect(server.listening).toHaveLength(1);
    expect(warnings).toEqual([`No STUN on 127.0.0.1 port ${first!.port}: another program uses that port`]);
  });

  it('answers one address fifty times a second', () => {
    let now = 0;
    const server = new StunServer({ warn: () => undefined, now: () => now });
    const answered = () => Array.from({ length: 60 }, () => server.answer(ask(), '192.0.2.1', 4000)).filter(Boolean).length;
    expect(answered()).toBe(50);
    expect(server.answer(ask(), '192.0.2.2', 4000)).toBeDefined();
    now = 1_000;
    expect(answered()).toBe(50);
    expect(server.stats.limited).toBe(20);
  });
});
