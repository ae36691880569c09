import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { G722, PCMA, PCMU } from '../codecs/codec.ts';
import { type PhoneOptions, TestPhone } from '../testing/phone.ts';
import { amplitudeOf, joined, levelOf, tones } from '../testing/sound.ts';
import { readWav } from '../wav/wav-reader.ts';
import { wavFile } from '../wav/wav-writer.ts';
import type { Endpoint, EndpointOrder } from './endpoint.ts';
import { MediaServicesPool } from './media-services.ts';

const faults: string[] = [];
const services = new MediaServicesPool({ range: { first: 21000, last: 21399 }, onFault: (what) => void faults.push(what) });
const folder = mkdtempSync(join(tmpdir(), 'endpoint-'));
const phones: TestPhone[] = [];
const endpoints: Endpoint[] = [];
const ORDER: EndpointOrder = { callId: 'call', advertise: '127.0.0.1', bind: '127.0.0.1', silenceSeconds: null };

afterEach(() => {
  for (const endpoint of endpoints.splice(0)) endpoint.close();
  for (const phone of phones.splice(0)) phone.close();
});
afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

async function endpoint(order: Partial<EndpointOrder> = {}): Promise<Endpoint> {
  const opened = await services.open({ ...ORDER, ...order });
  if (!opened) throw new Error('no endpoint');
  endpoints.push(opened);
  return opened;
}

/** A phone and an endpoint that have agreed on media. */
async function call(options: PhoneOptions = {}, order: Partial<EndpointOrder> = {}): Promise<{ phone: TestPhone; endpoint: Endpoint }> {
  const phone = await TestPhone.open(options);
  phones.push(phone);
  const opened = await endpoint(order);
  phone.meet(await opened.answer(phone.sdp()));
  return { phone, endpoint: opened };
}

const file = (name: string, rate: number, pcm: Int16Array): string => {
  const path = join(folder, name);
  writeFileSync(path, wavFile(rate, 1, pcm));
  return path;
};
/** The sound between silence before and after. */
const core = (pcm: Int16Array): Int16Array => {
  const loud = (sample: number): boolean => Math.abs(sample) > 200;
  return pcm.subarray(Math.max(0, pcm.findIndex(loud)), pcm.findLastIndex(loud) + 1);
};

describe('playing', () => {
  it.each([
    [PCMU, 8000],
    [PCMA, 16000],
    [G722, 8000],
    [G722, 16000],
  ])('is heard: $name', async (codec, rate) => {
    const { phone, endpoint } = await call({ codec });
    phone.hush();
    const path = file(`tone-${rate}.wav`, rate, tones(rate, [700], 600));
    expect(await endpoint.play([{ file: path }, { silenceMs: 100 }, { tone: { hz: [1300], ms: 200 } }])).toEqual({ ended: 'done' });
    await sleep(60);
    const heard = core(phone.takeHeard());
    expect(heard.length / codec.rate).toBeGreaterThan(0.88);
    expect(heard.length / codec.rate).toBeLessThan(0.93);
    expect(amplitudeOf(heard.subarray(0, codec.rate * 0.55), codec.rate, 700)).toBeGreaterThan(7000);
    expect(amplitudeOf(heard.subarray(-codec.rate * 0.15), codec.rate, 1300)).toBeGreaterThan(6000);
  });

  it('plays a G.722 file, goes round in a loop, and stops', async () => {
    const path = join(folder, 'short.g722');
    writeFileSync(path, G722.encoder()(tones(16000, [500], 200)));
    const { phone, endpoint } = await call();
    phone.hush();
    const playing = endpoint.play([{ file: path }], { loop: true });
    await sleep(900);
    endpoint.stop();
    expect(await playing).toEqual({ ended: 'stopped' });
    const heard = core(phone.takeHeard());
    expect(heard.length).toBeGreaterThan(5500);
    expect(amplitudeOf(heard, 8000, 500)).toBeGreaterThan(6000);
  });

  it('leaves out what is not there, and says so', async () => {
    const { endpoint } = await call();
    expect(await endpoint.play([{ file: join(folder, 'nothing.wav') }])).toEqual({ ended: 'done' });
    expect(faults.splice(0).join()).toContain('nothing.wav');
  });

  it('sends 50 packets for each second of sound, and none ahead of its time', async () => {
    const { phone, endpoint } = await call();
    phone.hush();
    await sleep(100);
    phone.arrivals.length = 0;
    const started = performance.now();
    await endpoint.play([{ silenceMs: 3000 }]);
    // On a busy machine it may take longer, and what is late is caught up with: never fewer packets, never more.
    expect(performance.now() - started).toBeGreaterThan(2950);
    expect(Math.abs(phone.arrivals.length - 150)).toBeLessThanOrEqual(2);
  });
});

