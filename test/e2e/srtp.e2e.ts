import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../../server/src/media/rtpengine/own-daemon.ts';
import { Softphone, type SoftphoneOptions } from '../support/baresip.ts';
import { addSubscriber, type Person, registerAt } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { amplitude } from '../support/tone.ts';
import { eventually, sleep } from '../support/wait.ts';

const there = isInstalled();
if (!there) process.stdout.write('Encrypted calls are skipped: rtpengine-daemon is not installed.\n');

type Encryption = SoftphoneOptions['encrypts'];

const hears = (phone: Softphone, hertz: number) => {
  const heard = phone.heard().slice(-4000);
  return heard.length === 4000 && amplitude(heard, hertz) > 6000;
};

describe.skipIf(!there)('phones that encrypt, with rtpengine', () => {
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const phones: Softphone[] = [];
  /** The last CDR looked at. */
  let seen = 0;

  beforeAll(async () => {
    server = await TestServer.start('srtp');
    await server.api.patch('/settings', { mediaEngine: 'rtpengine', announcements: false, recordingBeepSeconds: null });
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
    // The daemon takes its time to start.
    await sleep(2000);
  });
  afterEach(async (context) => {
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(() => server?.stop());

  const phone = async ({ number: user, password }: Person, speaks: number, encrypts?: Encryption) => {
    const started = await Softphone.start({ user, password, domain, server: server.sip, speaks, ...(encrypts && { encrypts }) });
    phones.push(started);
    await started.registered();
    return started;
  };

  /** Anna calls Bert, and they hear each other. */
  const talk = async (annas: Encryption, berts: Encryption) => {
    const caller = await phone(anna, 440, annas);
    const callee = await phone(bert, 850, berts);
    caller.command('dial', `sip:${bert.number}@${domain}`);
    await callee.event('CALL_INCOMING');
    callee.command('accept');
    await caller.event('CALL_ESTABLISHED');
    await eventually('sound both ways', () => hears(caller, 850) && hears(callee, 440));
    return { caller, callee };
  };

  /** The CDR of the call just made. */
  const record = async (): Promise<Record<string, string | number | null>> => {
    const written = await eventually('a CDR', async () => (await server.api.list('/calls')).find(({ id }) => id > seen));
    seen = Number(written.id);
    return written;
  };

  it.each([
    ['by SDES', 'srtp-mand'],
    ['by DTLS', 'dtls_srtp'],
  ] as const)('one that insists on encryption %s calls a plain one, holds and talks on', async (_, encrypts) => {
    const { caller, callee } = await talk(encrypts, undefined);
    callee.command('hold');
    await eventually('the caller is told', () => caller.log.includes('a=sendonly'));
    callee.command('resume');
    await eventually('the caller is told', () => caller.log.lastIndexOf('a=sendrecv') > caller.log.lastIndexOf('a=sendonly'));
    await eventually('sound again', () => hears(caller, 850) && hears(callee, 440));
    caller.command('hangup');
    await callee.event('CALL_CLOSED');
    expect(await record()).toMatchObject({ status: 200, endedBy: 'caller' });
  });

  it.each([
    ['by SDES', 'srtp-mand'],
    ['by DTLS', 'dtls_srtp'],
  ] as const)('a plain one calls one that insists on encryption %s, which rings once', async (_, encrypts) => {
    const { caller, callee } = await talk(undefined, encrypts);
    expect(callee.events.filter(({ type }) => type === 'CALL_INCOMING')).toHaveLength(1);
    caller.command('hold');
    await eventually('the callee is told', () => callee.log.includes('a=sendonly'));
    caller.command('resume');
    await eventually('the callee is told', () => callee.log.lastIndexOf('a=sendrecv') > callee.log.lastIndexOf('a=sendonly'));
    await eventually('sound again', () => hears(caller, 850) && hears(callee, 440));
    callee.command('hangup');
    await caller.event('CALL_CLOSED');
    expect(await record()).toMatchObject({ status: 200, endedBy: 'callee' });
  });

  it('one that finds only when it is picked up that a call is plain is called again, within the same call', async () => {
    const clara = await addSubscriber(server, '1003');
    const claras = await Sipp.start('answer-only-encrypted');
    await registerAt(server, clara, claras);
    const caller = await phone(anna, 440);
    const before = await server.api.list('/calls');
    caller.command('dial', `sip:${clara.number}@${domain}`);
    await caller.event('CALL_ESTABLISHED');
    caller.command('hangup');
    await claras.finished();
    expect(await record()).toMatchObject({ status: 200, endedBy: 'caller' });
    expect(await server.api.list('/calls')).toHaveLength(before.length + 1);
  });

  it.each(['srtp-mand', 'dtls_srtp'] as const)('%s: hears himself at the echo test', async (encrypts) => {
    const caller = await phone(anna, 440, encrypts);
    caller.command('dial', `sip:613@${domain}`);
    await caller.event('CALL_ESTABLISHED');
    await eventually('the own tone comes back', () => hears(caller, 440), 20_000);
    caller.command('hangup');
    expect(await record()).toMatchObject({ status: 200, app: 'echo' });
  });

  it('are recorded with both voices, also when both insist', async () => {
    await server.api.patch(`/subscribers/${anna.id}`, { recordCalls: true });
    const { caller, callee } = await talk('dtls_srtp', 'srtp-mand');
    await sleep(2000);
    caller.command('hangup');
    await callee.event('CALL_CLOSED');
    const { id } = await record();
    const detail = await eventually('the recording in the page of the call', async () => {
      const found = await server.api.get(`/calls/${id}`);
      return found.recording ? found : undefined;
    });
    await server.api.patch(`/subscribers/${anna.id}`, { recordCalls: false });
    const reply = await fetch(`${server.http}/api/v1/recordings/${detail.callId}/audio`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    });
    const wav = Buffer.from(await reply.arrayBuffer());
    const channel = (side: 0 | 1) =>
      Int16Array.from({ length: 8000 }, (_, n) => wav.readInt16LE(wav.length - 16_000 * 2 + n * 4 + side * 2));
    expect(amplitude(channel(0), 440)).toBeGreaterThan(6000);
    expect(amplitude(channel(1), 850)).toBeGreaterThan(6000);
  });

  it('are told so when no rtpengine answers, while plain ones are relayed without', async () => {
    await server.api.patch('/settings', { rtpengineNodes: ['127.0.0.1:9'], mediaRelay: 'always' });
    // It is asked, and given up, before it counts.
    await sleep(3000);
    const { caller, callee } = await talk(undefined, undefined);
    caller.command('hangup');
    await callee.event('CALL_CLOSED');
    expect(await record()).toMatchObject({ status: 200 });
    phones.splice(phones.indexOf(caller), 1);
    await caller.stop();
    const encrypts = await phone(anna, 440, 'srtp-mand');
    encrypts.command('dial', `sip:${bert.number}@${domain}`);
    expect((await encrypts.event('CALL_CLOSED')).param).toContain('503');
    expect(await record()).toMatchObject({ status: 503, refusal: 'media-down' });
  });
});
