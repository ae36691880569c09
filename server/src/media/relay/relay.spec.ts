import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PCMA, PCMU } from '../codecs/codec.ts';
import { encodeAlaw, encodeUlaw } from '../codecs/g711.ts';
import type { RecordOrder, RelayOrder, RelaySession, SideMedia } from '../engine.ts';
import { SdpRefused } from '../engine.ts';
import { parseRtp } from '../rtp/packet.ts';
import { buildRtcp } from '../rtp/rtcp.ts';
import { amplitudeOf, joined, tones } from '../testing/sound.ts';
import { BuiltInRelay } from './built-in-relay.ts';
import { Phone, type Place, placeIn } from './testing/phone.ts';

const here: SideMedia = { advertise: '127.0.0.1', bind: '127.0.0.1', signalling: '127.0.0.1', behindNat: false, asymmetric: false };
const range = { first: 21_000, last: 21_999 };
const rtcp = (name: string) => buildRtcp({ ssrc: 7, cname: name });

let engine: BuiltInRelay;
let faults: string[];
const phones: Phone[] = [];

function startEngine(over: Partial<ConstructorParameters<typeof BuiltInRelay>[0]> = {}): void {
  faults = [];
  engine = new BuiltInRelay({ range, workers: 1, onFault: (what) => faults.push(what), ...over });
}

beforeEach(() => startEngine());
afterEach(async () => {
  await engine.close();
  for (const phone of phones.splice(0)) phone.close();
});

async function phone(ip?: string): Promise<Phone> {
  const made = await Phone.make(ip);
  phones.push(made);
  return made;
}

interface Opening {
  caller?: Partial<SideMedia>;
  callee?: Partial<SideMedia>;
  silenceSeconds?: number | null;
  record?: RecordOrder;
}

async function open({ caller, callee, silenceSeconds = null, record }: Opening = {}): Promise<RelaySession> {
  const sides = { caller: { ...here, ...caller }, callee: { ...here, ...callee } };
  const order: RelayOrder = { callId: 'call-1', sides, silenceSeconds, ...(record ? { record } : {}) };
  const session = await engine.open(order);
  if (!session) throw new Error('no session');
  return session;
}

interface Connected {
  session: RelaySession;
  a: Phone;
  b: Phone;
  /** Where each phone sends to. */
  toB: Place;
  toA: Place;
}

/** A call from a to b, answered. */
async function connect(opening: Opening = {}, [a, b]: [Phone?, Phone?] = [], more: { a?: object; b?: object } = {}): Promise<Connected> {
  const [one, other] = [a ?? (await phone()), b ?? (await phone())];
  const session = await open(opening);
  const toA = placeIn(await session.pass('caller', one.sdp(more.a), 'offer'));
  const toB = placeIn(await session.pass('callee', other.sdp(more.b), 'answer'));
  session.answered();
  return { session, a: one, b: other, toA, toB };
}

async function talk({ a, b, toA, toB }: Connected, word: string): Promise<void> {
  a.say(`${word} from a`, toB);
  await b.hears(`${word} from a`);
  b.say(`${word} from b`, toA);
  await a.hears(`${word} from b`);
}