it('a play ends in its time also where nobody knows yet where to send', async () => {
  const { phone, endpoint } = await call({}, { behindNat: true, signalling: '192.0.2.1' });
  expect(await endpoint.play([{ silenceMs: 300 }])).toEqual({ ended: 'done' });
  expect(phone.packets).toBe(0);
});

describe('digits', () => {
  it('are collected while a prompt is played, by events, with a terminator', async () => {
    const { phone, endpoint } = await call();
    const seen: string[] = [];
    endpoint.onDigit = (digit) => void seen.push(digit);
    const playing = endpoint.play([{ silenceMs: 5000 }]);
    const collecting = endpoint.collect({ max: 10, terminator: '#', firstMs: 3000, betweenMs: 1000 });
    await phone.press('1223#9');
    expect(await collecting).toBe('1223');
    expect(await playing).toEqual({ ended: 'digit', digit: '1' });
    await phone.press('8');
    expect(await endpoint.collect({ max: 2, firstMs: 1000, betweenMs: 500 })).toBe('98');
    expect(seen.join('')).toBe('1223#98');
  });

  it('interrupt a play, come by INFO too, and are not taken twice where a phone sends both', async () => {
    const { phone, endpoint } = await call();
    const playing = endpoint.play([{ silenceMs: 5000 }], { interruptBy: '123' });
    endpoint.digit('7');
    endpoint.digit('2');
    expect(await playing).toEqual({ ended: 'digit', digit: '2' });
    expect(await endpoint.collect({ max: 1, firstMs: 100, betweenMs: 100 })).toBe('7');
    const press = phone.press('4');
    await sleep(150);
    endpoint.digit('4');
    await press;
    expect(await endpoint.collect({ max: 5, firstMs: 300, betweenMs: 300 })).toBe('4');
  });

  it('are waited for no longer than said', async () => {
    const { phone, endpoint } = await call();
    phone.hush();
    const start = performance.now();
    expect(await endpoint.collect({ max: 4, firstMs: 300, betweenMs: 200 })).toBe('');
    expect(performance.now() - start).toBeLessThan(600);
    void phone.press('5');
    expect(await endpoint.collect({ max: 4, firstMs: 1000, betweenMs: 300 })).toBe('5');
    void phone.press('66');
    await sleep(500);
    endpoint.clearDigits();
    expect(await endpoint.collect({ max: 4, firstMs: 100, betweenMs: 100 })).toBe('');
  });

  it('are heard as tones only where no events were agreed on', async () => {
    const dtmf = joined([tones(8000, [770, 1336], 100, 5000), new Int16Array(800)]);
    const frame = (n: number): Int16Array => dtmf.slice((n % 10) * 160, (n % 10) * 160 + 160);
    for (const [events, digits] of [
      [false, '55'],
      [true, ''],
    ] as const) {
      const { phone, endpoint } = await call({ events });
      phone.talk((n) => (n < 20 ? frame(n) : new Int16Array(160)));
      expect(await endpoint.collect({ max: 2, firstMs: 900, betweenMs: 500 })).toBe(digits);
    }
  });
});

