import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RelayOrder, type RelaySession, SdpRefused } from '../engine.ts';
import { isInstalled } from './own-daemon.ts';
import { Rtpengine } from './rtpengine.ts';
import { TRANSCODABLE } from './rtpengine-session.ts';
import { type Daemon, startDaemon } from './testing.ts';

const installed = isInstalled();
if (!installed) process.stdout.write('rtpengine is not tried: install the package rtpengine-daemon.\n');

const order = (more: Partial<RelayOrder> = {}): RelayOrder => {
  const side = { advertise: '127.0.0.1', bind: '127.0.0.1', behindNat: false, asymmetric: false };
  return { callId: `call-${Math.random()}`, sides: { caller: side, callee: side }, silenceSeconds: null, ...more };
};

const sdp = (port: number, formats = '0 8', extra: readonly string[] = [], proto = 'RTP/AVP') =>
  Buffer.from(
    [
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} ${proto} ${formats}`],
      ...extra,
      '',
    ].join('\r\n'),
  );
const own = { firstPort: 51_400, lastPort: 51_499, log: () => undefined };
const portIn = (text: Buffer): number => Number(/^m=audio (\d+)/m.exec(text.toString())?.[1]);

class Phone {
  readonly socket: Socket = createSocket('udp4');
  readonly got: Buffer[] = [];
  #seq = 0;

  static async make(): Promise<Phone> {
    const phone = new Phone();
    phone.socket.on('message', (bytes) => phone.got.push(bytes)).bind(0, '127.0.0.1');
    await once(phone.socket, 'listening');
    return phone;
  }
  get port(): number {
    return this.socket.address().port;
  }
  send(port: number, payloadType: number, payload: Buffer): void {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(payloadType, 1);
    header.writeUInt16BE(++this.#seq, 2);
    header.writeUInt32BE(this.#seq * 160, 4);
    header.writeUInt32BE(77, 8);
    this.socket.send(Buffer.concat([header, payload]), port, '127.0.0.1');
  }
}

describe.skipIf(!installed)('rtpengine', () => {
  let daemons: Daemon[];
  let engine: Rtpengine;
  let phones: Phone[];

  beforeAll(async () => {
    daemons = [await startDaemon(51_000), await startDaemon(51_200)];
  });
  afterAll(() => {
    for (const { process } of daemons) process.kill();
  });
  afterEach(async () => {
    await engine.close();
    for (const { socket } of phones) socket.close();
  });

  const start = async (more: Partial<Parameters<typeof Rtpengine.start>[0]> = {}) => {
    const nodes = daemons.map(({ port }) => ({ host: '127.0.0.1', port }));
    engine = await Rtpengine.start({ nodes, transcode: [], own, ...more });
    phones = [await Phone.make(), await Phone.make()];
    return phones as [Phone, Phone];
  };

  const connect = async (session: RelaySession, [a, b]: readonly [Phone, Phone], formats: readonly [string, string] = ['0 8', '0 8']) => {
    const offer = await session.pass('caller', sdp(a.port, formats[0]), 'offer');
    const answer = await session.pass('callee', sdp(b.port, formats[1]), 'answer');
    return { offer, answer, toCallee: portIn(answer), toCaller: portIn(offer) };
  };

  it('carries media both ways, and tells what passed', async () => {
    const pair = await start();
    const session = (await engine.open(order()))!;
    const { toCallee, toCaller } = await connect(session, pair);
    const [a, b] = pair;
    for (let i = 0; i < 10; i++) {
      a.send(toCallee, 0, Buffer.alloc(160, 0x11));
      b.send(toCaller, 0, Buffer.alloc(160, 0x22));
      await sleep(20);
    }
    await vi.waitFor(() => expect([a.got.length, b.got.length]).toEqual([10, 10]));
    expect(a.got[0]?.at(-1)).toBe(0x22);
    expect(b.got[0]?.at(-1)).toBe(0x11);
    const stats = await session.stats();
    expect([stats.caller.packets, stats.callee.packets]).toEqual([10, 10]);
    expect(stats.callee.remote).toBe(`127.0.0.1:${b.port}`);
    session.close();
    expect(engine.stats()).toMatchObject({ sessions: 0, packets: 20, losses: 0 });
  });

  it('says the same to a retransmission, and keeps its ports over a new offer of the other side', async () => {
    const [a, b] = await start();
    const session = (await engine.open(order()))!;
    const first = await connect(session, [a, b]);
    expect(await session.pass('callee', sdp(b.port), 'answer')).toEqual(first.answer);
    const again = await session.pass('callee', sdp(b.port, '8'), 'offer');
    expect(portIn(again)).toBe(first.toCallee);
    const answered = await session.pass('caller', sdp(a.port, '8'), 'answer');
    expect(portIn(answered)).toBe(first.toCaller);
    a.send(first.toCallee, 8, Buffer.alloc(160, 3));
    await vi.waitFor(() => expect(b.got).toHaveLength(1));
    session.close();
  });

  it('translates codecs for phones that have none in common', async () => {
    const pair = await start({ transcode: ['PCMA', 'PCMU'] });
    const [a, b] = pair;
    const session = (await engine.open(order()))!;
    const { offer, toCallee } = await connect(session, pair, ['0', '8']);
    expect(offer.toString()).toMatch(/^m=audio \d+ RTP\/AVP 0 8\r$/m);
    // 0xFF is silence in PCMU, 0xD5 in PCMA (G.711).
    for (let i = 0; i < 20; i++) {
      a.send(toCallee, 0, Buffer.alloc(160, 0xff));
      await sleep(20);
    }
    await vi.waitFor(() => expect(b.got.length).toBeGreaterThan(10));
    const [heard] = b.got.slice(-1);
    expect(heard![1]! & 0x7f).toBe(8);
    expect(heard!.at(-1)).toBe(0xd5);
    session.close();
  });

  it.each(TRANSCODABLE)('can speak %s to a phone that knows nothing else', async (codec) => {
    const pair = await start({ transcode: [codec] });
    const [a, b] = pair;
    const session = (await engine.open(order()))!;
    // The one codec the caller has is another one.
    const caller = codec === 'PCMA' ? '0' : '8';
    const offer = (await session.pass('caller', sdp(a.port, caller), 'offer')).toString();
    const type = new RegExp(`^a=rtpmap:(\\d+) ${codec}/`, 'm').exec(offer)?.[1];
    expect(type).toBeDefined();
    const rtpmap = /^a=rtpmap:.*$/gm;
    const mapped = offer.match(rtpmap)!.filter((line) => line.startsWith(`a=rtpmap:${type} `));
    const answer = await session.pass('callee', sdp(b.port, type, mapped), 'answer');
    for (let i = 0; i < 20; i++) {
      a.send(portIn(answer), Number(caller), Buffer.alloc(160, caller === '0' ? 0xff : 0xd5));
      await sleep(20);
    }
    await vi.waitFor(() => expect(b.got.length).toBeGreaterThan(5));
    expect(b.got.at(-1)![1]! & 0x7f).toBe(Number(type));
    session.close();
  });

  it('takes the encryption of the caller off for a callee without, and gives him an answer with keys', async () => {
    const [a, b] = await start();
    const session = (await engine.open(order()))!;
    const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WnD7c1ksDGs+dIefCEo8omPg4uO8DYIinNGL5yxQ';
    const offer = await session.pass('caller', sdp(a.port, '0', [crypto], 'RTP/SAVP'), 'offer');
    expect(offer.toString()).toMatch(/^m=audio \d+ RTP\/AVP 0\r$/m);
    // RFC 8643: he may encrypt, if he can.
    expect(offer.toString().match(/^a=crypto:/gm)?.length).toBeLessThanOrEqual(2);
    const answer = await session.pass('callee', sdp(b.port, '0'), 'answer');
    expect(answer.toString()).toMatch(/^m=audio \d+ RTP\/SAVP 0\r$/m);
    expect(answer.toString()).toContain('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:');
    b.send(portIn(offer), 0, Buffer.alloc(160, 0x55));
    await vi.waitFor(() => expect(a.got).toHaveLength(1));
    // 10 bytes of authentication (RFC 3711 4.2), and nothing that can be read.
    expect(a.got[0]).toHaveLength(12 + 160 + 10);
    expect(a.got[0]!.subarray(12, 172).equals(Buffer.alloc(160, 0x55))).toBe(false);
    session.close();
  });

  it('ends ICE and DTLS here', async () => {
    const [a] = await start();
    const session = (await engine.open(order()))!;
    const fingerprint = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;
    const lines = [
      ...[fingerprint, 'a=setup:actpass', 'a=ice-ufrag:abcd', 'a=ice-pwd:0123456789abcdef0123456789', 'a=rtcp-mux'],
      `a=candidate:1 1 UDP 2130706431 127.0.0.1 ${a.port} typ host`,
    ];
    const offer = (await session.pass('caller', sdp(a.port, '0', lines, 'UDP/TLS/RTP/SAVPF'), 'offer')).toString();
    expect(offer).toMatch(/^m=audio \d+ RTP\/AVP 0\r$/m);
    expect(offer).not.toMatch(/candidate|ice-|fingerprint/);
    const answer = (await session.pass('callee', sdp(40_000, '0'), 'answer')).toString();
    expect(answer).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 0\r$/m);
    expect(answer).toContain('a=fingerprint:');
    expect(answer).toContain('a=candidate:');
    session.close();
  });

  it.each([
    ['sdes', /^m=audio \d+ RTP\/SAVP 0\r$/m, /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/m],
    ['dtls', /^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 0\r$/m, /^a=fingerprint:/m],
  ] as const)(
    'offers a callee who insists nothing but %s, and again in what follows; the caller stays plain',
    async (protection, medium, keys) => {
      const [a, b] = await start();
      const session = (await engine.open(order({ protection, translated: ['callee'] })))!;
      const offer = (await session.pass('caller', sdp(a.port, '0'), 'offer')).toString();
      expect(offer).toMatch(medium);
      expect(offer).toMatch(keys);
      const [, proto] = /^m=audio \d+ (\S+)/m.exec(offer)!;
      const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WnD7c1ksDGs+dIefCEo8omPg4uO8DYIinNGL5yxQ';
      const print = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;
      const own = protection === 'sdes' ? [crypto] : [print, 'a=setup:active'];
      const answer = (await session.pass('callee', sdp(b.port, '0', own, proto), 'answer')).toString();
      expect(answer).toMatch(/^m=audio \d+ RTP\/AVP 0\r$/m);
      expect(answer).not.toMatch(/crypto|fingerprint/);
      const held = (await session.pass('caller', sdp(a.port, '0', ['a=sendonly']), 'offer')).toString();
      expect(held).toMatch(medium);
      expect(held).toMatch(keys);
      session.close();
    },
  );

  it('tells of silence, but not while somebody is on hold', async () => {
    const pair = await start();
    const session = (await engine.open(order({ silenceSeconds: 1 })))!;
    const silence = vi.fn();
    session.onSilence = silence;
    await connect(session, pair);
    session.answered();
    await session.pass('caller', sdp(pair[0].port, '0', ['a=sendonly']), 'offer');
    await session.pass('callee', sdp(pair[1].port, '0', ['a=recvonly']), 'answer');
    await sleep(2000);
    expect(silence).not.toHaveBeenCalled();
    await session.pass('caller', sdp(pair[0].port, '0'), 'offer');
    await session.pass('callee', sdp(pair[1].port, '0'), 'answer');
    await vi.waitFor(() => expect(silence).toHaveBeenCalledExactlyOnceWith(1), { timeout: 4000 });
    session.close();
  });

  it('refuses what is no session description', async () => {
    await start();
    const session = (await engine.open(order()))!;
    await expect(session.pass('caller', Buffer.from('hello'), 'offer')).rejects.toThrow(SdpRefused);
    session.close();
  });

  it('runs a daemon of its own where none is named, and starts it again when it ends', async () => {
    const logged = vi.fn();
    const pair = await start({ nodes: [], own: { ...own, log: logged } });
    const [a, b] = pair;
    const session = (await engine.open(order()))!;
    const lost = vi.fn();
    session.onLost = lost;
    const { toCallee, offer } = await connect(session, pair);
    expect(portIn(offer)).toBeGreaterThanOrEqual(own.firstPort);
    a.send(toCallee, 0, Buffer.alloc(160, 9));
    await vi.waitFor(() => expect(b.got).toHaveLength(1));
    spawnSync('pkill', ['-KILL', '-f', `listen-ng=127.0.0.1:${engine.nodes[0]!.address.port}`]);
    await vi.waitFor(() => expect(logged).toHaveBeenCalledWith(expect.stringContaining('started again')));
    await vi.waitFor(() => expect(lost).toHaveBeenCalled(), { timeout: 12_000 });
    await vi.waitFor(() => expect(engine.healthy).toBe(true), { timeout: 8000 });
    const next = (await engine.open(order()))!;
    expect(portIn((await connect(next, pair)).offer)).toBeGreaterThanOrEqual(own.firstPort);
    next.close();
  }, 30_000);

  it('goes on with another daemon when one dies, and tells the calls it had', async () => {
    const pair = await start();
    const sessions = [(await engine.open(order()))!, (await engine.open(order()))!];
    const lost = [vi.fn(), vi.fn()];
    for (const [i, session] of sessions.entries()) {
      session.onLost = lost[i]!;
      await connect(session, pair);
    }
    const unborn = (await engine.open(order()))!;
    daemons[0]!.process.kill('SIGKILL');
    // Nobody knows yet that it is dead: a call that it was to have goes to the other one.
    expect(portIn((await connect(unborn, pair)).offer)).toBeGreaterThanOrEqual(51_200);
    unborn.close();
    await expect(sessions[0]!.pass('caller', sdp(pair[0].port, '8'), 'offer')).rejects.toThrow(/No answer|closed/);
    expect(lost[0]).toHaveBeenCalledTimes(1);
    expect(lost[1]).not.toHaveBeenCalled();
    expect(engine.healthy).toBe(true);
    const next = [(await engine.open(order()))!, (await engine.open(order()))!];
    for (const session of next) expect(portIn((await connect(session, pair)).offer)).toBeGreaterThanOrEqual(51_200);
    daemons[1]!.process.kill('SIGKILL');
    await expect(next[0]!.pass('caller', sdp(pair[0].port, '8'), 'offer')).rejects.toThrow('No answer');
    expect(lost[1]).toHaveBeenCalledTimes(1);
    expect(await engine.open(order())).toBeUndefined();
  });
});
