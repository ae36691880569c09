import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../../server/src/media/rtpengine/own-daemon.ts';
import { Softphone } from '../support/baresip.ts';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, addSubscriber, calling, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { readSip, SipClient } from '../support/sip-client.ts';
import { Sipp } from '../support/sipp.ts';
import { amplitude } from '../support/tone.ts';
import { mediaOf, Voice } from '../support/voice.ts';
import { eventually, sleep } from '../support/wait.ts';

const SILENCE = 5;
/** The media ports that the sipp scenarios name. */
const CALLER = 40_000;
const CALLEE = 42_000;

if (!isInstalled()) process.stdout.write('The relay by rtpengine is skipped: rtpengine-daemon is not installed.\n');

/** The messages of a scenario, each with its start line. */
const messagesOf = (sipp: Sipp) =>
  sipp.messages
    .split(/^-{10,}.*$/m)
    .map((part) => part.slice(part.search(/^(SIP\/2\.0|[A-Z]+ sip)/m)).replaceAll(/\r?\n/g, '\r\n'))
    .filter((text) => /^(SIP\/2\.0|[A-Z]+ sip)/.test(text));

/** Waits for a message of this start at a scenario. */
const message = (sipp: Sipp, start: RegExp) =>
  eventually(`${start} at ${sipp.scenario}`, () => messagesOf(sipp).find((text) => start.test(text)));

const hears = (who: { heard: Int16Array } | Softphone, hertz: number) => {
  const heard = who instanceof Softphone ? who.heard().slice(-4000) : who.heard;
  return heard.length >= 2000 && amplitude(heard, hertz) > 6000;
};

/** The CDRs, the newest first, once no call is under way. */
async function records(server: TestServer): Promise<Record<string, string | number | null>[]> {
  const database = server.database();
  try {
    await eventually('no call is under way', () => database.number('SELECT COUNT(*) FROM call_journal') === 0);
    await eventually('no call is active', async () => (await server.api.get('/active-calls')).items.length === 0);
  } finally {
    database.close();
  }
  return server.api.list('/calls');
}

