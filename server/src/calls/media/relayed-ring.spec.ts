import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../../sip/message/index.ts';
import { answerTo, type RequestFields, settle } from '../../sip/testing/index.ts';
import { ANN, Bench, BOB, statuses } from '../testing.ts';
import type { FakeSession } from './testing.ts';

const OFFER = 'v=0\r\no=ann 1 1 IN IP4 192.0.2.10\r\n';
const ANSWER = 'v=0\r\no=bob 1 1 IN IP4 192.0.2.20\r\n';
const toCallee = (sdp: string) => `${sdp}a=relayed-from:caller\r\n`;
const toCaller = (sdp: string) => `${sdp}a=relayed-from:callee\r\n`;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.directory.updateSettings({ mediaRelay: 'always' });
  bench.registerBob();
});

const sent = () => bench.transport.take().map(({ message }) => message);
const session = (): FakeSession => bench.relays.opened.at(-1)!;

/** Delivers, lets the relay work, and returns what leaves. */
async function deliver(message: SipRequest | SipResponse, from = ANN) {
  const first = bench.send(message, from);
  await settle();
  return [...first, ...sent()];
}

/** Ann calls; returns the INVITE that reached Bob. */
async function call(fields: RequestFields = {}): Promise<SipRequest> {
  bench.sendAs('1001', 'INVITE', { body: OFFER, ...fields });
  return bench.relayed();
}

const bob = (invite: SipRequest, status: number, more: Parameters<typeof answerTo>[2] = {}) =>
  deliver(answerTo(invite, status, more), BOB) as Promise<SipResponse[]>;

/** In a call with its ACK. */
async function talk(): Promise<{ invite: SipRequest; ok: SipResponse }> {
  const invite = await call();
  const [ok] = await bob(invite, 200, { body: ANSWER });
  await deliver(inDialog('ACK', ok!, { cseq: 2 }));
  return { invite, ok: ok! };
}

function inDialog(method: string, answer: SipResponse, fields: RequestFields = {}): SipRequest {
  const route = answer.recordRoutes.map((hop) => `Route: ${hop}`).reverse();
  return bench.request(method, {
    ...{ uri: 'sip:1002@192.0.2.20:5060', to: '<sip:1002@example.org>;tag=callee', cseq: 3, headers: route },
    ...fields,
  });
}

const fromBob = (method: string, invite: SipRequest, fields: RequestFields = {}) =>
  bench.request(method, {
    ...{ uri: 'sip:1001@192.0.2.10:5060', from: '<sip:1002@example.org>;tag=callee', to: '<sip:1001@example.org>;tag=caller', cseq: 1 },
    ...{ via: 'SIP/2.0/UDP 192.0.2.20:5060;branch=BRANCH', headers: invite.recordRoutes.map((hop) => `Route: ${hop}`) },
    ...fields,
  });