describe('recording', () => {
  it('ends with silence, which is cut off', async () => {
    const { phone, endpoint } = await call();
    phone.hum(600);
    const path = join(folder, 'silence.wav');
    const recording = endpoint.record({ file: path, maxSeconds: 20, silenceSeconds: 1, terminators: '#', beep: true });
    await sleep(1200);
    phone.hush();
    const recorded = await recording;
    expect(recorded.ended).toBe('silence');
    const sound = readWav(readFileSync(path));
    expect(sound.pcm.length / sound.rate).toBeCloseTo(recorded.seconds, 2);
    expect(recorded.seconds).toBeGreaterThan(1);
    expect(recorded.seconds).toBeLessThan(1.9);
    expect(amplitudeOf(core(sound.pcm), 8000, 600)).toBeGreaterThan(5500);
    // The beep was heard, and nothing of it is in the message.
    expect(amplitudeOf(core(phone.takeHeard()), 8000, 1000)).toBeGreaterThan(6000);
    expect(amplitudeOf(sound.pcm, 8000, 1000)).toBeLessThan(100);
  });

  it('ends with a digit, with the time, when stopped, and when the call is gone', async () => {
    const { phone, endpoint } = await call({ codec: G722 });
    phone.hum(5000);
    const options = { maxSeconds: 0.6, silenceSeconds: 0, terminators: '#*', beep: false };
    const path = join(folder, 'wide.wav');
    expect(await endpoint.record({ ...options, file: path })).toMatchObject({ ended: 'limit', seconds: 0.6 });
    const sound = readWav(readFileSync(path));
    expect(sound.rate).toBe(16000);
    expect(amplitudeOf(core(sound.pcm), 16000, 5000)).toBeGreaterThan(5000);

    const byDigit = endpoint.record({ ...options, maxSeconds: 20, file: join(folder, 'digit.wav') });
    await phone.press('5*');
    expect(await byDigit).toMatchObject({ ended: 'digit', digit: '*' });
    const stopped = endpoint.record({ ...options, maxSeconds: 20, file: join(folder, 'stopped.wav') });
    await sleep(200);
    endpoint.stop();
    expect((await stopped).ended).toBe('stopped');
    const lost = endpoint.record({ ...options, maxSeconds: 20, file: join(folder, 'lost.wav') });
    await sleep(200);
    endpoint.close();
    expect((await lost).ended).toBe('closed');
    expect(readWav(readFileSync(join(folder, 'lost.wav'))).pcm.length).toBeGreaterThan(0);
    expect((await endpoint.record({ ...options, file: path })).ended).toBe('closed');
  });

  it('fails where nothing can be written', async () => {
    const { endpoint } = await call();
    const options = { file: join(folder, 'no', 'where.wav'), maxSeconds: 5, silenceSeconds: 0, terminators: '', beep: false };
    expect((await endpoint.record(options)).ended).toBe('failed');
    expect(faults.splice(0).join()).toContain('cannot record');
  });
});

describe('echo and silence', () => {
  it('sends back what is heard, until stopped', async () => {
    const { phone, endpoint } = await call();
    endpoint.echo();
    phone.hum(900);
    await sleep(700);
    expect(amplitudeOf(core(phone.takeHeard()), 8000, 900)).toBeGreaterThan(5500);
    endpoint.stop();
    await sleep(100);
    phone.takeHeard();
    await sleep(300);
    expect(levelOf(phone.takeHeard())).toBeLessThan(20);
  });

  it('sends back keys as events, those that came by INFO too', async () => {
    const { phone, endpoint } = await call();
    endpoint.echo();
    phone.hush();
    await phone.press('42');
    endpoint.digit('#');
    await sleep(900);
    expect(phone.heardDigits).toBe('42#');
    endpoint.stop();
    await phone.press('7');
    await sleep(300);
    expect(phone.heardDigits).toBe('42#');
  });

  it('sends back keys as tones where no events were agreed on, and a tone once', async () => {
    const { phone, endpoint } = await call({ events: false });
    endpoint.echo();
    phone.hush();
    await sleep(100);
    phone.takeHeard();
    endpoint.digit('9');
    await sleep(400);
    const answer = core(phone.takeHeard());
    expect(amplitudeOf(answer, 8000, 852)).toBeGreaterThan(3000);
    expect(amplitudeOf(answer, 8000, 1477)).toBeGreaterThan(3000);
    const five = tones(8000, [770, 1336], 100, 5000);
    const frames = [0, 160, 320, 480, 640].map((at) => five.slice(at, at + 160));
    phone.talk(() => frames.shift() ?? new Int16Array(160));
    await sleep(600);
    expect(core(phone.takeHeard()).length / 8000).toBeCloseTo(0.1, 1);
  });

  it('tells once when nothing comes any more, not while on hold', async () => {
    const { phone, endpoint } = await call({}, { silenceSeconds: 0.5 });
    const told: number[] = [];
    endpoint.onSilence = (seconds) => void told.push(seconds);
    phone.hush();
    await sleep(800);
    expect(told).toEqual([]);
    phone.talk(() => undefined);
    await sleep(1000);
    expect(told).toEqual([0.5]);
    await endpoint.answer(phone.sdp({ direction: 'inactive' }));
    phone.hush();
    await sleep(100);
    phone.talk(() => undefined);
    await sleep(800);
    expect(told).toEqual([0.5]);
  });
});

