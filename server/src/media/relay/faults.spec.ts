import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { connect, eachTestHasAnEngine, open, phone, rig, rtcp, startEngine, talk } from './testing/rig.ts';

eachTestHasAnEngine();

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
    await rig.engine.close();
    startEngine({ workers: 2 });
    const lost: string[] = [];
    const first = await connect();
    first.session.onLost = (why) => lost.push(why);
    rig.engine.hands[0]!.kill('killed by the test');
    expect(lost).toEqual(['killed by the test']);
    expect(rig.engine.stats()).toMatchObject({ losses: 1, sessions: 0 });
    expect(rig.faults.join()).toContain('killed by the test');
    // While the first worker starts again, the second one takes calls; and it goes on when the first is lost once more.
    const survivor = await connect();
    expect(rig.engine.hands.map((hand) => hand.sessions)).toEqual([0, 1]);
    await vi.waitFor(() => expect(rig.engine.hands[0]!.isAlive).toBe(true), { timeout: 5000 });
    const next = await connect();
    expect(rig.engine.hands.map((hand) => hand.sessions)).toEqual([1, 1]);
    await talk(next, 'on the new worker');
    await expect(first.session.pass('caller', first.a.sdp(), 'offer')).rejects.toThrow('lost this call');
    rig.engine.hands[0]!.kill('killed again');
    await talk(survivor, 'still');
    first.session.close();
    expect((await first.session.stats()).caller.packets).toBe(0);
  });

  it('leaves a call that is passing a session description when the worker dies with an error', async () => {
    const { session, a } = await connect();
    const passing = session.pass('caller', a.sdp({ version: 2 }), 'offer');
    rig.engine.hands[0]!.kill('killed by the test');
    await expect(passing).rejects.toThrow('The relay is gone');
    await vi.waitFor(() => open(), { timeout: 5000, interval: 100 });
  });
});
