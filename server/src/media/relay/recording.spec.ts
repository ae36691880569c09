import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PCMA, PCMU } from '../codecs/codec.ts';
import { encodeAlaw, encodeUlaw } from '../codecs/g711.ts';
import { parseRtp } from '../rtp/packet.ts';
import { amplitudeOf, joined, tones } from '../testing/sound.ts';
import type { Phone } from './testing/phone.ts';
import { type Connected, connect, eachTestHasAnEngine, phone, rig, talk } from './testing/rig.ts';

eachTestHasAnEngine();

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
    const start = performance.now();
    for (let n = 0; n < ms / 20; n += 1) {
      a.send(a.packet(Buffer.from(encodeUlaw(tones(8000, [500], 20, 8000, n * 160))), PCMU.payloadType), toB);
      b.send(b.packet(Buffer.from(encodeAlaw(tones(8000, [1000], 20, 8000, n * 160))), PCMA.payloadType), toA);
      await sleep(Math.max(0, start + (n + 1) * 20 - performance.now()));
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
    /** By tenths of a second: whether this tone is there. */
    const heard = (pcm: Int16Array, hz: number) =>
      Array.from({ length: Math.floor(pcm.length / 800) }, (_, n) => amplitudeOf(pcm.subarray(n * 800, n * 800 + 800), 8000, hz) > 2000);
    const [a, b] = [heard(left, 500), heard(right, 1000)];
    expect([heard(left, 1000), heard(right, 500)].flat()).not.toContain(true);
    const seconds = (tenths: boolean[]) => tenths.filter(Boolean).length / 10;
    expect(seconds(a)).toBeGreaterThan(1.5);
    expect(seconds(b)).toBeGreaterThan(0.7);
    expect(seconds(b)).toBeLessThan(1.3);
    expect(seconds(a.slice(0, a.lastIndexOf(true)).map((is) => !is))).toBeGreaterThan(0.6);
    expect(b.lastIndexOf(true)).toBeLessThan(a.lastIndexOf(true) - 10);
  });

  it('is a whole file when the worker is killed', async () => {
    const call = await recorded();
    await play(call, 3500);
    rig.engine.hands[0]!.kill('killed by the test');
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
    await vi.waitFor(() => expect(rig.faults.join()).toContain('call-1 cannot be recorded'));
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});