describe('offers and answers', () => {
  const lines = (sdp: Buffer | undefined): string[] => String(sdp).split('\r\n');

  it('take the first codec that is known, and refuse other media', async () => {
    const opened = await endpoint();
    const offer = [
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=video 4000 RTP/AVP 34'],
      ...['m=audio 4002 RTP/AVP 111 18 9 0 8 100', 'a=rtpmap:111 opus/48000/2', 'a=rtpmap:100 telephone-event/8000', 'a=maxptime:10'],
      'm=audio 4004 RTP/SAVP 0',
    ].join('\r\n');
    const answer = lines(await opened.answer(Buffer.from(`${offer}\r\n`)));
    expect(answer.filter((line) => line.startsWith('m='))).toEqual([
      'm=video 0 RTP/AVP 34',
      expect.stringMatching(/^m=audio 21\d{3} RTP\/AVP 9 100$/),
      'm=audio 0 RTP/SAVP 0',
    ]);
    expect(answer).toContain('a=rtpmap:9 G722/8000');
    expect(answer).toContain('a=ptime:10');
    expect(answer).toContain('a=fmtp:100 0-15');
  });

  it.each([
    ['no codec in common', 'm=audio 4000 RTP/AVP 18'],
    ['no audio', 'm=image 4000 udptl t38'],
    ['a refused medium', 'm=audio 0 RTP/AVP 0'],
    ['SRTP only', 'm=audio 4000 RTP/SAVP 0'],
    ['no media', 'a=x'],
    ['no session description', 'hello'],
  ])('refuse %s', async (_, media) => {
    const offer = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', media, ''].join('\r\n');
    expect(await (await endpoint()).answer(Buffer.from(offer))).toBeUndefined();
  });

  it('count their versions, and mirror the direction', async () => {
    const { phone, endpoint } = await call();
    const version = (sdp: Buffer | undefined): string => /o=dialtone \d+ (\d+)/.exec(String(sdp))![1]!;
    expect(version(await endpoint.answer(phone.sdp()))).toBe('1');
    const held = await endpoint.answer(phone.sdp({ direction: 'sendonly' }));
    expect([version(held), lines(held).includes('a=recvonly')]).toEqual(['2', true]);
    expect(lines(await endpoint.answer(phone.sdp({ direction: 'recvonly' })))).toContain('a=sendonly');
    expect(lines(await endpoint.answer(phone.sdp({ address: '0.0.0.0' })))).toContain('a=recvonly');
    expect(lines(await endpoint.answer(phone.sdp()))).toContain('a=sendrecv');
  });

  it('hold sends nothing and resume goes on', async () => {
    const { phone, endpoint } = await call();
    phone.hush();
    void endpoint.play([{ tone: { hz: [800], ms: 10_000 } }]);
    await sleep(300);
    await endpoint.answer(phone.sdp({ direction: 'sendonly' }));
    await sleep(60);
    const packets = phone.packets;
    await sleep(300);
    expect(phone.packets).toBe(packets);
    phone.takeHeard();
    await endpoint.answer(phone.sdp());
    await sleep(300);
    expect(amplitudeOf(phone.takeHeard(), 8000, 800)).toBeGreaterThan(6000);
  });

  it('work the other way round, for an INVITE without an offer', async () => {
    const phone = await TestPhone.open({ codec: PCMU });
    phones.push(phone);
    const opened = await endpoint();
    const offer = await opened.offer();
    expect(lines(offer)).toContain('a=rtpmap:101 telephone-event/8000');
    phone.meet(offer);
    expect(await opened.accept(phone.sdp())).toBe(true);
    expect(await opened.accept(phone.sdp({ port: 0 }))).toBe(false);
    phone.hush();
    await opened.play([{ tone: { hz: [650], ms: 400 } }]);
    await sleep(60);
    expect(amplitudeOf(core(phone.takeHeard()), 8000, 650)).toBeGreaterThan(6500);
  });

  it('change the codec and the place in the middle of a sound', async () => {
    const { phone, endpoint } = await call();
    phone.hush();
    void endpoint.play([{ tone: { hz: [750], ms: 10_000 } }]);
    await sleep(300);
    const other = await TestPhone.open({ codec: G722 });
    phones.push(other);
    other.meet(await endpoint.answer(other.sdp()));
    phone.talk(() => undefined);
    other.hush();
    await sleep(400);
    expect(amplitudeOf(core(other.takeHeard()), 16000, 750)).toBeGreaterThan(6000);
  });

  it('speak IPv6, and RTCP on the same port where that is offered', async () => {
    const address = { advertise: '::1', bind: '::1' };
    const { phone, endpoint } = await call({ ip: '::1', lines: ['a=rtcp-mux'] }, address);
    expect(lines(await endpoint.answer(phone.sdp()))).toEqual(expect.arrayContaining(['c=IN IP6 ::1', 'a=rtcp-mux']));
    phone.hum(440);
    endpoint.echo();
    await sleep(400);
    expect(amplitudeOf(core(phone.takeHeard()), 8000, 440)).toBeGreaterThan(5500);
    endpoint.close();
    await sleep(50);
    // The last report says goodbye.
    expect(phone.rtcpPackets.length).toBe(1);
  });

  it('reports every five seconds what was sent and received', async () => {
    const { phone } = await call();
    phone.hum(440);
    await sleep(5300);
    const [report] = phone.rtcpPackets;
    expect(report?.[1]).toBe(200);
    expect(report!.readUInt32BE(20)).toBeGreaterThan(200);
    // Nothing was lost.
    expect(report!.readUInt32BE(32)).toBe(0);
  }, 10_000);
});

