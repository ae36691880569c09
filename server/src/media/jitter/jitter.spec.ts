import { describe, expect, it } from 'vitest';
import { type Codec, G722, PCMA } from '../codecs/codec.ts';
import { amplitudeOf, joined, levelOf, randoms, snr, tones } from '../testing/sound.ts';
import { Concealment } from './concealment.ts';
import { JitterBuffer, type SoundPacket } from './jitter-buffer.ts';
import { Playout } from './playout.ts';

interface Timed extends SoundPacket {
  arrivalMs: number;
}

/** A sound as packets of this length, in order and without jitter. */
function packets(pcm: Int16Array, o: { codec?: Codec; ptime?: number; sequence?: number; timestamp?: number } = {}): Timed[] {
  const { codec = PCMA, ptime = 20, sequence = 1, timestamp = 0 } = o;
  const encode = codec.encoder();
  const size = (codec.rate * ptime) / 1000;
  return Array.from({ length: Math.floor(pcm.length / size) }, (_, i) => ({
    sequence: (sequence + i) & 0xffff,
    timestamp: (timestamp + i * ptime * 8) >>> 0,
    payload: encode(pcm.subarray(i * size, (i + 1) * size)),
    arrivalMs: i * ptime,
  }));
}

/** Plays packets as they arrive, a frame every 20 ms until all are heard. */
function play(all: readonly Timed[], codec = PCMA, playout = new Playout(codec)): { pcm: Int16Array; playout: Playout } {
  const queue = [...all].sort((a, b) => a.arrivalMs - b.arrivalMs);
  const frames: Int16Array[] = [];
  const last = queue.at(-1)!.arrivalMs + 400;
  for (let now = 10; now < last; now += 20) {
    while (queue[0] !== undefined && queue[0].arrivalMs <= now) playout.put(queue.shift()!, now);
    frames.push(playout.frame() ?? new Int16Array((codec.rate * 20) / 1000));
  }
  return { pcm: joined(frames), playout };
}

/** The sound between the silence before and after. */
function heardOf(pcm: Int16Array): Int16Array {
  const first = pcm.findIndex((sample) => Math.abs(sample) > 50);
  const last = pcm.findLastIndex((sample) => Math.abs(sample) > 50);
  return pcm.subarray(Math.max(0, first), last + 1);
}

const tone = tones(8000, [440], 2000);
const delayOf = (pcm: Int16Array): number => pcm.findIndex((sample) => Math.abs(sample) > 50) / 8;