describe.each([
  ['Dialtone itself', 'built-in'],
  ['rtpengine', 'rtpengine'],
] as const)('calls relayed by %s', (_, engine) => {
  const there = engine === 'built-in' || isInstalled();
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  let gatewayPort: number;
  const voices: Voice[] = [];
  const phones: Softphone[] = [];
  const voice = async (port: number) => {
    const opened = await Voice.open(port);
    voices.push(opened);
    return opened;
  };
  const softphone = async (person: Person, speaks: number) => {
    const started = await Softphone.start({ user: person.number, password: person.password, domain, server: server.sip, speaks });
    phones.push(started);
    await started.registered();
    return started;
  };

  beforeAll(async () => {
    if (!there) return;
    server = await TestServer.start(`relay-${engine}`);
    await server.api.patch('/settings', { mediaEngine: engine, mediaRelay: 'always', rtpSilenceSeconds: SILENCE, announcements: false });
    anna = await addCaller(server, '1001', '50.00');
    bert = await addSubscriber(server, '1002');
    gatewayPort = await freePort();
    await addRate(server, '44', '0.01');
    await addGateway(server, 'Carrier', `127.0.0.1:${gatewayPort}`);
    // A daemon of its own takes its time to start.
    if (engine === 'rtpengine') await sleep(2000);
  });
  afterEach(async (context) => {
    for (const one of voices.splice(0)) one.close();
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  /** Anna calls Bert, both played by sipp; returns when Bert's phone has the INVITE and Anna a description. */
  const call = async (answers: string, calls: string, status: RegExp, options: { fill?: object; ms?: number } = {}) => {
    const callee = await Sipp.start(answers, { fill: options.fill as Record<string, string> });
    await registerAt(server, bert, callee);
    const caller = await Sipp.start(calls, { to: server.sip, ...calling(anna, bert.number), more: ['-d', String(options.ms ?? 3000)] });
    const invite = await message(callee, /^INVITE/);
    const answer = await message(caller, status);
    return { caller, callee, invite, answer, ended: () => Promise.all([caller.finished(), callee.finished()]) };
  };

  it.skipIf(!there)('hear each other, already before the answer (183)', async () => {
    const [annas, berts] = [await voice(CALLER), await voice(CALLEE)];
    const talk = await call('answer-early', 'call', /^SIP\/2\.0 183/, { fill: { early: 2500 }, ms: 1500 });
    expect([mediaOf(talk.invite).port, mediaOf(talk.answer).port]).not.toContain(CALLER);
    expect(mediaOf(talk.answer).port).not.toBe(CALLEE);
    berts.speak(850, mediaOf(talk.invite));
    annas.speak(440, mediaOf(talk.answer));
    await eventually('early media both ways', () => hears(annas, 850) && hears(berts, 440));
    await message(talk.caller, /^SIP\/2\.0 200 OK[\s\S]*CSeq: 2 INVITE/);
    annas.forget();
    berts.forget();
    await eventually('sound after the answer', () => hears(annas, 850) && hears(berts, 440));
    const [active] = (await server.api.get('/active-calls')).items;
    expect(active.media).toMatchObject({ recorded: false, caller: { lost: 0 } });
    await talk.ended();
  });

  it.skipIf(!there)('hear each other when the offer comes late, and its answer in the ACK', async () => {
    const [annas, berts] = [await voice(CALLER), await voice(CALLEE)];
    const talk = await call('answer-late-offer', 'call-late-offer', /^SIP\/2\.0 200 OK[\s\S]*m=audio/, { fill: { callerPort: '[0-9]+' } });
    annas.speak(440, mediaOf(talk.answer));
    berts.speak(850, mediaOf(await message(talk.callee, /^ACK/)));
    await eventually('sound both ways', () => hears(annas, 850) && hears(berts, 440));
    await talk.ended();
  });

  it.skipIf(!there)('are on hold for longer than silence may last, and talk on', async () => {
    const first = await softphone(anna, 440);
    const second = await softphone(bert, 850);
    first.command('dial', `sip:${bert.number}@${domain}`);
    await second.event('CALL_INCOMING');
    second.command('accept');
    await first.event('CALL_ESTABLISHED');
    const talking = () => hears(first, 850) && hears(second, 440);
    await eventually('sound both ways', talking);
    first.command('hold');
    await sleep((SILENCE + 3) * 1000);
    expect((await server.api.get('/active-calls')).items).toHaveLength(1);
    first.command('resume');
    await eventually('sound again', talking);
    first.command('hangup');
    await second.event('CALL_CLOSED');
  });

  it.skipIf(!there)('are hung up on both sides when nobody says anything any more (M-29)', async () => {
    const talk = await call('answer', 'call-until-bye', /^SIP\/2\.0 200 OK[\s\S]*m=audio/);
    await talk.ended();
    await eventually('a CDR that says so', async () => (await records(server))[0]?.endedBy === 'media-timeout');
    expect((await records(server))[0]).toMatchObject({ status: 200, reason: `No media for ${SILENCE} s` });
  });

  it.skipIf(!there)('are not disturbed by a forged BYE', async () => {
    const [annas, berts] = [await voice(CALLER), await voice(CALLEE)];
    const talk = await call('answer', 'call', /^SIP\/2\.0 200 OK[\s\S]*m=audio/);
    berts.speak(850, mediaOf(talk.invite));
    annas.speak(440, mediaOf(talk.answer));
    const stranger = await SipClient.open('127.0.0.1', server.sipPort);
    const { headers } = readSip(talk.answer);
    const forged = await stranger.request('BYE', `sip:${bert.number}@127.0.0.1:${server.sipPort}`, [
      ['Call-ID', headers.get('call-id')?.[0] ?? ''],
      ['From', headers.get('from')?.[0] ?? ''],
      ['To', `<sip:${bert.number}@${domain}>;tag=${randomBytes(4).toString('hex')}`],
    ]);
    stranger.close();
    expect(forged.status).toBe(481);
    annas.forget();
    berts.forget();
    await eventually('sound goes on', () => hears(annas, 850) && hears(berts, 440));
    await talk.ended();
  });

  it.skipIf(!there).each([
    ['re-INVITE of the caller', 'call-reinvite', 'gateway-reinvited'],
    ['re-INVITE of the gateway', 'call-reinvited', 'gateway-reinvites'],
    ['a late offer', 'call-late-offer', 'gateway-late-offer'],
    ['UPDATE', 'call-update-info-refer', 'gateway-update-info'],
    ['PRACK', 'call-prack', 'gateway-prack'],
  ])('to gateways pass %s through the relay', async (_what, calls, answers) => {
    const gateway = await Sipp.start(answers, { port: gatewayPort, fill: { number: '441234567', callerPort: '[0-9]+' } });
    const before = (await records(server)).length;
    await Sipp.run(calls, { to: server.sip, ...calling(anna, '00441234567'), more: ['-d', '200'] });
    const received = messagesOf(gateway).filter((text) => /^(INVITE|UPDATE|ACK|PRACK)/.test(text) && text.includes('m=audio'));
    await gateway.finished();
    expect(received.filter((text) => mediaOf(text).port === CALLER)).toEqual([]);
    await expectQuietBooks(server, before + 1);
  });

  it.skipIf(!there || engine === 'built-in')('end cleanly when rtpengine is killed, and its daemon is started again', async () => {
    const talk = await call('answer', 'call-until-bye', /^SIP\/2\.0 200 OK[\s\S]*m=audio/);
    const daemon = descendants(server.pid).find(({ name }) => name === 'rtpengine');
    process.kill(daemon!.pid, 'SIGKILL');
    await talk.ended();
    await eventually('a CDR that says so', async () => (await records(server))[0]?.endedBy === 'error');
    expect((await records(server))[0]).toMatchObject({ reason: expect.stringMatching(/^Media relay lost/) });
    await eventually(
      'another call is relayed',
      async () => {
        const again = await Sipp.start('answer', { mayFail: true });
        await registerAt(server, bert, again);
        const caller = await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), mayFail: true, patience: 3000 });
        await again.stop();
        return caller !== undefined && (await records(server))[0]?.status === 200;
      },
      30_000,
    );
  });
});