describe('faults', () => {
  it('packets that are none, or a stranger’s, change nothing', async () => {
    const { phone, endpoint } = await call();
    endpoint.echo();
    phone.hum(440);
    await sleep(200);
    const before = (await services.stats()).dropped;
    const stranger = await TestPhone.open();
    phones.push(stranger);
    stranger.remote = phone.remote;
    phone.takeHeard();
    stranger.hum(1700);
    const longExtension = Buffer.from('9008000100000000000000010000ffff', 'hex');
    const wrongVersion = Buffer.from('4008000100000000000000011122', 'hex');
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), longExtension, wrongVersion, Buffer.alloc(1500, 0xff)]) phone.send(bytes);
    await vi.waitFor(async () => expect((await services.stats()).dropped).toBeGreaterThan(before + 20), 10_000);
    const heard = core(phone.takeHeard());
    // What a busy machine conceals is a little quieter.
    expect(amplitudeOf(heard, 8000, 440)).toBeGreaterThan(3000);
    expect(amplitudeOf(heard, 8000, 1700)).toBeLessThan(100);
    expect(stranger.packets).toBe(0);
  });

  it('a stream that starts anew is heard', async () => {
    const { phone, endpoint } = await call();
    endpoint.echo();
    phone.hum(440);
    await sleep(300);
    phone.newSource();
    await sleep(300);
    phone.takeHeard();
    await sleep(300);
    // What a busy machine conceals is a little quieter.
    expect(amplitudeOf(phone.takeHeard(), 8000, 440)).toBeGreaterThan(3000);
  });

  it('no ports left opens nothing, and closed ones are free again', async () => {
    const small = new MediaServicesPool({ range: { first: 21500, last: 21503 }, onFault: () => {} });
    try {
      const first = await small.open(ORDER);
      const second = await small.open(ORDER);
      expect([first !== undefined, second !== undefined, await small.open(ORDER)]).toEqual([true, true, undefined]);
      first!.close();
      await sleep(100);
      expect(await small.open(ORDER)).toBeDefined();
    } finally {
      await small.close();
    }
  });

  it('a worker that dies is started again; its calls hear so', async () => {
    const mortal = new MediaServicesPool({ range: { first: 21510, last: 21519 }, onFault: () => {} });
    try {
      const lost: string[] = [];
      const endpoint = (await mortal.open(ORDER))!;
      endpoint.onLost = (why) => void lost.push(why);
      const playing = endpoint.play([{ silenceMs: 60_000 }]);
      const collecting = endpoint.collect({ max: 1, firstMs: 60_000, betweenMs: 1 });
      mortal.kill('for a test');
      expect([await playing, await collecting]).toEqual([{ ended: 'closed' }, '']);
      expect(lost).toEqual(['for a test']);
      await expect.poll(() => mortal.open(ORDER), { timeout: 5000 }).toBeDefined();
      await expect.poll(async () => (await mortal.stats()).endpoints).toBeGreaterThan(0);
    } finally {
      await mortal.close();
    }
  });
});