describe('a proxied call whose media is relayed', () => {
  it('shows each side the description of the relay, with its length right', async () => {
    const invite = await call();
    expect(invite.body.toString()).toBe(toCallee(OFFER));
    expect(invite.contentLength).toBe(invite.body.length);
    expect(session().order.sides.caller).toEqual({
      ...{ advertise: '192.0.2.1', bind: '192.0.2.1', behindNat: false, asymmetric: false, signalling: '192.0.2.10' },
    });
    const [early] = await bob(invite, 183, { body: ANSWER });
    expect(early!.body.toString()).toBe(toCaller(ANSWER));
    expect(session().state).toBe('open');
    const [ok] = await bob(invite, 200, { body: ANSWER });
    expect(ok!.body.toString()).toBe(toCaller(ANSWER));
    expect(ok!.contentLength).toBe(ok!.body.length);
    expect(session().state).toBe('answered');
    expect(session().passed).toEqual(['caller offer', 'callee answer', 'callee answer']);
    const [again] = await bob(invite, 200, { body: ANSWER });
    expect(again!.body).toEqual(ok!.body);
  });

  it('is relayed in its ACK when the offer comes late', async () => {
    bench.sendAs('1001', 'INVITE');
    const invite = await bench.relayed();
    expect(invite.body).toHaveLength(0);
    const [ok] = await bob(invite, 200, { body: OFFER });
    expect(ok!.body.toString()).toBe(toCaller(OFFER));
    const [ack] = await deliver(inDialog('ACK', ok!, { cseq: 2, body: ANSWER }));
    expect(ack!.body.toString()).toBe(toCallee(ANSWER));
    expect(session().passed).toEqual(['callee offer', 'caller answer']);
  });

  it('passes re-INVITE, UPDATE and PRACK of both sides', async () => {
    const { invite, ok } = await talk();
    const reinvite = (await deliver(inDialog('INVITE', ok, { body: OFFER, cseq: 4 }))).at(-1) as SipRequest;
    expect(reinvite.body.toString()).toBe(toCallee(OFFER));
    const [held] = await deliver(answerTo(reinvite, 200, { body: ANSWER }), BOB);
    expect(held!.body.toString()).toBe(toCaller(ANSWER));
    const update = (await deliver(fromBob('UPDATE', invite, { body: ANSWER, cseq: 2 }), BOB)).at(-1) as SipRequest;
    expect(update.body.toString()).toBe(toCaller(ANSWER));
    const updated = await deliver(answerTo(update, 200, { body: OFFER }), ANN);
    expect(updated.at(-1)!.body.toString()).toBe(toCallee(OFFER));
    expect(session().passed.slice(2)).toEqual(['caller offer', 'callee answer', 'callee offer', 'caller answer']);
  });

  it('keeps the order of messages while one waits', async () => {
    const invite = await call();
    let go = () => {};
    bench.relays.hold = new Promise<void>((resolve) => {
      go = resolve;
    });
    expect(await bob(invite, 183, { body: ANSWER })).toEqual([]);
    expect(await bob(invite, 180)).toEqual([]);
    expect(await bob(invite, 200, { body: ANSWER })).toEqual([]);
    go();
    await settle();
    expect(statuses(sent())).toEqual(['183', '180', '200']);
  });

  it('refuses with 488 what cannot be relayed', async () => {
    bench.sendAs('1001', 'INVITE', { body: `${OFFER}a=unrelayable\r\n` });
    await settle();
    const [refused] = sent() as SipResponse[];
    expect([refused!.status, refused!.get('Warning')]).toEqual([488, '399 example.org "No medium that can be relayed"']);
    expect(bench.charging.records).toMatchObject([{ status: 488, endedBy: 'error' }]);
    expect(session().state).toBe('closed');
  });

  it('hangs up on an answer that cannot be relayed, and says 488', async () => {
    const invite = await call();
    const left = await bob(invite, 200, { body: `${ANSWER}a=unrelayable\r\n` });
    expect(statuses(left)).toEqual(['ACK', 'BYE', '488']);
    expect(bench.charging.records).toMatchObject([{ status: 488 }]);
  });

  it('has another engine when the one it got turns out to be gone', async () => {
    bench.relays.gone = 1;
    const invite = await call();
    expect(invite.body.toString()).toBe(toCallee(OFFER));
    expect(bench.relays.opened.map(({ state }) => state)).toEqual(['closed', 'open']);
    await bob(invite, 200, { body: ANSWER });
    expect(session().state).toBe('answered');
  });

  it('is refused when the other engine is gone too', async () => {
    bench.relays.gone = 5;
    bench.sendAs('1001', 'INVITE', { body: OFFER });
    await settle();
    expect(sent()).toMatchObject([{ status: 503 }]);
    expect(bench.relays.opened.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'no-media' }]);
  });

  it('is refused before it rings when no port is left', async () => {
    bench.relays.room = 0;
    bench.sendAs('1001', 'INVITE', { body: OFFER });
    await settle();
    const [refused, ...rest] = sent() as SipResponse[];
    expect([refused!.status, refused!.get('Reason')]).toEqual([503, 'SIP;cause=503;text="No media port free"']);
    expect(rest).toEqual([]);
    expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'no-media' }]);
  });

  it('is refused in other words when what relays is down', async () => {
    bench.relays.room = 0;
    bench.relays.healthy = false;
    bench.sendAs('1001', 'INVITE', { body: OFFER });
    await settle();
    expect((sent() as SipResponse[]).map((refused) => refused.get('Reason'))).toEqual(['SIP;cause=503;text="Media relay down"']);
    expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'media-down' }]);
  });

  it('cancel-while-opening: the phone is never rung, and the relay closes', async () => {
    bench.sendAs('1001', 'INVITE', { body: OFFER });
    const left = bench.send(bench.request('CANCEL', { branch: `z9hG4bKbench${bench.lastBranch}`, cseq: 2 }));
    await settle();
    expect(statuses([...left, ...sent()])).toEqual(['200', '487']);
    expect(bench.charging.records).toMatchObject([{ status: 487, endedBy: 'caller' }]);
    expect(bench.relays.opened.map(({ state }) => state)).toEqual(['closed']);
  });

  it('cancel-while-describing: nor when the caller hangs up while the relay has his offer', async () => {
    bench.relays.hold = new Promise(() => {});
    bench.sendAs('1001', 'INVITE', { body: OFFER });
    await settle();
    const left = bench.send(bench.request('CANCEL', { branch: `z9hG4bKbench${bench.lastBranch}`, cseq: 2 }));
    await settle();
    expect(statuses([...left, ...sent()])).toEqual(['200', '487']);
    expect(session().state).toBe('closed');
  });

  it('closes its ports with the dialog; a forged BYE frees nothing (list 3, 3.h)', async () => {
    const { ok } = await talk();
    const forged = await deliver(inDialog('BYE', ok, { from: '<sip:1001@example.org>;tag=guessed', headers: [] }));
    expect(statuses(forged)).toEqual(['481']);
    expect(session().state).toBe('answered');
    await deliver(inDialog('BYE', ok, { cseq: 5 }));
    expect(session().state).toBe('closed');
    expect(bench.charging.records).toMatchObject([{ status: 200, reason: 'OK', endedBy: 'caller' }]);
  });

  it('M-29: ends on both sides after silence, and its CDR says why', async () => {
    await talk();
    expect(session().order.silenceSeconds).toBe(60);
    bench.transport.take();
    session().onSilence(60);
    const byes = bench.transport.take().map(({ message, target }) => [(message as SipRequest).method, target?.address]);
    expect(byes).toEqual([
      ['BYE', '192.0.2.10'],
      ['BYE', '192.0.2.20'],
    ]);
    expect(bench.charging.records).toMatchObject([{ status: 200, endedBy: 'media-timeout', reason: 'No media for 60 s' }]);
    expect(session().state).toBe('closed');
  });

  it('ends cleanly when its relay is lost, also while a message waits for it', async () => {
    const { ok } = await talk();
    bench.relays.hold = new Promise(() => {});
    await deliver(inDialog('INVITE', ok, { body: OFFER, cseq: 4 }));
    session().onLost('the worker died');
    expect(statuses(sent()).filter((what) => what === 'BYE')).toHaveLength(2);
    expect(bench.charging.records).toMatchObject([{ endedBy: 'error', reason: 'Media relay lost: the worker died' }]);
  });
});

