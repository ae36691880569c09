import { beforeEach, describe, expect, it } from 'vitest';
import { money } from '../../billing/testing.ts';
import type { Micros } from '../../money/money.ts';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import { answerTo, type RequestFields, settle } from '../../sip/testing/index.ts';
import { Bench, statuses } from '../testing.ts';
import { type App, AppRegistry } from './app-call.ts';
import { balanceReadout } from './balance-app.ts';
import { registerSimpleApps } from './simple-apps.ts';
import { FakeMedia, fakePrompts } from './testing.ts';

const OFFER = 'v=0\r\no=phone offer\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\nc=IN IP4 192.0.2.10\r\n';

let media: FakeMedia;
let registry: AppRegistry;
let bench: Bench;
/** The server's tag and target, learnt from its responses. */
let toTag = '';
let left: Micros | undefined;
let seq = 10;

beforeEach(() => {
  media = new FakeMedia();
  registry = new AppRegistry();
  registerSimpleApps(registry);
  registry.register('balance', balanceReadout({ available: () => left, currency: () => 'EUR' }));
  bench = new Bench({ media, prompts: fakePrompts, registry });
  bench.directory.replaceFeatureCodes([
    { id: 1, code: '613', feature: 'echo', argument: null, prefix: false, enabled: true, description: 'Echo test' },
    { id: 2, code: '958', feature: 'number-readback', argument: null, prefix: false, enabled: true, description: 'Your number' },
    { id: 3, code: '511', feature: 'conference', argument: null, prefix: true, enabled: true, description: 'Conference' },
    { id: 5, code: '*103', feature: 'balance', argument: null, prefix: false, enabled: true, description: 'Balance' },
    { id: 4, code: '*100', feature: 'demo', argument: null, prefix: false, enabled: true, description: 'Demo' },
  ]);
  seq = 10;
});

const heard = () => media.endpoints[0]?.heard ?? [];
const record = () => bench.charging.records[0];

/** Dials as 1001; answers with everything that left, the last response being remembered. */
async function dial(user: string, fields: RequestFields = {}): Promise<(SipRequest | SipResponse)[]> {
  const first = bench.sendAs('1001', 'INVITE', { uri: `sip:${user}@example.org`, body: OFFER, ...fields });
  await settle();
  return remember([...first, ...taken()]);
}

const taken = () => bench.transport.take().map(({ message }) => message);

function remember(messages: (SipRequest | SipResponse)[]): (SipRequest | SipResponse)[] {
  for (const message of messages)
    if (message.kind === 'response' && message.status > 100 && message.status < 300) toTag = message.to.tag ?? '';
  return messages;
}

/** A request inside the dialog; what leaves because of it. */
async function inside(method: string, fields: RequestFields = {}): Promise<(SipRequest | SipResponse)[]> {
  const to = `<sip:1002@example.org>;tag=${toTag}`;
  const now = bench.send(bench.request(method, { uri: 'sip:613@192.0.2.1:5060', to, cseq: method === 'ACK' ? 2 : ++seq, ...fields }));
  await settle();
  return [...now, ...taken()];
}

