import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api.ts';
import { Softphone } from '../support/baresip.ts';
import { PlainCall } from '../support/plain-call.ts';
import { addCaller, addRate, addSubscriber, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { amplitude, writeTone } from '../support/tone.ts';
import { eventually, sleep } from '../support/wait.ts';

/** The tone that stands for somebody's name. */
const NAME = 1450;

/** Loudness of the samples as a root mean square. */
const loudness = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

/** Seconds in which something was said, in steps of a tenth. */
function spoken(samples: Int16Array): number {
  let tenths = 0;
  for (let at = 0; at + 800 <= samples.length; at += 800) if (loudness(samples.subarray(at, at + 800)) > 300) tenths += 1;
  return tenths / 10;
}

describe('calls that the server answers itself', () => {
  let server: TestServer;
  const people: Person[] = [];
  const phones: Softphone[] = [];
  const calls: PlainCall[] = [];

  const phone = async (person: Person, speaks: number) => {
    const started = await Softphone.start({ ...{ user: person.number, password: person.password, domain, server: server.sip }, speaks });
    phones.push(started);
    await started.registered();
    return started;
  };
  const dial = (from: Softphone, number: string) => from.command('dial', `sip:${number}@${domain}`);
  const plain = async (person: Person, number: string) => {
    const call = await PlainCall.open(server, person, number);
    calls.push(call);
    return call;
  };
  /** The record of the latest call to a number. */
  const recordOf = (dialled: string) =>
    eventually(`the record of ${dialled}`, async () => {
      const { items } = await server.api.get('/calls?sort=-startedAt');
      return items.find((call: { dialled: string }) => call.dialled === dialled);
    });

  beforeAll(async () => {
    server = await TestServer.start('services', { announcements: true });
    for (const number of ['1001', '1002', '1003', '1004', '1005']) people.push(await addSubscriber(server, number));
  });
  afterEach(async (context) => {
    for (const call of calls.splice(0)) call.close();
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  it('echo test: what is said and keyed comes back, stops on hold, and comes back again (M-24)', async () => {
    const anna = await phone(people[0]!, 440);
    dial(anna, '613');
    await anna.event('CALL_ESTABLISHED');
    const echoes = () => amplitude(anna.heard().slice(-4000), 440) > 6000;
    await eventually('the tone comes back after the introduction', echoes, 40_000);
    expect((await server.api.get('/active-calls')).items).toMatchObject([{ app: 'echo', state: 'talking' }]);

    anna.command('hold');
    await sleep(1_500);
    const before = anna.heard().length;
    await sleep(1_000);
    const during = anna.heard().slice(before);
    expect(amplitude(during, 440)).toBeLessThan(500);
    anna.command('resume');
    await eventually('the tone comes back after the hold', echoes, 15_000);
    anna.command('sndcode', '58');
    const keyed = () => anna.events.filter(({ type }) => type === 'CALL_DTMF_START').map(({ param }) => param);
    await eventually('the keys come back', () => keyed().join('') === '58');
    anna.command('hangup');
    expect(await recordOf('613')).toMatchObject({ app: 'echo', status: 200, endedBy: 'caller', cost: null, missed: false });
  });

  it('reads back the number of the caller, and hangs up (M-24)', async () => {
    const anna = await phone(people[0]!, 440);
    dial(anna, '958');
    await anna.event('CALL_ESTABLISHED');
    await anna.event('CALL_CLOSED', 40_000);
    const said = spoken(anna.heard());
    // "Your number is", four digits twice, "goodbye".
    expect(said).toBeGreaterThan(3);
    expect(said).toBeLessThan(20);
    expect(await recordOf('958')).toMatchObject({ app: 'number-readback', endedBy: 'callee', status: 200 });
  });

  it('conference of five: each hears the other four, and not himself', async () => {
    const tones = [440, 620, 850, 1100, 1450];
    const members: Softphone[] = [];
    for (const [index, person] of people.entries()) members.push(await phone(person, tones[index]!));
    for (const member of members) {
      dial(member, '51177');
      await member.event('CALL_ESTABLISHED');
    }
    await eventually('all five are in the room, and speak', async () => {
      const { items } = await server.api.get('/conference-rooms');
      return items[0]?.members.length === 5 && items[0].members.every((member: { speaking: boolean }) => member.speaking);
    });
    for (const [index, member] of members.entries()) {
      await eventually(
        `${member.user} hears the others and not himself`,
        () => {
          const heard = member.heard().slice(-8000);
          for (const tone of tones) {
            if (tone === tones[index]) expect(amplitude(heard, tone), `own ${tone}`).toBeLessThan(300);
            else expect(amplitude(heard, tone), `other ${tone}`).toBeGreaterThan(1200);
          }
          return true;
        },
        30_000,
      );
    }
    // One is muted, and put out.
    const { items } = await server.api.get('/conference-rooms');
    const last = items[0].members.find((member: { number: string }) => member.number === '1005');
    await server.api.put(`/conference-rooms/77/members/${last.id}/mute`, { muted: true });
    await eventually('nobody hears who is muted', () => amplitude(members[0]!.heard().slice(-4000), tones[4]!) < 300, 15_000);
    await server.api.delete(`/conference-rooms/77/members/${last.id}`);
    await members[4]!.event('CALL_CLOSED', 20_000);
    expect((await server.api.get('/conference-rooms')).items[0].members).toHaveLength(4);
  });

  it('says who comes to a conference and who goes, by the name as its owner said it', async () => {
    const [anna, bert] = [people[0]!, people[1]!];
    await server.api.post('/conference-rooms', { number: '43', announce: 'words' });
    const file = join(tmpdir(), `dialtone-name-${process.pid}.wav`);
    writeTone(file, NAME, 2);
    const form = new FormData();
    form.append('file', new Blob([readFileSync(file)], { type: 'audio/wav' }), 'name.wav');
    rmSync(file);
    const own = new ApiClient(server.http);
    await own.post('/session', { login: bert.number, password: bert.password });
    expect((await own.raw('PUT', '/me/voicemail/greetings/name', form)).status).toBeLessThan(300);

    const first = await phone(anna, 440);
    dial(first, '51143');
    await first.event('CALL_ESTABLISHED');
    // While she is told that she is alone she hears nothing else.
    const hasBeenTold = () => spoken(first.heard()) > 1 && loudness(first.heard().slice(-8000)) < 100;
    await eventually('the first is in the room, and has been told so', hasBeenTold, 20_000);
    const second = await phone(bert, 850);
    dial(second, '51143');
    const hearsName = () => amplitude(first.heard().slice(-4000), NAME) > 1500;
    await eventually('the name of who comes', hearsName, 20_000);
    await eventually('his voice, and the name no more', () => !hearsName() && amplitude(first.heard().slice(-4000), 850) > 1500, 20_000);
    second.command('hangup');
    await eventually('the name of who goes', hearsName, 20_000);
    first.command('hangup');
  });

  it('reads out the balance', async () => {
    const carla = await addCaller(server, '1010', '12.34');
    const from = await phone(carla, 440);
    dial(from, '*103');
    await from.event('CALL_ESTABLISHED');
    await from.event('CALL_CLOSED', 40_000);
    // "Your balance is", twelve units and thirty four cents, "goodbye".
    expect(spoken(from.heard())).toBeGreaterThan(2);
    expect(await recordOf('*103')).toMatchObject({ app: 'balance', endedBy: 'callee', status: 200, cost: null });
  });

  it('asks for room and PIN by keys, RFC 4733 and INFO', async () => {
    await server.api.post('/conference-rooms', { number: '42', name: 'Board', pin: '4711' });
    const anna = await phone(people[0]!, 440);
    dial(anna, '51142');
    await anna.event('CALL_ESTABLISHED');
    await sleep(1_500);
    for (const key of '4711#') anna.command('sndcode', key);
    const call = await plain(people[1]!, '*98');
    expect((await call.invite()).status).toBe(200);
    await call.info('42#');
    await sleep(500);
    await call.info('4711#');
    await eventually(
      'both are in the room',
      async () => {
        const { items } = await server.api.get('/conference-rooms');
        const board = items.find((room: { number: string }) => room.number === '42');
        return (
          board?.members
            .map((member: { number: string }) => member.number)
            .sort()
            .join() === '1001,1002'
        );
      },
      20_000,
    );
    expect((await call.request('BYE')).status).toBe(200);
    anna.command('hangup');
    await eventually('the room is empty', async () => (await server.api.get('/conference-rooms')).items[0]?.members.length === 0);
  });

  it('a public number leads a call of a gateway straight into a service, and nobody pays', async () => {
    const anna = await phone(people[0]!, 440);
    dial(anna, '51188');
    await anna.event('CALL_ESTABLISHED');
    const leads = { '34911000511': '51188', '34911000097': '*97', '34911000100': '*100' };
    for (const [number, code] of Object.entries(leads))
      await server.api.post('/numbers', { number, kind: 'did', target: `sip:${code}@${domain}` });
    const outside: Person = { id: 0, number: '447700900123', password: '' };
    const [conference, mailbox, demo] = await Promise.all(Object.keys(leads).map((number) => plain(outside, number)));
    const sources = [conference, mailbox, demo].map((call) => call!.at);
    await server.api.post('/gateways', { name: 'carrier', host: '127.0.0.1', port: 9, prefix: '77', probe: false, sources });
    for (const [call, app, number] of [
      [conference!, 'conference', '34911000511'],
      [mailbox!, 'mailbox', '34911000097'],
      [demo!, 'demo', '34911000100'],
    ] as const) {
      expect((await call.invite()).status, app).toBe(200);
      await eventually(`${app} is heard`, () => spoken(call.sound) > 0.5, 15_000);
      if (app === 'conference') await eventually('the gateway hears Anna', () => amplitude(call.sound.slice(-4000), 440) > 1200, 20_000);
      expect((await call.request('BYE')).status).toBe(200);
      expect(await recordOf(number)).toMatchObject({ app, direction: 'inbound', from: '447700900123', status: 200, cost: null });
    }
    anna.command('hangup');
  });

  it('says in early media that there is no such number, then refuses with its reasons; nobody pays', async () => {
    const call = await plain(people[0]!, '9999');
    const final = await call.invite();
    expect(call.responses.map(({ status }) => status)).toEqual([183, 404]);
    expect(final.headers.get('reason')).toEqual(['SIP;cause=404;text="Not Found"', 'Q.850;cause=1;text="Not Found"']);
    expect(call.heard.length, 'packets of the announcement').toBeGreaterThan(50);
    expect(await recordOf('9999')).toMatchObject({ status: 404, refusal: 'unknown-number', answeredAt: null, cost: null, app: null });
  });

  it('tells somebody without credit, before a gateway is called', async () => {
    await addRate(server, '44', '1.00');
    await server.api.post('/gateways', { name: 'dead', host: '127.0.0.1', port: 9, prefix: '00', probe: false });
    const poor = await addCaller(server, '1009', '0.00');
    const call = await plain(poor, '00442071838750');
    const final = await call.invite();
    expect([final.status, call.responses[0]?.status]).toEqual([402, 183]);
    expect(final.headers.get('reason')?.[1]).toMatch(/^Q\.850;cause=21;/);
    expect(await recordOf('00442071838750')).toMatchObject({ status: 402, refusal: 'no-credit', cost: null });
  });

  it('ends a call when the administrator says so', async () => {
    const call = await plain(people[0]!, '51155');
    expect((await call.invite()).status).toBe(200);
    const [active] = await eventually('the call is seen', async () => {
      const { items } = await server.api.get('/active-calls');
      return items.length > 0 && items;
    });
    expect(active).toMatchObject({ app: 'conference', state: 'talking' });
    await server.api.delete(`/active-calls/${active.id}`);
    const bye = await call.ended();
    expect(bye.headers.get('reason')?.[0]).toContain('Ended by the operator');
    expect(await recordOf('51155')).toMatchObject({ app: 'conference', endedBy: 'admin', status: 200 });
  });
});