describe('whose media is relayed', () => {
  beforeEach(() => bench.directory.updateSettings({ mediaRelay: 'when-needed' }));

  it('not that of two who reach each other: nothing of it waits', () => {
    const left = bench.sendAs('1001', 'INVITE', { body: OFFER });
    expect(statuses(left)).toEqual(['100', 'INVITE']);
    expect(left[1]!.body.toString()).toBe(OFFER);
    expect(bench.relays.opened).toEqual([]);
  });

  it('that of a caller whose description holds a private address (G-37, test 8)', async () => {
    await call({ body: `${OFFER}c=IN IP4 10.0.0.5\r\n` });
    expect(session().order.sides.caller.behindNat).toBe(true);
  });

  it('that of a call that is recorded', async () => {
    bench.relays.record = { file: '/tmp/x.wav', beepEverySeconds: null };
    await call();
    expect(session().order.record).toEqual({ file: '/tmp/x.wav', beepEverySeconds: null });
  });

  it('from a re-INVITE on that brings a NAT in', async () => {
    const left = bench.sendAs('1001', 'INVITE', { body: OFFER });
    const [ok] = bench.send(answerTo(left[1] as SipRequest, 200, { body: ANSWER }), BOB) as SipResponse[];
    bench.send(inDialog('ACK', ok!, { cseq: 2 }));
    const moved = await deliver(inDialog('INVITE', ok!, { cseq: 4, body: `${OFFER}c=IN IP4 10.0.0.5\r\n` }));
    expect(moved.at(-1)!.body.toString()).toContain('relayed-from:caller');
    expect(session().state).toBe('answered');
  });
});