describe('a relayed call', () => {
  it('carries RTP and RTCP both ways, byte by byte', async () => {
    const call = await connect();
    await talk(call, 'hello');
    const packet = call.a.packet(Buffer.from([1, 2, 3]), 111);
    call.a.send(packet, call.toB);
    await vi.waitFor(() => expect(call.b.got.some((bytes) => bytes.equals(packet))).toBe(true));
    call.a.sendControl(rtcp('a'), call.toB);
    call.b.sendControl(rtcp('b'), call.toA);
    await vi.waitFor(() => expect([call.a.gotControl, call.b.gotControl]).toEqual([[rtcp('b')], [rtcp('a')]]));
  });

  it('tells each side our address, another port for each, even, of the range', async () => {
    const { toA, toB } = await connect();
    expect(new Set([toA.port, toB.port]).size).toBe(2);
    for (const { ip, port } of [toA, toB]) {
      expect(ip).toBe('127.0.0.1');
      expect(port % 2).toBe(0);
      expect(port).toBeGreaterThanOrEqual(range.first);
      expect(port).toBeLessThan(range.last);
    }
  });

  it('gives the same text for the same text', async () => {
    const [a, b] = [await phone(), await phone()];
    const session = await open();
    const offer = await session.pass('caller', a.sdp(), 'offer');
    expect(await session.pass('caller', a.sdp(), 'offer')).toEqual(offer);
    const answer = await session.pass('callee', b.sdp(), 'answer');
    session.answered();
    expect(await session.pass('callee', b.sdp(), 'answer')).toEqual(answer);
    expect(await session.pass('caller', a.sdp(), 'offer')).toEqual(offer);
  });

  it('has media before the answer', async () => {
    const [a, b] = [await phone(), await phone()];
    const session = await open();
    const toA = placeIn(await session.pass('caller', a.sdp(), 'offer'));
    b.say('ringing', toA);
    await a.hears('ringing');
  });

  it('is offered late: by the side that answers', async () => {
    const [a, b] = [await phone(), await phone()];
    const session = await open();
    const toB = placeIn(await session.pass('callee', b.sdp(), 'offer'));
    const toA = placeIn(await session.pass('caller', a.sdp(), 'answer'));
    await talk({ session, a, b, toA, toB }, 'late');
  });

  it('joins IPv6 and IPv4', async () => {
    const six = { advertise: '::1', bind: '::', signalling: '::1' };
    const call = await connect({ callee: six }, [undefined, await phone('::1')]);
    expect(call.toA.ip).toBe('::1');
    await talk(call, 'families');
    expect((await call.session.stats()).callee.remote).toBe(`[::1]:${call.b.port}`);
  });

  it('shares one port for RTP and RTCP where both sides want that, and only there', async () => {
    const muxed = await connect({}, [], { a: { more: ['a=rtcp-mux'] }, b: { more: ['a=rtcp-mux'] } });
    muxed.a.send(rtcp('a'), muxed.toB);
    await vi.waitFor(() => expect(muxed.b.got).toEqual([rtcp('a')]));
    const half = await connect({}, [], { a: { more: ['a=rtcp-mux'] } });
    half.b.sendControl(rtcp('b'), half.toA);
    await vi.waitFor(() => expect(half.a.gotControl).toEqual([rtcp('b')]));
  });

  it('passes video and T.38', async () => {
    const [a, b, videoA, videoB] = [await phone(), await phone(), await phone(), await phone()];
    const session = await open();
    await session.pass('caller', a.sdp({ more: [`m=video ${videoA.port} RTP/AVP 96`] }), 'offer');
    const answer = await session.pass('callee', b.sdp({ more: [`m=video ${videoB.port} RTP/AVP 96`] }), 'answer');
    videoA.say('picture', placeIn(answer, 1));
    await videoB.hears('picture');
    const fax = (one: Phone) => Buffer.from(one.sdp({ version: 2 }).toString().replace('RTP/AVP 0', 'udptl t38'));
    expect(placeIn(await session.pass('callee', fax(b), 'offer'))).toEqual(placeIn(answer));
    const toA = placeIn(await session.pass('caller', fax(a), 'answer'));
    b.rtp.send(Buffer.from('no RTP at all'), toA.port, toA.ip);
    await vi.waitFor(() => expect(a.got.map(String)).toContain('no RTP at all'));
  });

  it('lets DTLS pass where a fingerprint was exchanged', async () => {
    const keys = { more: ['a=fingerprint:sha-256 AB:CD', 'a=setup:actpass'], proto: 'UDP/TLS/RTP/SAVP' };
    const { a, b, toB } = await connect({}, [], { a: keys, b: keys });
    const hello = Buffer.concat([Buffer.from([22, 0xfe, 0xff]), Buffer.alloc(40)]);
    a.send(hello, toB);
    await vi.waitFor(() => expect(b.got).toEqual([hello]));
  });

  it('refuses what cannot be read, and what cannot be relayed', async () => {
    const session = await open();
    await expect(session.pass('caller', Buffer.from('nonsense'), 'offer')).rejects.toThrow(SdpRefused);
    const chat = Buffer.from(
      (await phone())
        .sdp()
        .toString()
        .replace(/^m=.*$/m, 'm=message 4000 TCP/MSRP *'),
    );
    await expect(session.pass('caller', chat, 'offer')).rejects.toThrow('No medium of this session description goes over UDP');
  });

  it('counts what each side sent, what is missing, and where it is', async () => {
    const call = await connect();
    const { session } = call;
    await talk(call, 'hello');
    call.a.sequence += 3;
    await talk(call, 'again');
    const { caller, callee } = await session.stats();
    expect(caller).toMatchObject({ packets: 2, lost: 3, strangers: 0, invalid: 0, remote: `127.0.0.1:${call.a.port}` });
    expect(callee).toMatchObject({ packets: 2, lost: 0, bytes: 2 * 12 + 'hello from b'.length + 'again from b'.length });
    session.close();
    expect((await session.stats()).caller.packets).toBe(2);
  });
});

