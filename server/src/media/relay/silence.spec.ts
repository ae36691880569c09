import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type Connected, connect, eachTestHasAnEngine, type Opening, open, talk } from './testing/rig.ts';

eachTestHasAnEngine();

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