describe('a caller who encrypts, where somebody takes that off', () => {
  const SECRET = `${OFFER}s=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n`;

  beforeEach(() => bench.directory.updateSettings({ mediaRelay: 'when-needed', decryptsMedia: true }));

  it('reaches a phone through it, which others do directly', async () => {
    expect((await call({ body: SECRET })).body.toString()).toBe(toCallee(SECRET));
    expect(session().order).toMatchObject({ translated: ['caller'] });
    bench.sendAs('1001', 'INVITE', { body: SECRET.replace('SAVP', 'AVP'), callId: 'plain' });
    await settle();
    expect(bench.relays.opened).toHaveLength(1);
  });

  it('hears that it is away', async () => {
    bench.relays.room = 0;
    bench.relays.healthy = false;
    bench.sendAs('1001', 'INVITE', { body: SECRET });
    await settle();
    expect(sent()).toMatchObject([{ status: 503 }]);
    expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'media-down' }]);
  });

  it.each([
    ['encrypted', 'RTP/SAVP 0', true],
    ['of a codec nobody here knows', 'RTP/AVP 18', true],
    ['plain', 'RTP/AVP 0', false],
  ])('is recorded behind it when his sound is %s', async (_, medium, isTranslated) => {
    bench.relays.record = { file: '/tmp/x.wav', beepEverySeconds: null };
    await call({ body: SECRET.replace('RTP/SAVP 0', medium) });
    expect(session().order.translated !== undefined).toBe(isTranslated);
  });
});