describe('a change during a call', () => {
  it('moves the media of a side when it is answered, and not when it is refused', async () => {
    const call = await connect();
    await talk(call, 'one');
    const elsewhere = await phone('127.0.0.2');
    await call.session.pass('caller', elsewhere.sdp({ version: 2 }), 'offer');
    await talk(call, 'refused');
    await call.session.pass('caller', elsewhere.sdp({ version: 3 }), 'offer');
    await call.session.pass('callee', call.b.sdp({ version: 2 }), 'answer');
    call.b.say('moved', call.toA);
    await elsewhere.hears('moved');
    await talk({ ...call, a: elsewhere }, 'two');
  });

  it('keeps the ports of a medium that is refused for it, closed until it is wanted', async () => {
    const [a, b] = [await phone(), await phone()];
    const session = await open();
    const withVideo = (version: number) => a.sdp({ version, more: [`m=video ${a.port + 2} RTP/AVP 96`] });
    const offer = await session.pass('caller', withVideo(1), 'offer');
    await session.pass('callee', b.sdp({ more: ['m=video 0 RTP/AVP 96'] }), 'answer');
    await vi.waitFor(() => expect(engine.stats().portsOpen).toBe(8), { timeout: 3000 });
    session.answered();
    await vi.waitFor(() => expect(engine.stats().portsOpen).toBe(4), { timeout: 3000 });
    expect(placeIn(await session.pass('caller', withVideo(2), 'offer'), 1)).toEqual(placeIn(offer, 1));
    await vi.waitFor(() => expect(engine.stats().portsOpen).toBe(8), { timeout: 3000 });
  });
});

describe('ports', () => {
  it('are open while a call uses them, and not afterwards', async () => {
    const { session } = await connect();
    await vi.waitFor(() => expect(engine.stats()).toMatchObject({ sessions: 1, portsOpen: 4, ports: 1000 }), { timeout: 3000 });
    session.close();
    await session.stats();
    await vi.waitFor(() => expect(engine.stats()).toMatchObject({ sessions: 0, portsOpen: 0 }), { timeout: 3000 });
  });

  it('that are all used leave no room for a call; it has room again when one ends', async () => {
    await engine.close();
    startEngine({ range: { first: 22_000, last: 22_007 }, workers: 2 });
    const calls = [await open(), await open()];
    await expect(open()).rejects.toThrow('no session');
    calls[0]!.close();
    await calls[0]!.stats();
    await open();
    expect(faults).toEqual([]);
  });

  it('that are left for one medium only give that one', async () => {
    await engine.close();
    startEngine({ range: { first: 22_010, last: 22_015 } });
    const session = await open();
    const offer = await session.pass('caller', (await phone()).sdp({ more: ['m=video 4000 RTP/AVP 96'] }), 'offer');
    expect(offer.toString()).toMatch(/m=audio 220\d\d RTP[\s\S]*m=video 0 RTP/);
  });

  it('on an address this machine has not give no call, and say why', async () => {
    await expect(open({ callee: { bind: '192.0.2.1' } })).rejects.toThrow('no session');
    expect(faults.join()).toContain('EADDRNOTAVAIL');
    await open();
  });
});

