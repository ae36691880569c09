import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { amplitudeOf, bestSnr, joined, levelOf, snr, tones } from '../testing/sound.ts';
import { CODECS, type Codec, frameSize, G722, PCMA, PCMU } from './codec.ts';
import { convertRate, toMono } from './convert-rate.ts';
import { resampler } from './resample.ts';

function through(codec: Codec, pcm: Int16Array): Int16Array {
  const encode = codec.encoder();
  const decode = codec.decoder();
  const size = frameSize(codec.rate);
  const frames: Int16Array[] = [];
  for (let at = 0; at + size <= pcm.length; at += size) {
    const payload = encode(pcm.subarray(at, at + size));
    expect(payload.length).toBe(160);
    frames.push(decode(payload));
  }
  return joined(frames);
}

describe('G.711', () => {
  it('has the values of the recommendation', () => {
    const ulaw = PCMU.decoder()(Uint8Array.from([0xff, 0x7f, 0x80, 0x00, 0xf0]));
    expect([...ulaw]).toEqual([0, 0, 32124, -32124, 120]);
    const alaw = PCMA.decoder()(Uint8Array.from([0xd5, 0x55, 0xaa, 0x2a]));
    expect([...alaw]).toEqual([8, -8, 32256, -32256]);
    expect([...PCMU.encoder()(Int16Array.from([0, 32767, -32768]))]).toEqual([0xff, 0x80, 0x00]);
    expect([...PCMA.encoder()(Int16Array.from([8, -8, 32767, -32768]))]).toEqual([0xd5, 0x55, 0xaa, 0x2a]);
  });

  it.each([PCMU, PCMA])('$name gives every code back', (codec) => {
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const again = codec.encoder()(codec.decoder()(codes));
    // Mu-law has two zeros.
    expect([...again].filter((code, i) => code !== i && !(codec === PCMU && i === 0x7f && code === 0xff))).toEqual([]);
  });
});

describe.each(CODECS)('$name', (codec) => {
  it.each([10000, 1000])('keeps a tone of amplitude %i over its noise', (amplitude) => {
    const wanted = tones(codec.rate, [1004], 1000, amplitude);
    expect(bestSnr(through(codec, wanted), wanted.subarray(0, -400), 60)).toBeGreaterThan(30);
  });

  it('stays quiet in silence', () => {
    expect(levelOf(through(codec, new Int16Array(codec.rate)).subarray(800))).toBeLessThan(10);
  });
});

describe('G.722', () => {
  /** A triangle of rising pitch, with noise, ever louder: integers only, the same everywhere. */
  function knownSound(): Int16Array {
    let state = 7;
    return Int16Array.from({ length: 32000 }, (_, n) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const triangle = Math.abs(((n * (300 + (n >> 3))) % 16000) - 8000) - 4000;
      const half = (value: number): number => Math.floor(value / 2);
      return half(triangle * Math.floor(n / 4000)) + half(((state >>> 20) - 2048) * Math.floor(n / 8000));
    });
  }
  const digest = (data: Uint8Array | Int16Array): string => createHash('sha256').update(data).digest('hex');

  it('gives, to the bit, what another implementation (spandsp) gives', () => {
    const coded = G722.encoder()(knownSound());
    expect(digest(coded)).toBe('c40a6ca0959f893ae690362df6769c5534fb999c58524cd68f31c8bbc445882c');
    expect(digest(G722.decoder()(coded))).toBe('55b20f3a8d6ceaefc1301057e05a8c452abf446f966ef6d5fd84ec64d6632dbf');
  });

  it('carries what G.711 cannot', () => {
    const heard = through(G722, tones(16000, [6000], 1000, 6000));
    expect(amplitudeOf(heard.subarray(1600), 16000, 6000)).toBeGreaterThan(5000);
  });

  it('follows the loudest and the softest sound without breaking', () => {
    const loud = tones(16000, [300, 3100], 500, 16000);
    const heard = through(G722, joined([loud, tones(16000, [440], 500, 40)]));
    expect(levelOf(heard.subarray(1600, 8000))).toBeGreaterThan(0.9 * levelOf(loud));
    expect(amplitudeOf(heard.subarray(10000), 16000, 440)).toBeGreaterThan(30);
  });

  it('finds back after frames that were lost', () => {
    const encode = G722.encoder();
    const decode = G722.decoder();
    const wanted = tones(16000, [700], 2000);
    const frames: Int16Array[] = [];
    for (let at = 0; at < wanted.length; at += 320) {
      const payload = encode(wanted.subarray(at, at + 320));
      if (at / 320 < 20 || at / 320 > 25) frames.push(decode(payload));
    }
    expect(amplitudeOf(joined(frames.slice(60)), 16000, 700)).toBeGreaterThan(7500);
  });
});

describe('resampling', () => {
  it.each([300, 1000, 3000])('keeps %i Hz in both directions, frame by frame', (hz) => {
    const wanted = tones(8000, [hz], 1000);
    const up = resampler(8000, 16000)!;
    const down = resampler(16000, 8000)!;
    const doubled: Int16Array[] = [];
    const again: Int16Array[] = [];
    for (let at = 0; at < wanted.length; at += 160) {
      doubled.push(up(wanted.subarray(at, at + 160)));
      again.push(down(doubled.at(-1)!));
    }
    expect(snr(joined(doubled), tones(16000, [hz], 900), 16)).toBeGreaterThan(40);
    expect(bestSnr(joined(again), wanted.subarray(0, -100), 40)).toBeGreaterThan(40);
  });

  it('lets nothing through that would fold back', () => {
    const heard = resampler(16000, 8000)!(tones(16000, [6000], 500));
    expect(levelOf(heard.subarray(100))).toBeLessThan(60);
  });

  it('has nothing to do at the same rate', () => expect(resampler(8000, 8000)).toBeUndefined());

  it.each([
    [44100, 16000],
    [48000, 8000],
    [22050, 8000],
    [8000, 16000],
  ])('converts files from %i to %i', (from, to) => {
    const heard = convertRate(tones(from, [1000], 300), from, to);
    expect(snr(heard.subarray(400, -400), tones(to, [1000], 300).subarray(400, -400))).toBeGreaterThan(45);
    if (to < from) expect(levelOf(convertRate(tones(from, [to * 0.6], 200), from, to).subarray(200, -200))).toBeLessThan(30);
  });

  it('lays channels together', () => expect([...toMono(Int16Array.from([10, 20, -3, 3]), 2)]).toEqual([15, 0]));
});