describe('jitter buffer', () => {
  it.each([10, 20, 30, 40, 60])('plays packets of %i ms as they are', (ptime) => {
    const { pcm, playout } = play(packets(tone, { ptime }));
    expect(playout.concealed).toBeLessThanOrEqual(4);
    expect(delayOf(pcm)).toBeLessThanOrEqual(40 + ptime);
    const heard = heardOf(pcm);
    expect(amplitudeOf(heard.subarray(0, 12000), 8000, 440)).toBeGreaterThan(7900);
    expect(levelOf(heard.subarray(0, 12000))).toBeLessThan(8000 / Math.SQRT2 + 100);
  });

  it('plays G.722 over the ends of sequence numbers and timestamps', () => {
    const wide = tones(16000, [440], 2000);
    const { pcm, playout } = play(packets(wide, { codec: G722, sequence: 65530, timestamp: 0xffff_f000 }), G722);
    expect(playout.buffer.lost + playout.buffer.late).toBe(0);
    expect(amplitudeOf(pcm.subarray(8000, 24000), 16000, 440)).toBeGreaterThan(7800);
  });

  it.each([
    ['neighbours changed places', (i: number) => i ^ 1],
    ['every fifth comes three later', (i: number) => (i % 5 === 0 ? i + 3.5 : i)],
    ['threes in reverse', (i: number) => i - (i % 3) + (2 - (i % 3))],
  ])('puts in order: %s', (_, place) => {
    const mixed = packets(tone).map((packet, i) => ({ ...packet, arrivalMs: 20 * place(i) }));
    const { pcm, playout } = play(mixed);
    // What came too late taught it to wait longer; after that nothing is missing.
    expect(playout.buffer.late + playout.buffer.lost).toBeLessThanOrEqual(4);
    const end = heardOf(pcm).subarray(-8000, -800);
    expect(amplitudeOf(end, 8000, 440) / (levelOf(end) * Math.SQRT2)).toBeGreaterThan(0.99);
  });

  it('plays doubled packets once', () => {
    const doubled = packets(tone).flatMap((packet) => [packet, { ...packet, arrivalMs: packet.arrivalMs + 15 }]);
    const { pcm } = play(doubled);
    expect(heardOf(pcm).length).toBeLessThan(tone.length + 600);
    expect(amplitudeOf(pcm.subarray(1600, 14400), 8000, 440)).toBeGreaterThan(7900);
  });

  it('learns how rough the network is, and that it is calm again', () => {
    const random = randoms(11);
    const long = tones(8000, [440], 60_000);
    const rough = packets(long).map((packet, i) => ({ ...packet, arrivalMs: packet.arrivalMs + (i < 500 ? 90 * random() : 2 * random()) }));
    const playout = new Playout(PCMA);
    play(rough.slice(0, 500), PCMA, playout);
    expect(playout.buffer.delayMs).toBeGreaterThanOrEqual(80);
    expect(playout.buffer.delayMs).toBeLessThanOrEqual(140);
    const late = playout.buffer.late;
    expect(late).toBeLessThan(25);
    const { pcm } = play(rough);
    const end = pcm.subarray(-8000 * 10, -8000);
    expect(amplitudeOf(end, 8000, 440)).toBeGreaterThan(7800);
    const calm = new JitterBuffer();
    for (const packet of rough) {
      calm.put(packet, packet.arrivalMs);
      calm.take();
    }
    expect(calm.delayMs).toBeLessThanOrEqual(40);
  });

  it('gives delay back that a stall has brought', () => {
    const long = packets(tones(8000, [440], 20_000));
    const stalled = long.map((packet, i) => ({ ...packet, arrivalMs: i >= 100 && i < 115 ? 115 * 20 : packet.arrivalMs }));
    const playout = new Playout(PCMA);
    play(stalled, PCMA, playout);
    expect(playout.buffer.late).toBeLessThan(16);
    expect(playout.buffer.depthMs).toBeLessThan(120);
  });

  it('keeps pace with a sender whose clock is wrong', () => {
    for (const pace of [0.9995, 1.0005]) {
      const drifting = packets(tones(8000, [440], 60_000)).map((packet) => ({ ...packet, arrivalMs: packet.arrivalMs * pace }));
      const { playout } = play(drifting);
      expect(playout.buffer.late).toBe(0);
      expect(playout.buffer.delayMs).toBeLessThanOrEqual(60);
      expect(playout.concealed).toBeLessThan(12);
    }
  });

  it('goes on with a stream that starts anew, and is not led astray by one odd packet', () => {
    const first = packets(tone.subarray(0, 8000));
    const second = packets(tone.subarray(0, 8000), { sequence: 30000, timestamp: 9_000_000 }).map((packet) => ({
      ...packet,
      arrivalMs: packet.arrivalMs + 1000,
    }));
    const odd = { ...first[0]!, sequence: 50000, arrivalMs: 500 };
    const { pcm, playout } = play([...first, odd, ...second]);
    expect(playout.buffer.lost).toBeLessThan(3);
    expect(amplitudeOf(heardOf(pcm).subarray(0, 15000), 8000, 440)).toBeGreaterThan(6000);
  });

  it('is silent during telephone events and in pauses', () => {
    const words = packets(tone.subarray(0, 3200));
    const events = Array.from({ length: 20 }, (_, i) => ({
      sequence: 21 + i,
      timestamp: 3200,
      payload: undefined,
      arrivalMs: 400 + 20 * i,
    }));
    const more = packets(tone.subarray(0, 3200), { sequence: 41, timestamp: 6400 }).map((packet) => ({
      ...packet,
      arrivalMs: packet.arrivalMs + 800,
    }));
    const { pcm, playout } = play([...words, ...events, ...more]);
    expect(playout.buffer.lost).toBe(0);
    expect(levelOf(pcm.subarray(4200, 6200))).toBe(0);
    expect(heardOf(pcm.subarray(6200)).length).toBeGreaterThan(3000);
  });
});

describe('loss concealment', () => {
  /** A voice: harmonics of a pitch that is no divisor of a frame. */
  const voice = tones(8000, [137, 274, 411, 685], 2000, 3000);

  it('hides one packet in twenty', () => {
    const all = packets(voice);
    const { pcm, playout } = play(all.filter((_, i) => i % 20 !== 10));
    expect(playout.buffer.lost).toBe(5);
    const whole = play(all).pcm;
    const from = whole.findIndex((sample) => Math.abs(sample) > 50);
    const wanted = whole.subarray(from, from + 15_000);
    const withLoss = snr(pcm.subarray(from), wanted);
    const zeroed = wanted.map((sample, i) => (Math.floor((from + i) / 160) % 20 === 10 ? 0 : sample));
    expect(withLoss).toBeGreaterThan(snr(zeroed, wanted) + 5);
  });

  it('fades to silence in 60 ms, and goes on without a click', () => {
    const concealment = new Concealment(8000);
    concealment.heard(voice.slice(0, 1600));
    const made = concealment.conceal(800);
    expect(levelOf(made.subarray(0, 80))).toBeGreaterThan(0.8 * levelOf(voice));
    expect(levelOf(made.subarray(480))).toBe(0);
    expect(concealment.faded).toBe(true);
    const after = concealment.heard(voice.slice(1600, 1760));
    const steps = [...made, ...after].map((sample, i, all) => Math.abs(sample - (all[i - 1] ?? sample)));
    const usual = Math.max(...[...voice].map((sample, i) => Math.abs(sample - (voice[i - 1] ?? sample))));
    expect(Math.max(...steps)).toBeLessThan(1.5 * usual);
  });

  it('makes nothing out of nothing', () => {
    const concealment = new Concealment(16000);
    expect(concealment.faded).toBe(true);
    expect(levelOf(concealment.conceal(320))).toBe(0);
  });
});
