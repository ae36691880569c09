import { describe, expect, it } from 'vitest';
import { PCMA } from '../codecs/codec.ts';
import { joined, levelOf, randoms, speechLike, tones } from '../testing/sound.ts';
import { asDigit, DIGITS, digitTones } from './digits.ts';
import { type EventPacket, EventReceiver } from './event-receiver.ts';
import { EventSender } from './event-sender.ts';
import { ToneDetector } from './tone-detector.ts';

interface Sent extends EventPacket {
  tick: number;
}

/** All packets of some digits as they are sent, beginning at this timestamp. */
async function sent(digits: string, start = 1000): Promise<Sent[]> {
  const sender = new EventSender();
  const done = sender.send(digits);
  const packets: Sent[] = [];
  for (let tick = 0; sender.busy; tick++) packets.push(...sender.next((start + tick * 160) >>> 0).map((packet) => ({ ...packet, tick })));
  await done;
  return packets;
}

const heard = (packets: readonly EventPacket[]): string => {
  const receiver = new EventReceiver();
  return packets.map((packet) => receiver.push(packet) ?? '').join('');
};

const event = (digit: string, timestamp: number, duration: number, marker = false, end = false): EventPacket => ({
  marker,
  timestamp,
  payload: Uint8Array.from([DIGITS.indexOf(digit), end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]),
});

describe('telephone events (RFC 4733)', () => {
  it('sends a beginning with the marker, a growing duration, and the end three times', async () => {
    const packets = await sent('5');
    expect(packets.map((packet) => packet.marker)).toEqual([true, false, false, false, false, false, false, false]);
    expect(packets.every((packet) => packet.timestamp === 1000 && packet.payload[0] === 5)).toBe(true);
    expect(packets.map((packet) => (packet.payload[2]! << 8) | packet.payload[3]!)).toEqual([160, 320, 480, 640, 800, 960, 960, 960]);
    expect(packets.map((packet) => packet.payload[1]! >> 7)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
  });

  it('hears every digit once, the same one twice in a row too', async () => {
    expect(heard(await sent(`${DIGITS}11##`))).toBe(`${DIGITS}11##`);
  });

  it('goes over the end of the timestamps', async () => {
    expect(heard(await sent('1234', 0xffff_ffff - 1000))).toBe('1234');
  });

  it('hears a digit as long as one packet of it arrives', async () => {
    const packets = await sent('77');
    for (const kept of new Set(packets.map((packet) => packet.tick % 10))) {
      expect(heard(packets.filter((packet) => packet.tick % 10 === kept))).toBe('77');
    }
  });

  it.each([
    ['all ends lost', (packet: Sent) => (packet.payload[1]! & 0x80) === 0],
    ['all beginnings lost', (packet: Sent) => !packet.marker],
  ])('hears each once with %s', async (_, keep) => expect(heard((await sent('1223')).filter(keep))).toBe('1223'));

  it('hears each once with packets doubled and out of order', async () => {
    const random = randoms(3);
    const packets = (await sent('0159')).flatMap((packet) => [packet, packet]);
    for (let i = 1; i < packets.length; i++) {
      const other = Math.max(0, i - Math.floor(random() * 4));
      if (packets[i]!.timestamp === packets[other]!.timestamp) [packets[i], packets[other]] = [packets[other]!, packets[i]!];
    }
    expect(heard(packets)).toBe('0159');
    const [first, second] = [await sent('1', 1000), await sent('2', 3000)];
    // The last end of the first digit arrives after the beginning of the second.
    expect(heard([...first.slice(0, -1), second[0]!, first.at(-1)!, ...second.slice(1)])).toBe('12');
  });

  it('takes a key held for many seconds as one', () => {
    const segments = [event('9', 0, 160, true), event('9', 0, 0xffff), event('9', 0xffff, 160), event('9', 0xffff, 800, false, true)];
    expect(heard(segments)).toBe('9');
  });

  it('takes a phone that gives each packet its own timestamp at its word of one digit', () => {
    const packets = [1, 2, 3, 4].map((n) => event('4', 160 * n, 160 * n, n === 1, n === 4));
    expect(heard([...packets, event('4', 2000, 160, true)])).toBe('44');
  });

  it('has no digit for what is none', () => {
    const receiver = new EventReceiver();
    expect(receiver.push({ marker: true, timestamp: 1, payload: Uint8Array.from([16, 0, 0, 160]) })).toBeUndefined();
    expect(receiver.push({ marker: true, timestamp: 1, payload: Uint8Array.from([1, 0]) })).toBeUndefined();
    expect([asDigit(' b'), asDigit('12'), asDigit(''), asDigit('x'), digitTones('12')]).toEqual([
      'B',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

/** Digits as tones of this length with pauses, through G.711. */
function keyed(digits: string, ms: number, pauseMs: number, level = 5000, twist = 1): Int16Array {
  const pause = new Int16Array(8 * pauseMs);
  const parts = [...digits].flatMap((digit) => {
    const [row, column] = digitTones(digit)!;
    const low = tones(8000, [row], ms, level);
    const high = tones(8000, [column], ms, level * twist);
    return [low.map((sample, i) => sample + high[i]!), pause];
  });
  return joined([pause, ...parts]);
}

const detected = (pcm: Int16Array): string => {
  const detector = new ToneDetector();
  const line = PCMA.decoder()(PCMA.encoder()(pcm));
  let digits = '';
  for (let at = 0; at < line.length; at += 160) digits += detector.push(line.subarray(at, at + 160));
  return digits;
};

describe('tones in the sound', () => {
  it.each([
    [40, 40],
    [50, 50],
    [100, 60],
    [400, 200],
  ])('finds all digits of %i ms with pauses of %i ms', (ms, pause) => expect(detected(keyed(DIGITS, ms, pause))).toBe(DIGITS));

  it.each([
    [300, 1],
    [12000, 1],
    [5000, 0.45],
    [5000, 1.5],
  ])('finds them at amplitude %i and twist %d', (level, twist) => expect(detected(keyed('1590*#D', 80, 60, level, twist))).toBe('1590*#D'));

  it('finds them in noise', () => {
    const random = randoms(5);
    const noisy = keyed('0123456789', 80, 60).map((sample) => sample + 1200 * (random() - 0.5));
    expect(detected(noisy)).toBe('0123456789');
  });

  it('counts a long press once, and the same key twice', () => expect(detected(keyed('55', 2000, 80))).toBe('55'));

  it.each([
    ['a single tone', tones(8000, [697], 500)],
    ['dial tone', tones(8000, [350, 440], 500)],
    ['ringing tone', tones(8000, [440, 480], 500)],
    ['a pair off the keypad', tones(8000, [730, 1270], 500)],
    ['a pair that is too short', keyed('1', 18, 100)],
    ['silence', new Int16Array(8000)],
  ])('finds none in %s', (_, pcm) => expect(detected(pcm)).toBe(''));

  it('takes nothing for digits in four minutes that sound like speech', () => {
    let found = '';
    for (let seed = 1; seed <= 4; seed++) {
      const speech = speechLike(8000, 60, seed);
      expect(levelOf(speech)).toBeGreaterThan(800);
      found += detected(speech);
    }
    expect(found).toBe('');
  });
});