describe('a call that is answered here', () => {
  it('answers with its own session, plays and echoes, and ends with one CDR (M-24: 613)', async () => {
    const sent = await dial('613');
    expect(statuses(sent)).toEqual(['100', '200']);
    const ok = sent[1] as SipResponse;
    expect(ok.body.toString()).toContain('o=server answer');
    expect(ok.get('Contact')).toBe('<sip:613@192.0.2.1:5060>');
    await inside('ACK');
    expect(heard()).toEqual(['answer phone offer', 'play demo-echotest', 'echo']);
    expect([...bench.node.calls.list()]).toMatchObject([{ kind: 'app', app: 'echo', state: 'talking' }]);
    bench.clock.advance(5_000);
    expect(statuses(await inside('BYE'))).toEqual(['200']);
    expect(bench.charging.records).toMatchObject([
      { status: 200, endedBy: 'caller', app: 'echo', talkMs: 5_000, accountId: null, missed: false, direction: 'internal' },
    ]);
    expect(media.endpoints[0]?.closed).toBe(true);
    expect(bench.node.calls.size).toBe(0);
  });

  it('reads out what the caller has left, and refuses who has no account', async () => {
    left = money('3.5');
    await dial('*103');
    expect(heard().at(-1)).toBe('play your-balance-is money:3500000 vm-goodbye');
    await inside('ACK');
    expect(record()).toMatchObject({ app: 'balance', status: 200 });
    left = undefined;
    expect(statuses(await dial('*103', { callId: 'no-account' }))).toEqual(['100', '403']);
  });

  it('hangs up by itself when the service is done, after the ACK', async () => {
    const sent = await dial('958');
    // RFC 3261 15: no BYE before the ACK.
    expect(statuses(sent)).toEqual(['100', '200']);
    expect(heard().at(-1)).toBe('play your-number-is digits:1001 digits:1001 vm-goodbye');
    const [bye] = await inside('ACK');
    expect((bye as SipRequest).method).toBe('BYE');
    expect(record()).toMatchObject({ endedBy: 'callee', app: 'number-readback', status: 200 });
    bench.transport.deliver(answerTo(bye as SipRequest, 200), { protocol: 'udp', address: '192.0.2.10', port: 5060 });
    expect(statuses(await inside('OPTIONS'))).toEqual(['481']);
  });

  it('repeats its 200 until the ACK, and gives up after 64*T1 (RFC 3261 13.3.1.4)', async () => {
    await dial('613');
    await bench.clock.advanceAsync(500);
    expect(statuses(taken())).toEqual(['200']);
    await bench.clock.advanceAsync(32_000);
    expect(statuses(taken()).at(-1)).toBe('BYE');
    expect(record()).toMatchObject({ endedBy: 'error', status: 200 });
  });

  it('makes the offer when the INVITE has none, and takes the answer from the ACK (late offer)', async () => {
    const [, ok] = await dial('613', { body: '' });
    expect((ok as SipResponse).body.toString()).toContain('o=server offer');
    expect(heard()).toEqual([]);
    await inside('ACK', { body: OFFER });
    expect(heard()).toEqual(['accept phone offer', 'play demo-echotest', 'echo']);
  });

  it('ends a call whose ACK brings no answer to our offer', async () => {
    await dial('613', { body: '' });
    expect(statuses(await inside('ACK'))).toEqual(['BYE']);
    expect(record()).toMatchObject({ endedBy: 'error' });
  });

  it('refuses with 488 when no codec is common, 503 when no port is left', async () => {
    media.refuses = true;
    expect(statuses(await dial('613'))).toEqual(['100', '488']);
    media.full = true;
    expect(statuses(await dial('613', { callId: 'second' }))).toEqual(['100', '503']);
    expect(bench.charging.records).toMatchObject([
      { status: 488, app: 'echo' },
      { status: 503, refusal: 'no-media' },
    ]);
  });

  it('refuses with 503 while the media is down', async () => {
    media.healthy = false;
    expect(statuses(await dial('613'))).toEqual(['503']);
  });

  it('answers hold and resume by re-INVITE, and a new address by UPDATE', async () => {
    await dial('613');
    await inside('ACK');
    const held = await inside('INVITE', { body: OFFER.replace('phone offer', 'held') });
    expect(statuses(held)).toEqual(['200']);
    expect((held[0] as SipResponse).body.toString()).toContain('o=server answer');
    await inside('ACK', { cseq: seq });
    expect(statuses(await inside('UPDATE', { body: OFFER.replace('phone offer', 'moved') }))).toEqual(['200']);
    expect(heard().filter((line) => line.startsWith('answer'))).toEqual(['answer phone offer', 'answer held', 'answer moved']);
    media.endpoints[0]!.refuses = true;
    expect(statuses(await inside('INVITE', { body: OFFER }))).toEqual(['488']);
  });

  it('offers anew when a re-INVITE has no offer', async () => {
    await dial('613');
    await inside('ACK');
    const [ok] = await inside('INVITE');
    expect((ok as SipResponse).body.toString()).toContain('o=server offer');
    await inside('ACK', { cseq: seq, body: OFFER });
    expect(heard().at(-1)).toBe('accept phone offer');
  });

  it('takes digits by INFO in each form, and refuses other bodies', async () => {
    await dial('613');
    await inside('ACK');
    const info = async (type: string, body: string) => {
      const request = bench.request('INFO', { to: `<sip:1002@example.org>;tag=${toTag}`, cseq: ++seq, body });
      request.set('Content-Type', type);
      const sent = bench.send(request);
      await settle();
      return statuses(sent);
    };
    expect(await info('application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n')).toEqual(['200']);
    expect(await info('text/plain', 'hello')).toEqual(['415']);
    expect(await info('application/dtmf', '11')).toEqual(['200']);
    expect(heard()).toContain('digit 5');
    expect(heard()).toContain('digit #');
    // As the introduction says, the pound key ends the test.
    await bench.clock.advanceAsync(100);
    expect(statuses(taken())).toContain('BYE');
  });

  it('ends it on both sides when an administrator hangs up, the media is lost, nothing is heard, or it lasts too long', async () => {
    const ends: [string, () => void | Promise<void>][] = [
      ['admin', () => void bench.node.calls.hangup([...bench.node.calls.list()][0]!.id, 'admin', 'Ended')],
      ['error', () => media.endpoints.at(-1)!.onLost('worker died')],
      ['media-timeout', () => media.endpoints.at(-1)!.onSilence(60)],
      ['session-timeout', () => bench.clock.advanceAsync(4 * 3600 * 1000)],
    ];
    for (const [index, [endedBy, end]] of ends.entries()) {
      await dial('613', { callId: `end-${index}`, headers: ['Supported: timer', 'Session-Expires: 90000;refresher=uac'] });
      await inside('ACK', { callId: `end-${index}` });
      await end();
      expect(statuses(taken())).toContain('BYE');
      expect(bench.charging.records.at(-1)).toMatchObject({ endedBy, status: 200, app: 'echo' });
      expect(bench.charging.records).toHaveLength(index + 1);
    }
  });

  it('RFC 4028: ends a call whose session is not refreshed', async () => {
    await dial('613', { headers: ['Supported: timer', 'Session-Expires: 90;refresher=uac'] });
    await inside('ACK');
    await bench.clock.advanceAsync(60_000);
    expect(statuses(taken())).toEqual(['BYE']);
    expect(record()).toMatchObject({ endedBy: 'session-timeout' });
  });

  it('cancel while the media is being made ready, and while a service has not answered', async () => {
    let settled: () => void = () => undefined;
    const wait: App = (call) => new Promise((resolve) => call.hungUp.addEventListener('abort', () => resolve(settled())));
    registry.register('conference', wait);
    await dial('5110');
    const ended = new Promise<void>((resolve) => {
      settled = resolve;
    });
    const invite = bench.request('CANCEL', { uri: 'sip:5110@example.org', cseq: 2 });
    invite.set('Via', lastVia());
    const sent = bench.send(invite);
    expect(statuses(sent)).toEqual(['200', '487']);
    await ended;
    expect(record()).toMatchObject({ status: 487, endedBy: 'caller', app: 'conference', answeredAt: null });
    expect(media.endpoints[0]?.closed).toBe(true);
  });

  it('a service that fails ends the call, and the fault is told', async () => {
    registry.register('conference', async (call) => {
      await call.answer();
      throw new Error('fault');
    });
    await dial('5110');
    expect(statuses(await inside('ACK'))).toEqual(['BYE']);
    expect(record()).toMatchObject({ endedBy: 'error' });
    expect(bench.faults).toHaveLength(1);
  });

  it('asks the phone to call back by REFER, and ends when its call goes on', async () => {
    let done: boolean | undefined;
    registry.register('conference', async (call) => {
      await call.answer();
      done = await call.transfer('1002');
    });
    await dial('5110');
    const refer = (await inside('ACK')).find((each) => each.kind === 'request') as SipRequest;
    expect([refer.method, refer.get('Refer-To')]).toEqual(['REFER', '<sip:1002@example.org>']);
    bench.transport.deliver(answerTo(refer, 202, { toTag: 'caller' }), { protocol: 'udp', address: '192.0.2.10', port: 5060 });
    const notify = bench.request('NOTIFY', { to: `<sip:1002@example.org>;tag=${toTag}`, cseq: ++seq, body: 'SIP/2.0 180 Ringing' });
    notify.set('Content-Type', 'message/sipfrag');
    expect(statuses(bench.send(notify))).toEqual(['200']);
    await settle();
    expect(done).toBe(true);
    expect(statuses(taken())).toEqual(['BYE']);
  });
});