describe('a phone that insists on encryption', () => {
  const PLAIN = `${OFFER}s=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;

  beforeEach(() => bench.directory.updateSettings({ mediaRelay: 'when-needed', decryptsMedia: true }));

  const direct = async (): Promise<SipRequest> => {
    const left = bench.sendAs('1001', 'INVITE', { body: PLAIN });
    await settle();
    return [...left, ...sent()].find((message) => message.kind === 'request')!;
  };
  const second = async (first: SipRequest, status = 488) =>
    (await bob(first, status)).filter((message) => (message as unknown as SipRequest).method === 'INVITE').at(-1) as unknown as SipRequest;

  it('is asked once more with keys, by a higher CSeq that the caller never sees', async () => {
    const first = await direct();
    const again = await second(first);
    expect([again.cseq.seq - first.cseq.seq, again.callId]).toEqual([1, first.callId]);
    expect(again.body.toString()).toBe(toCallee(PLAIN));
    expect(session().order).toMatchObject({ protection: 'sdes', translated: ['callee'] });
    const [ok] = await bob(again, 200, { body: ANSWER });
    expect([ok!.status, ok!.cseq.seq, ok!.body.toString()]).toEqual([200, first.cseq.seq, toCaller(ANSWER)]);
    expect(session().state).toBe('answered');
    const [ack] = (await deliver(inDialog('ACK', ok!, { cseq: 2 }))) as SipRequest[];
    expect(ack!.cseq).toEqual({ seq: 3, method: 'ACK' });
    const reinvite = (await deliver(inDialog('INVITE', ok!, { body: PLAIN, cseq: 4 }))).at(-1) as SipRequest;
    expect([reinvite.cseq.seq, reinvite.body.toString()]).toEqual([5, toCallee(PLAIN)]);
    const [held] = (await deliver(answerTo(reinvite, 200, { body: ANSWER }), BOB)) as SipResponse[];
    expect(held!.cseq.seq).toBe(4);
    [...bench.node.calls.ofSubscriber(1)][0]!.hangup('admin', 'test');
    const byes = sent().filter((message) => message.kind === 'request') as SipRequest[];
    expect(byes.map(({ method, to, cseq }) => [method, to.tag, cseq.seq])).toContainEqual(['BYE', 'callee', 6]);
    expect(bench.charging.records).toMatchObject([{ status: 200 }]);
    expect(session().state).toBe('closed');
  });

  it.each([
    ['the tag it had', 'callee'],
    ['another tag', 'again'],
  ])('is asked again when it says so only as it is picked up, and rings again by %s', async (_, tag) => {
    const first = await direct();
    expect(statuses(await bob(first, 180))).toEqual(['180']);
    const again = await second(first);
    expect([again.cseq.seq - first.cseq.seq, again.body.toString()]).toEqual([1, toCallee(PLAIN)]);
    const [ringing] = await bob(again, 180, { toTag: tag });
    expect([ringing!.status, ringing!.cseq.seq, ringing!.to.tag]).toEqual([180, first.cseq.seq, tag]);
    const [ok] = await bob(again, 200, { body: ANSWER, toTag: tag });
    expect([ok!.status, ok!.cseq.seq, ok!.body.toString()]).toEqual([200, first.cseq.seq, toCaller(ANSWER)]);
    const to = `<sip:1002@example.org>;tag=${tag}`;
    const [ack] = (await deliver(inDialog('ACK', ok!, { cseq: 2, to }))) as SipRequest[];
    expect(ack!.cseq).toEqual({ seq: 3, method: 'ACK' });
    const [bye] = (await deliver(inDialog('BYE', ok!, { cseq: 3, to }))) as SipRequest[];
    expect(bye!.cseq).toEqual({ seq: 4, method: 'BYE' });
    expect(bench.charging.records).toMatchObject([{ status: 200, endedBy: 'caller' }]);
    expect(bench.relays.opened.map(({ state }) => state)).toEqual(['closed']);
  });

  it('rings no longer than it may, however often it is asked', async () => {
    const first = await direct();
    await bob(first, 180);
    bench.clock.advance(30_000);
    const again = await second(first);
    await bob(again, 180);
    bench.clock.advance(16_000);
    expect(new Set(statuses(sent()))).toEqual(new Set(['CANCEL']));
  });

  it('is asked by DTLS then, and its refusal counts after that', async () => {
    const again = await second(await direct(), 415);
    const third = await second(again, 488);
    expect(bench.relays.opened.map(({ order, state }) => [order.protection, state])).toEqual([
      ['sdes', 'closed'],
      ['dtls', 'open'],
    ]);
    const left = await bob(third, 488);
    expect(statuses(left)).toEqual(['ACK', '488']);
    expect(left.at(-1)!.cseq.seq).toBe(2);
    expect(bench.charging.records).toMatchObject([{ status: 488 }]);
    expect(session().state).toBe('closed');
  });

  it.each([
    ['wants something else', 100, 1, 486],
    ['meets nobody who encrypts', 100, 0, 488],
    ['meets nobody who encrypts when it is picked up', 180, 0, 488],
  ] as const)('is not asked again when it %s', async (_, before, room, status) => {
    bench.relays.room = room;
    const first = await direct();
    await bob(first, before);
    expect(statuses(await bob(first, status))).toEqual(['ACK', String(status)]);
    expect(bench.charging.records).toMatchObject([{ status }]);
  });

  it('is not asked again for a caller who has hung up meanwhile, and leaves no relay open', async () => {
    const first = await direct();
    let go = () => {};
    bench.relays.hold = new Promise((resolve) => {
      go = resolve;
    });
    await bob(first, 488);
    await deliver(bench.request('CANCEL', { branch: `z9hG4bKbench${bench.lastBranch}`, cseq: 2 }));
    go();
    await settle();
    expect(sent().some((message) => message.kind === 'request' && message.method === 'INVITE')).toBe(false);
    expect(session().state).toBe('closed');
    expect(bench.charging.records).toMatchObject([{ status: 487 }]);
  });

  it('rings beside a plain one, which can have the call without its relay', async () => {
    const self = '<sip:1002@example.org>';
    const DESK = { protocol: 'udp', address: '192.0.2.21', port: 5060 } as const;
    const contact = { contact: '<sip:1002@192.0.2.21:5060>', callId: 'reg-desk', from: `${self};tag=d`, to: self };
    bench.registerBob({ ...contact, via: 'SIP/2.0/UDP 192.0.2.21:5060;branch=BRANCH' }, DESK);
    const left = bench.sendAs('1001', 'INVITE', { body: PLAIN });
    await settle();
    const invites = [...left, ...sent()].filter((message) => message.kind === 'request') as SipRequest[];
    const to = (host: string) => invites.find(({ uriText }) => uriText.includes(host))!;
    await deliver(answerTo(to('192.0.2.21'), 180), DESK);
    await second(to('192.0.2.20'));
    expect(session().state).toBe('open');
    const [ok] = (await deliver(answerTo(to('192.0.2.21'), 200, { body: ANSWER }), DESK)) as SipResponse[];
    expect(ok!.body.toString()).toBe(ANSWER);
    expect(session().state).toBe('closed');
  });
});