describe('faults', () => {
  it.each([
    ['version 0', (bytes: Buffer) => bytes.fill(0x00, 0, 1)],
    ['version 1', (bytes: Buffer) => bytes.fill(0x40, 0, 1)],
    ['version 3', (bytes: Buffer) => bytes.fill(0xc0, 0, 1)],
    ['a huge extension', (bytes: Buffer) => bytes.fill(0x90, 0, 1).fill(0xff, 14, 16)],
    ['too little', (bytes: Buffer) => bytes.subarray(0, 5)],
    ['nothing', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['RTCP on the port for RTP', () => rtcp('lost')],
    ['STUN', () => Buffer.concat([Buffer.from([0, 1, 0, 0]), Buffer.alloc(16)])],
  ])('RTP with %s goes nowhere and does no harm', async (_, damage) => {
    const call = await connect();
    call.a.send(damage(call.a.packet()), call.toB);
    await talk(call, 'hello');
    expect(call.b.got).toHaveLength(1);
    expect((await call.session.stats()).caller).toMatchObject({ packets: 1, invalid: 1 });
  });

  it('garbage on the port for RTCP goes nowhere', async () => {
    const call = await connect();
    call.a.sendControl(Buffer.from('garbage that is no RTCP'), call.toB);
    call.a.sendControl(rtcp('real'), call.toB);
    await vi.waitFor(() => expect(call.b.gotControl).toEqual([rtcp('real')]));
  });

  it('another SSRC from the same address is a new stream of the same side', async () => {
    const call = await connect();
    await talk(call, 'one');
    call.a.ssrc = 123_456;
    call.a.sequence = 5;
    await talk(call, 'two');
    expect((await call.session.stats()).caller).toMatchObject({ packets: 2, lost: 0, strangers: 0 });
  });

  it('a flood from a third address neither takes the stream nor stops it', async () => {
    const call = await connect();
    await talk(call, 'before');
    const third = await phone('127.0.0.3');
    for (let n = 0; n < 2000; n += 1) {
      third.send(third.packet(Buffer.from('flood')), n % 2 ? call.toA : call.toB);
      if (n % 100 === 0) await sleep(1);
    }
    await talk(call, 'after');
    expect(call.a.heard).not.toContain('flood');
    expect(call.b.heard).not.toContain('flood');
    expect(third.got).toEqual([]);
    const { caller, callee } = await call.session.stats();
    expect(caller.strangers + callee.strangers).toBeGreaterThan(1000);
    expect(caller.packets).toBe(2);
  });

  it('a stranger who is first behind NAT loses the stream to the one at the address of the signalling', async () => {
    const nat = { behindNat: true, signalling: '127.0.0.2' };
    const [a, third] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
    const call = await connect({ caller: nat }, [a], { a: { c: '10.1.1.1' } });
    third.say('steal', call.toB);
    await call.b.hears('steal');
    await talk(call, 'mine');
    third.say('steal again', call.toB);
    await talk(call, 'still mine');
    expect(call.b.heard).not.toContain('steal again');
    expect(third.heard).not.toContain('still mine from b');
  });

  it('a worker that is killed costs its calls only; it is started again', async () => {
    await engine.close();
    startEngine({ workers: 2 });
    const lost: string[] = [];
    const first = await connect();
    first.session.onLost = (why) => lost.push(why);
    engine.hands[0]!.kill('killed by the test');
    expect(lost).toEqual(['killed by the test']);
    expect(engine.stats()).toMatchObject({ losses: 1, sessions: 0 });
    expect(faults.join()).toContain('killed by the test');
    // While the first worker starts again, the second one takes calls; and it goes on when the first is lost once more.
    const survivor = await connect();
    expect(engine.hands.map((hand) => hand.sessions)).toEqual([0, 1]);
    await vi.waitFor(() => expect(engine.hands[0]!.isAlive).toBe(true), { timeout: 5000 });
    const next = await connect();
    expect(engine.hands.map((hand) => hand.sessions)).toEqual([1, 1]);
    await talk(next, 'on the new worker');
    await expect(first.session.pass('caller', first.a.sdp(), 'offer')).rejects.toThrow('lost this call');
    engine.hands[0]!.kill('killed again');
    await talk(survivor, 'still');
    first.session.close();
    expect((await first.session.stats()).caller.packets).toBe(0);
  });

  it('leaves a call that is passing a session description when the worker dies with an error', async () => {
    const { session, a } = await connect();
    const passing = session.pass('caller', a.sdp({ version: 2 }), 'offer');
    engine.hands[0]!.kill('killed by the test');
    await expect(passing).rejects.toThrow('The relay is gone');
    await vi.waitFor(() => open(), { timeout: 5000, interval: 100 });
  });
});

describe('silence', () => {
  async function silent(opening: Opening = {}): Promise<Connected & { told: number[] }> {
    const call = await connect({ silenceSeconds: 1, ...opening });
    const told: number[] = [];
    call.session.onSilence = (seconds) => told.push(seconds);
    return { ...call, told };
  }

  it('of both sides is told once', async () => {
    const { told } = await silent();
    await vi.waitFor(() => expect(told).toEqual([1]), { timeout: 4000 });
    await sleep(1500);
    expect(told).toEqual([1]);
  });

  it('is none while one side is heard, but rubbish is not heard', async () => {
    const { a, told, toB } = await silent();
    for (let n = 0; n < 6; n += 1) {
      a.say('still here', toB);
      await sleep(500);
    }
    expect(told).toEqual([]);
    const rubbish = setInterval(() => a.send(Buffer.from('rubbish'), toB), 100);
    await vi.waitFor(() => expect(told).toEqual([1]), { timeout: 4000 });
    clearInterval(rubbish);
  });

  it('is none on hold, and counts again afterwards', async () => {
    const { session, a, b, told } = await silent();
    await session.pass('caller', a.sdp({ version: 2, more: ['a=sendonly'] }), 'offer');
    await session.pass('callee', b.sdp({ version: 2, more: ['a=recvonly'] }), 'answer');
    await sleep(2500);
    expect(told).toEqual([]);
    await session.pass('caller', a.sdp({ version: 3 }), 'offer');
    await session.pass('callee', b.sdp({ version: 3 }), 'answer');
    await vi.waitFor(() => expect(told).toEqual([1]), { timeout: 4000 });
  });

  it('is none on a hold of the old kind, during which nothing is sent to who holds', async () => {
    const call = await silent();
    await talk(call, 'before');
    await call.session.pass('caller', call.a.sdp({ version: 2, c: '0.0.0.0' }), 'offer');
    await call.session.pass('callee', call.b.sdp({ version: 2 }), 'answer');
    call.b.say('unheard', call.toA);
    await sleep(2500);
    expect(call.told).toEqual([]);
    await call.session.pass('caller', call.a.sdp({ version: 3 }), 'offer');
    await call.session.pass('callee', call.b.sdp({ version: 3 }), 'answer');
    await talk(call, 'after');
    expect(call.a.heard).not.toContain('unheard');
  });

  it('does not count before the answer', async () => {
    const session = await open({ silenceSeconds: 1 });
    const told: number[] = [];
    session.onSilence = (seconds) => told.push(seconds);
    await sleep(2500);
    expect(told).toEqual([]);
  });
});

describe('a recording', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialtone-relay-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Each side's sound, 8 kHz. */
  function channels(file: string): [Int16Array, Int16Array] {
    const bytes = readFileSync(file);
    expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt32LE(40)).toBeLessThanOrEqual(bytes.length - 44);
    const samples = (channel: number) =>
      Int16Array.from({ length: Math.floor(bytes.readUInt32LE(40) / 4) }, (_, n) => bytes.readInt16LE(44 + 4 * n + 2 * channel));
    return [samples(0), samples(1)];
  }

  const recorded = (beepEverySeconds: number | null = null) =>
    connect({ record: { file: join(folder, 'call.wav'), beepEverySeconds } }, [], { a: { formats: '0 8' }, b: { formats: '0 8' } });

  /** Both phones play a tone for so long, a in mu-law, b in A-law. */
  async function play({ a, b, toA, toB }: Connected, ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let n = 0; performance.now() < until; n += 1) {
      a.send(a.packet(Buffer.from(encodeUlaw(tones(8000, [500], 20, 8000, n * 160))), PCMU.payloadType), toB);
      b.send(b.packet(Buffer.from(encodeAlaw(tones(8000, [1000], 20, 8000, n * 160))), PCMA.payloadType), toA);
      await sleep(20);
    }
  }

  it('has the caller to the left and the callee to the right, with gaps as silence', async () => {
    const call = await recorded();
    await play(call, 1000);
    // Muted: the timestamps go on.
    await sleep(1000);
    call.a.timestamp += 8000;
    await play({ ...call, b: await phone('127.0.0.9') }, 1000);
    call.session.close();
    await call.session.stats();
    const [left, right] = channels(join(folder, 'call.wav'));
    expect(left.length / 8000).toBeGreaterThan(2.9);
    expect(left.length / 8000).toBeLessThan(6);
    const second = (pcm: Int16Array, from: number) => pcm.subarray(from * 8000, (from + 0.5) * 8000);
    expect(amplitudeOf(second(left, 0.3), 8000, 500)).toBeGreaterThan(4000);
    expect(amplitudeOf(second(left, 0.3), 8000, 1000)).toBeLessThan(500);
    expect(amplitudeOf(second(right, 0.3), 8000, 1000)).toBeGreaterThan(4000);
    expect(amplitudeOf(second(right, 0.3), 8000, 500)).toBeLessThan(500);
    expect(amplitudeOf(second(left, 1.4), 8000, 500)).toBeLessThan(1000);
    expect(amplitudeOf(left.subarray(-6000), 8000, 500)).toBeGreaterThan(2000);
    expect(amplitudeOf(right.subarray(-6000), 8000, 1000)).toBeLessThan(500);
  });

  it('is a whole file when the worker is killed', async () => {
    const call = await recorded();
    await play(call, 3500);
    engine.hands[0]!.kill('killed by the test');
    const [left] = channels(join(folder, 'call.wav'));
    expect(left.length).toBeGreaterThanOrEqual(8000);
    expect(amplitudeOf(left.subarray(2000, 8000), 8000, 500)).toBeGreaterThan(4000);
  });

  it('is heard by both sides as a beep, where that is wanted', async () => {
    const beepIn = ({ got }: Phone, decode: (payload: Uint8Array) => Int16Array) =>
      amplitudeOf(joined(got.map((bytes) => decode(parseRtp(bytes)!.payload))), 8000, 1400);
    const beeping = await recorded(2);
    await play(beeping, 2500);
    expect(beepIn(beeping.b, PCMU.decoder())).toBeGreaterThan(200);
    expect(beepIn(beeping.a, PCMA.decoder())).toBeGreaterThan(200);
    const quiet = await recorded(null);
    await play(quiet, 1500);
    expect(beepIn(quiet.b, PCMU.decoder())).toBeLessThan(50);
  });

  it('that cannot be written is told, and the call goes on', async () => {
    const call = await connect({ record: { file: join(folder, 'no', 'such', 'folder.wav'), beepEverySeconds: null } });
    await talk(call, 'hello');
    await vi.waitFor(() => expect(faults.join()).toContain('call-1 cannot be recorded'));
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});