describe('announcements', () => {
  it('says why in early media, then refuses with its reason; nobody pays', async () => {
    media.quick = false;
    const sent = await dial('9999');
    expect(statuses(sent)).toEqual(['100', '183']);
    expect((sent[1] as SipResponse).body.toString()).toContain('o=server answer');
    expect(heard().at(-1)).toBe('play refusal-unknown-number');
    expect(record()).toBeUndefined();
    media.endpoints[0]?.end();
    await settle();
    const [final] = taken() as SipResponse[];
    expect(final?.status).toBe(404);
    expect(final?.get('Reason')).toContain('SIP;cause=404');
    expect(final?.getAll('Reason').join()).toContain('Q.850;cause=1;');
    expect(record()).toMatchObject({ status: 404, refusal: 'unknown-number', answeredAt: null, accountId: null, app: null });
  });

  it('keeps the reason in the CDR of a caller who hangs up meanwhile', async () => {
    media.quick = false;
    await dial('9999');
    const cancel = bench.request('CANCEL', { uri: 'sip:9999@example.org', cseq: 2 });
    cancel.set('Via', lastVia());
    expect(statuses(bench.send(cancel))).toEqual(['200', '487']);
    expect(record()).toMatchObject({ status: 487, refusal: 'unknown-number', endedBy: 'caller' });
  });

  it('goes without for an INVITE without an offer, when switched off, and when no port is left', async () => {
    expect(statuses(await dial('9999', { body: '' }))).toEqual(['404']);
    media.full = true;
    expect(statuses(await dial('9999', { callId: 'full' }))).toEqual(['100', '404']);
    bench.directory.updateSettings({ announcements: false });
    expect(statuses(await dial('9999', { callId: 'off' }))).toEqual(['404']);
  });

  it('RFC 3262: early media is reliable where the caller can, and is repeated until its PRACK', async () => {
    media.quick = false;
    const [, early] = await dial('9999', { headers: ['Supported: 100rel'] });
    const rseq = (early as SipResponse).get('RSeq');
    expect((early as SipResponse).get('Require')).toBe('100rel');
    await bench.clock.advanceAsync(500);
    expect(statuses(taken())).toEqual(['183']);
    expect(statuses(await inside('PRACK', { headers: ['RAck: 7 2 INVITE'] }))).toEqual(['481']);
    expect(statuses(await inside('PRACK', { headers: [`RAck: ${rseq} 2 INVITE`] }))).toEqual(['200']);
    await bench.clock.advanceAsync(2_000);
    expect(taken()).toEqual([]);
  });

  it('tells of the minutes left before the gateway is called, when there are few', async () => {
    const { aGateway, aTariff } = await import('../../directory/testing.ts');
    const { rateOf } = await import('../../billing/testing.ts');
    const tariff = aTariff();
    tariff.table.set(rateOf('1', '60/60', { prefix: '44', name: 'United Kingdom' }));
    bench.directory.upsertTariff(tariff);
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1' }));
    media.quick = false;
    bench.credit = { accountId: 9, available: money('3'), dailyLeft: null };
    expect(statuses(await dial('00442071838750'))).toEqual(['100', '183']);
    expect(heard().at(-1)).toBe('play minutes-left-before number:3 minutes-left-after');
    expect([bench.bridge.jobs.length, bench.charging.authorised.length]).toEqual([0, 0]);
    media.endpoints[0]?.end();
    await settle();
    expect([bench.bridge.jobs.length, bench.charging.authorised.length]).toEqual([1, 1]);
    expect(bench.bridge.jobs[0]?.call.kind).toBe('bridge');
    bench.credit = { accountId: 9, available: money('1.5'), dailyLeft: null };
    await dial('00442071838750', { callId: 'poor' });
    expect(media.endpoints[1]?.heard.at(-1)).toBe('play minutes-left-before duration:60');
    bench.credit = { accountId: 9, available: money('50'), dailyLeft: null };
    expect(statuses(await dial('00442071838750', { callId: 'rich' }))).toEqual(['100']);
  });
});