/** Processes below this one. */
function descendants(pid: number): { pid: number; name: string }[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([own, parent, name = '']) => ({ pid: Number(own), parent: Number(parent), name }));
  const below = (of: number): { pid: number; name: string }[] =>
    table.filter(({ parent }) => parent === of).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

describe('a recorded call', () => {
  let server: TestServer;
  const phones: Softphone[] = [];
  beforeAll(async () => {
    server = await TestServer.start('recording');
    await server.api.patch('/settings', { recordingBeepSeconds: null });
  });
  afterEach(async (context) => {
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  it('is in its page as a file with the caller to the left, found by the tones they spoke with', async () => {
    const anna = await addSubscriber(server, '1001');
    const bert = await addSubscriber(server, '1002');
    await server.api.patch(`/subscribers/${anna.id}`, { recordCalls: true });
    for (const [person, speaks] of [
      [anna, 440],
      [bert, 850],
    ] as const) {
      const phone = await Softphone.start({ user: person.number, password: person.password, domain, server: server.sip, speaks });
      phones.push(phone);
      await phone.registered();
    }
    const [first, second] = phones as [Softphone, Softphone];
    first.command('dial', `sip:${bert.number}@${domain}`);
    await second.event('CALL_INCOMING');
    second.command('accept');
    await first.event('CALL_ESTABLISHED');
    await eventually('sound both ways', () => hears(first, 850) && hears(second, 440));
    expect((await server.api.get('/active-calls')).items[0].media).toMatchObject({ recorded: true });
    await sleep(2000);
    first.command('hangup');
    await second.event('CALL_CLOSED');

    const detail = await eventually('the recording in the page of the call', async () => {
      const [cdr] = await records(server);
      const found = cdr && (await server.api.get(`/calls/${cdr.id}`));
      return found?.recording ? found : undefined;
    });
    expect(detail.recording.seconds).toBeGreaterThanOrEqual(2);
    const reply = await fetch(`${server.http}/api/v1/recordings/${detail.callId}/audio`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    });
    expect(reply.headers.get('content-type')).toBe('audio/wav');
    const wav = Buffer.from(await reply.arrayBuffer());
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([2, 8000]);
    const channel = (side: 0 | 1) =>
      Int16Array.from({ length: 8000 }, (_, n) => wav.readInt16LE(wav.length - 16_000 * 2 + n * 4 + side * 2));
    expect(amplitude(channel(0), 440)).toBeGreaterThan(6000);
    expect(amplitude(channel(0), 850)).toBeLessThan(500);
    expect(amplitude(channel(1), 850)).toBeGreaterThan(6000);
    expect(amplitude(channel(1), 440)).toBeLessThan(500);
  });
});

describe('when every port for media is taken', () => {
  let server: TestServer;
  beforeAll(async () => {
    // A quarter of them for the relay: one call.
    server = await TestServer.start('relay-full', { env: { DIALTONE_RTP: '32000-32015' } });
    await server.api.patch('/settings', { mediaRelay: 'always', announcements: false });
  });
  afterAll(() => server?.stop());

  it('a call is refused with 503 before it rings, and the next one has them again', async () => {
    const anna = await addSubscriber(server, '1001', { maxCalls: 5 });
    const bert = await addSubscriber(server, '1002');
    const phone = await Sipp.start('answer', { calls: 2 });
    await registerAt(server, bert, phone);
    const first = await Sipp.start('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '3000'] });
    await message(first, /^SIP\/2\.0 200 OK[\s\S]*m=audio/);
    const refused = await Sipp.run('call-refused', {
      to: server.sip,
      ...calling(anna, bert.number),
      fill: { status: 503, words: 'No media port free', patience: 10000 },
    });
    expect(refused).toBeDefined();
    expect(messagesOf(phone).filter((text) => text.startsWith('INVITE'))).toHaveLength(1);
    await first.finished();
    await eventually('two CDRs', async () => (await records(server)).length === 2);
    expect((await records(server)).toSorted((a, b) => Number(a.status) - Number(b.status))).toMatchObject([
      { status: 200 },
      { status: 503, refusal: 'no-media' },
    ]);
    await Sipp.run('call', { to: server.sip, ...calling(anna, bert.number), more: ['-d', '200'] });
    await phone.finished();
  });
});
