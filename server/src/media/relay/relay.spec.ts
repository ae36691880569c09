import { describe, expect, it, vi } from 'vitest';
import { SdpRefused } from '../engine.ts';
import { type Phone, placeIn } from './testing/phone.ts';
import { connect, eachTestHasAnEngine, open, phone, range, rig, rtcp, startEngine, talk } from './testing/rig.ts';

eachTestHasAnEngine();

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

  it('refuses more media than a call can mean, so that one call does not have all the ports', async () => {
    const session = await open();
    const many = `${(await phone()).sdp()}${'m=audio 4000 RTP/AVP 0\r\n'.repeat(20)}`;
    const ports = (await session.pass('caller', Buffer.from(many), 'offer'))
      .toString()
      .match(/(?<=^m=audio )\d+/gm)!
      .map(Number);
    expect(ports).toHaveLength(21);
    expect(ports.filter((port) => port !== 0)).toHaveLength(8);
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
    await vi.waitFor(() => expect(rig.engine.stats().portsOpen).toBe(8), { timeout: 3000 });
    session.answered();
    await vi.waitFor(() => expect(rig.engine.stats().portsOpen).toBe(4), { timeout: 3000 });
    expect(placeIn(await session.pass('caller', withVideo(2), 'offer'), 1)).toEqual(placeIn(offer, 1));
    await vi.waitFor(() => expect(rig.engine.stats().portsOpen).toBe(8), { timeout: 3000 });
  });
});

describe('ports', () => {
  it('are open while a call uses them, and not afterwards', async () => {
    const { session } = await connect();
    await vi.waitFor(() => expect(rig.engine.stats()).toMatchObject({ sessions: 1, portsOpen: 4, ports: 1000 }), { timeout: 3000 });
    session.close();
    await session.stats();
    await vi.waitFor(() => expect(rig.engine.stats()).toMatchObject({ sessions: 0, portsOpen: 0 }), { timeout: 3000 });
  });

  it('that are all used leave no room for a call; it has room again when one ends', async () => {
    await rig.engine.close();
    startEngine({ range: { first: 22_000, last: 22_007 }, workers: 2 });
    const calls = [await open(), await open()];
    await expect(open()).rejects.toThrow('no session');
    calls[0]!.close();
    await calls[0]!.stats();
    await open();
    expect(rig.faults).toEqual([]);
  });

  it('that are left for one medium only give that one', async () => {
    await rig.engine.close();
    startEngine({ range: { first: 22_010, last: 22_015 } });
    const session = await open();
    const offer = await session.pass('caller', (await phone()).sdp({ more: ['m=video 4000 RTP/AVP 96'] }), 'offer');
    expect(offer.toString()).toMatch(/m=audio 220\d\d RTP[\s\S]*m=video 0 RTP/);
  });

  it('on an address this machine has not give no call, and say why', async () => {
    await expect(open({ callee: { bind: '192.0.2.1' } })).rejects.toThrow('no session');
    expect(rig.faults.join()).toContain('EADDRNOTAVAIL');
    await open();
  });
});