describe('voicemail', () => {
  beforeEach(() => {
    bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(2)!, groups: ['voicemail'] });
  });

  it('takes the call of a phone that is off, which stays missed (M-25)', async () => {
    const told: (string | undefined)[] = [];
    registry.register('voicemail', async (call) => {
      told.push(call.argument);
      await call.answer();
    });
    await dial('1002');
    await inside('ACK');
    expect(told).toEqual(['2:not-registered']);
    expect(record()).toMatchObject({ app: 'voicemail', missed: true, toSubscriberId: 2, status: 200 });
  });

  it('leaves the call where it was when the media is down: nobody answered', async () => {
    registry.register('voicemail', async () => undefined);
    media.full = true;
    expect(statuses(await dial('1002'))).toEqual(['100', '480']);
    expect(record()).toMatchObject({ status: 480, refusal: 'not-registered', missed: true });
  });

  it('sends a declined call to the mailbox, as a busy one', async () => {
    const told: (string | undefined)[] = [];
    registry.register('voicemail', async (call) => void told.push(call.argument));
    bench.registerBob();
    for (const [status, callId] of [
      [486, 'busy'],
      [603, 'declined'],
    ] as const) {
      const invite = (await dial('1002', { callId })).find((each) => each.kind === 'request') as SipRequest;
      bench.transport.deliver(answerTo(invite, status), { protocol: 'udp', address: '192.0.2.20', port: 5060 });
      await settle();
      taken();
    }
    expect(told).toEqual(['2:busy', '2:busy']);
  });
});