describe('a conference of five', () => {
  const hz = [400, 700, 1000, 1300, 1700];
  const codecs = [PCMA, PCMU, G722, PCMA, G722];
  const members: { phone: TestPhone; endpoint: Endpoint }[] = [];
  const speaking: string[][] = [];

  beforeAll(() => {
    services.onSpeaking = (room, ids) => void (room === 'five' && speaking.push([...ids]));
  });

  /** Which of the tones are in what each one hears; the first sound after a change does not count. */
  async function heard(): Promise<number[][]> {
    await sleep(700);
    for (const { phone } of members) phone.takeHeard();
    await sleep(600);
    return members.map(({ phone }, i) => {
      const pcm = phone.takeHeard();
      return hz.filter((f) => amplitudeOf(pcm, codecs[i]!.rate, f) > 1000);
    });
  }

  it('lets each hear the other four and not himself, whatever their codecs', async () => {
    for (const [i, f] of hz.entries()) {
      const member = await call({ codec: codecs[i]! });
      members.push(member);
      member.phone.hum(f, 4000);
      await member.endpoint.join('five', { muted: false });
    }
    expect(await heard()).toEqual(hz.map((own) => hz.filter((f) => f !== own)));
    expect(speaking.at(-1)).toEqual(members.map(({ endpoint }) => endpoint.id));

    const [first, second, third] = members;
    first!.endpoint.mute(true);
    second!.endpoint.leave();
    expect(await heard()).toEqual([[1000, 1300, 1700], [], [1300, 1700], [1000, 1700], [1000, 1300]]);
    expect(speaking.at(-1)).not.toContain(first!.endpoint.id);

    const announced = services.playIntoRoom('five', [{ tone: { hz: [2500], ms: 2000 } }]);
    await sleep(300);
    for (const { phone } of members) phone.takeHeard();
    await announced;
    const announcement = members.map(({ phone }, i) => amplitudeOf(phone.takeHeard(), codecs[i]!.rate, 2500) > 1000);
    expect(announcement).toEqual([true, false, true, true, true]);

    third!.phone.hush();
    for (const { endpoint } of members) endpoint.leave();
    await services.playIntoRoom('five', [{ silenceMs: 60_000 }]);
    expect((await services.stats()).rooms).toBe(0);
  }, 20_000);
});