/** Via of the latest INVITE, for its CANCEL. */
const lastVia = () => `SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKbench${bench.lastBranch - 1}`;

describe('a caller who encrypts, answered here', () => {
  const PLAIN = OFFER.replace('phone offer', 'phone 1 1 IN IP4 192.0.2.10');
  const SECRET = PLAIN.replace('RTP/AVP', 'RTP/SAVP');
  const last = () => bench.relays.opened.at(-1)!;

  it('has a translator in front of the service, which frees all when he hangs up', async () => {
    bench.relays.parts = { ...bench.relays.parts, translator: () => bench.relays };
    const sent = await dial('613', { body: SECRET });
    expect(sent.at(-1)!.body.toString()).toBe('v=0\r\no=server answer\r\na=relayed-from:callee\r\n');
    expect(last().passed).toEqual(['caller offer', 'callee answer']);
    const { caller, callee } = last().order.sides;
    expect([caller.signalling, callee.advertise]).toEqual(['192.0.2.10', '127.0.0.1']);
    expect(media.endpoints[0]!.order).toMatchObject({ advertise: '127.0.0.1', bind: '127.0.0.1', silenceSeconds: 60 });
    await inside('ACK');
    await inside('INVITE', { body: SECRET });
    expect(last().passed).toHaveLength(4);
    await inside('BYE');
    expect([last().state, media.endpoints[0]!.closed]).toEqual(['closed', true]);
  });

  it('loses the call when the translator is lost', async () => {
    bench.relays.parts = { ...bench.relays.parts, translator: () => bench.relays };
    await dial('613', { body: SECRET });
    await inside('ACK');
    last().onLost('rtpengine does not answer any more');
    await settle();
    expect(record()).toMatchObject({ endedBy: 'error' });
    expect(media.endpoints[0]!.closed).toBe(true);
  });

  it.each([
    ['cannot be had', 'room', 0],
    ['is gone', 'gone', 1],
  ] as const)('is told when the translator %s', async (_, what, count) => {
    bench.relays.parts = { ...bench.relays.parts, translator: () => bench.relays };
    bench.relays[what] = count;
    bench.relays.healthy = false;
    await dial('613', { body: SECRET });
    expect(record()).toMatchObject({ status: 503, refusal: 'media-down' });
    expect(media.endpoints.every(({ closed }) => closed)).toBe(true);
  });

  it('whose sound is plain has none', async () => {
    bench.relays.parts = { ...bench.relays.parts, translator: () => bench.relays };
    await dial('613', { body: PLAIN });
    expect(bench.relays.opened).toHaveLength(0);
  });
});
