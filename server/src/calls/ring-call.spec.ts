import { beforeEach, describe, expect, it } from 'vitest';
import { aGateway } from '../directory/testing.ts';
import type { SipRequest, SipResponse } from '../sip/message/index.ts';
import { answerTo, type RequestFields, settle } from '../sip/testing/index.ts';
import { ANN, Bench, BOB, statuses } from './testing.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.registerBob();
});

/** Ann calls Bob; returns the INVITE that reached Bob's phone. */
function call(fields: RequestFields = {}): SipRequest {
  const sent = bench.sendAs('1001', 'INVITE', { body: 'v=0', ...fields });
  expect(statuses(sent)).toEqual(['100', 'INVITE']);
  return sent[1] as SipRequest;
}

/** Bob's phone answers; returns what Ann gets. */
const bob = (invite: SipRequest, status: number, more: Parameters<typeof answerTo>[2] = {}) =>
  bench.send(answerTo(invite, status, more), BOB) as SipResponse[];

/** Ann's phone sends a request inside the dialog, by the route it has learned. */
function inDialog(method: string, answer: SipResponse, fields: RequestFields = {}) {
  const route = answer.recordRoutes.map((hop) => `Route: ${hop}`).reverse();
  return bench.request(method, {
    ...{ uri: 'sip:1002@192.0.2.20:5060', to: '<sip:1002@example.org>;tag=callee', cseq: 3, headers: route },
    ...fields,
  });
}

/** The same from Bob. */
const fromBob = (method: string, invite: SipRequest, fields: RequestFields = {}) =>
  bench.request(method, {
    ...{ uri: 'sip:1001@192.0.2.10:5060', from: '<sip:1002@example.org>;tag=callee', to: '<sip:1001@example.org>;tag=caller', cseq: 1 },
    ...{ via: 'SIP/2.0/UDP 192.0.2.20:5060;branch=BRANCH', headers: invite.recordRoutes.map((hop) => `Route: ${hop}`) },
    ...fields,
  });

function talk(fields: RequestFields = {}) {
  const invite = call(fields);
  const [ok] = bob(invite, 200, { body: 'v=0' });
  if (!ok) throw new Error('no 200');
  return { invite, ok };
}

const record = () => {
  expect(bench.charging.records).toHaveLength(1);
  return bench.charging.records[0];
};

describe('a call between phones', () => {
  it('rings, talks and ends with one CDR', () => {
    const invite = call();
    expect(invite.uriText).toBe('sip:1002@192.0.2.20:5060');
    expect(invite.has('Proxy-Authorization')).toBe(false);
    expect(invite.has('Record-Route')).toBe(true);
    expect(statuses(bob(invite, 180))).toEqual(['180']);
    expect([...bench.node.calls.list()][0]?.state).toBe('ringing');
    const [ok] = bob(invite, 200);
    expect(ok?.status).toBe(200);
    expect(statuses(bench.send(inDialog('ACK', ok!)))).toEqual(['ACK']);
    bench.clock.advance(65_000);
    const bye = bench.send(inDialog('BYE', ok!));
    expect(statuses(bye)).toEqual(['BYE']);
    expect(statuses(bench.send(answerTo(bye[0] as SipRequest, 200), BOB))).toEqual(['200']);
    expect(record()).toMatchObject({
      status: 200,
      talkMs: 65_000,
      endedBy: 'caller',
      direction: 'internal',
      fromSubscriberId: 1,
      toSubscriberId: 2,
    });
    expect(bench.node.calls.size).toBe(0);
  });

  it('gives nobody the phone of the other at command: no addresses to fetch, no picking up by itself, in either direction', () => {
    const orders = ['Alert-Info', 'Call-Info', 'Error-Info', 'Answer-Mode', 'Priv-Answer-Mode', 'P-Auto-Answer'];
    const value = '<http://evil.test/ring.wav>;answer-after=0;info=alert-autoanswer';
    const headers = [...orders.map((name) => `${name}: ${value}`), 'X-Kept: yes'];
    const clean = (message: SipRequest | SipResponse | undefined) => {
      expect(message?.get('X-Kept')).toBe('yes');
      expect(message?.toString()).not.toMatch(/evil/);
    };
    const pairs = [...orders, 'X-Kept'].map((name): [string, string] => [name, name === 'X-Kept' ? 'yes' : value]);
    const invite = call({ headers });
    clean(invite);
    clean(bob(invite, 180, { headers: pairs })[0]);
    const [ok] = bob(invite, 200, { headers: pairs });
    clean(ok);
    bench.send(inDialog('ACK', ok!));
    const [info] = bench.send(
      fromBob('INFO', invite, { headers: [...invite.recordRoutes.map((hop) => `Route: ${hop}`), ...headers] }),
      BOB,
    );
    clean(info as SipRequest);
    clean(bench.sendAs('1001', 'MESSAGE', { headers, callId: 'm' }).at(-1));
    const busy = bench.sendAs('1001', 'INVITE', { callId: 'second' }).at(-1) as SipRequest;
    clean(bob(busy, 486, { headers: pairs }).find((message) => message.status === 486));
  });

  it('O-T17: ends the same when the callee hangs up', () => {
    const { invite } = talk();
    bench.clock.advance(9_000);
    expect(statuses(bench.send(fromBob('BYE', invite), BOB))).toEqual(['BYE']);
    expect(record()).toMatchObject({ talkMs: 9_000, endedBy: 'callee' });
  });

  it('tells the caller what the phone said, and counts it as missed', () => {
    const invite = call();
    bob(invite, 180);
    expect(statuses(bob(invite, 486)).filter((text) => text !== 'ACK')).toEqual(['486']);
    expect(record()).toMatchObject({ status: 486, refusal: 'busy', missed: true, answeredAt: null, talkMs: 0 });
  });

  it('stops ringing when the caller cancels', () => {
    const invite = call({ callId: 'c' });
    bob(invite, 180);
    const cancel = bench.request('CANCEL', { callId: 'c', cseq: 2, branch: invite.vias[1]?.branch });
    expect(statuses(bench.send(cancel))).toEqual(['200', 'CANCEL']);
    expect(statuses(bob(invite, 487)).sort()).toEqual(['487', 'ACK']);
    expect(record()).toMatchObject({ status: 487, endedBy: 'caller', missed: true });
  });

  it('says 408 in words when nobody answers in time', () => {
    const invite = call();
    bob(invite, 180);
    bench.transport.take();
    bench.clock.advance(bench.directory.settings.ringSeconds * 1000);
    bench.clock.advance(5_000);
    const final = bench.transport
      .take()
      .map(({ message }) => message as SipResponse)
      .find(({ status }) => status === 408);
    expect(final?.get('Warning')).toContain('Nobody answered');
    expect(record()).toMatchObject({ status: 408, refusal: 'no-answer', missed: true });
  });

  it('says 480 when the phone cannot be reached at all', async () => {
    // A contact that we have no transport for.
    bench.node.registrar.removeAor('sip:1002@example.org');
    bench.registerBob({ contact: '<sip:1002@192.0.2.20:5060;transport=tls>', callId: 'tls' });
    const sent = bench.sendAs('1001', 'INVITE', { callId: 'y' });
    await settle();
    const final = [...sent, ...bench.transport.take().map(({ message }) => message)].at(-1) as SipResponse;
    expect([final.status, final.reason]).toEqual([480, 'Not registered']);
    expect(record()).toMatchObject({ status: 480, refusal: 'not-registered', missed: true });
  });

  it('G-26: rings all phones; the first to answer wins and the others are cancelled', () => {
    bench.registerBob({ contact: '<sip:1002@192.0.2.21:5060>', callId: 'second' });
    const sent = bench.sendAs('1001', 'INVITE');
    expect(statuses(sent)).toEqual(['100', 'INVITE', 'INVITE']);
    const [, first, second] = sent as SipRequest[];
    bob(first!, 180, { toTag: 'one' });
    bob(second!, 180, { toTag: 'two' });
    expect(statuses(bob(second!, 200, { toTag: 'two' })).sort()).toEqual(['200', 'CANCEL']);
    bob(first!, 487, { toTag: 'one' });
    bench.send(inDialog('BYE', answerTo(second!, 200, { toTag: 'two' }), { to: '<sip:1002@example.org>;tag=two' }));
    expect(record()).toMatchObject({ status: 200, endedBy: 'caller' });
  });

  it('two phones answer at once: ending the second dialog leaves the call alone', () => {
    bench.registerBob({ contact: '<sip:1002@192.0.2.21:5060>', callId: 'second' });
    const [, first, second] = bench.sendAs('1001', 'INVITE') as SipRequest[];
    bob(first!, 200, { toTag: 'one' });
    const [also] = bob(second!, 200, { toTag: 'two' });
    expect(also?.status).toBe(200);
    expect(statuses(bench.send(inDialog('BYE', also!, { to: '<sip:1002@example.org>;tag=two' })))).toEqual(['BYE']);
    expect(bench.charging.records).toEqual([]);
    expect(bench.node.calls.size).toBe(1);
  });
});

describe('inside the dialog', () => {
  it('forwards requests of both sides, each to where its phone is', () => {
    const { invite, ok } = talk();
    for (const method of ['INFO', 'UPDATE', 'REFER', 'NOTIFY', 'INVITE']) {
      expect(
        statuses(bench.send(inDialog(method, ok, { cseq: 5, callId: 'call-1' }))).filter((text) => text !== '100'),
        method,
      ).toEqual([method]);
    }
    expect(statuses(bench.send(fromBob('INFO', invite), BOB))).toEqual(['INFO']);
    expect(bench.transport.sent).toEqual([]);
  });

  it('forged tags open nothing', () => {
    const { ok } = talk();
    expect(statuses(bench.send(inDialog('BYE', ok, { to: '<sip:1002@example.org>;tag=guess' })))).toEqual(['481']);
    expect(statuses(bench.send(inDialog('BYE', ok, { from: '<sip:1001@example.org>;tag=guess' })))).toEqual(['481']);
    expect(bench.charging.records).toEqual([]);
  });

  it('inside a dialog we lead to the other side, and nowhere else', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1' }));
    const { ok } = talk();
    const free = { uri: 'sip:0044900123@198.51.100.1' };
    expect(statuses(bench.send(inDialog('INVITE', ok, { ...free, cseq: 5 })))).toEqual(['403']);
    expect(bench.send(inDialog('ACK', ok, free))).toEqual([]);
    const routed = { headers: ['Route: <sip:192.0.2.1:5060;lr>', 'Route: <sip:198.51.100.1;lr>'] };
    expect(statuses(bench.send(inDialog('INFO', ok, { ...routed, cseq: 6 })))).toEqual(['403']);
  });

  it('leads what simple phones send without a route, as if to us, to the other side', () => {
    const { invite, ok } = talk();
    const toUs = { uri: 'sip:1002@example.org', headers: [] };
    const sent = [...bench.send(inDialog('ACK', ok, toUs)), ...bench.send(inDialog('BYE', ok, toUs))] as SipRequest[];
    expect(sent.map(({ method, uriText }) => `${method} ${uriText}`)).toEqual([`ACK ${invite.uriText}`, `BYE ${invite.uriText}`]);
    expect(record()).toMatchObject({ endedBy: 'caller' });
  });

  it('a phone that names a gateway as its contact makes no free call', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1' }));
    const invite = call();
    const [ok] = bob(invite, 200, { contact: '<sip:0044900123@198.51.100.1>' });
    const sent = bench.send(inDialog('INVITE', ok!, { uri: 'sip:0044900123@198.51.100.1', cseq: 5 }));
    expect(statuses(sent)).not.toContain('INVITE');
  });

  it('G-12: a re-INVITE from another address has to prove who sends it', () => {
    const { ok } = talk();
    const elsewhere = { ...ANN, address: '203.0.113.66' };
    expect(statuses(bench.send(inDialog('INVITE', ok, { cseq: 4 }), elsewhere))).toEqual(['407']);
    expect(statuses(bench.send(inDialog('INVITE', ok, { cseq: 5 })))).toEqual(['100', 'INVITE']);
  });

  it('late requests of a call that has ended still pass, so that a BYE sent twice is answered', () => {
    const { invite, ok } = talk();
    bench.send(inDialog('BYE', ok));
    expect(statuses(bench.send(fromBob('BYE', invite), BOB))).toEqual(['BYE']);
    expect(bench.charging.records).toHaveLength(1);
    bench.clock.advance(33_000);
    expect(statuses(bench.send(fromBob('BYE', invite, { cseq: 2 }), BOB))).toEqual(['481']);
  });
});

describe('ending a call from here', () => {
  it('an administrator hangs up: BYE to both, in the name of the other', () => {
    const { ok } = talk();
    bench.send(inDialog('ACK', ok));
    bench.transport.take();
    const [active] = bench.node.calls.list();
    bench.clock.advance(10_000);
    bench.transport.take();
    active!.hangup('admin', 'Ended by "the" administrator');
    const byes = bench.transport.take();
    expect(byes.map(({ message }) => (message as SipRequest).method)).toEqual(['BYE', 'BYE']);
    const [toAnn, toBob] = byes.map(({ message }) => message as SipRequest);
    expect([toAnn?.uriText, toAnn?.from.tag, toAnn?.to.tag]).toEqual(['sip:1001@192.0.2.10:5060', 'callee', 'caller']);
    expect([toBob?.uriText, toBob?.from.tag, toBob?.to.tag, toBob?.cseq.seq]).toEqual(['sip:1002@192.0.2.20:5060', 'caller', 'callee', 3]);
    expect(record()).toMatchObject({ endedBy: 'admin', talkMs: 10_000 });
    // The phones' own BYEs that cross are answered, and change nothing.
    expect(statuses(bench.send(inDialog('BYE', ok, { cseq: 4 })))).toEqual(['200']);
    expect(bench.charging.records).toHaveLength(1);
  });

  it('an administrator ends a ringing call', () => {
    const invite = call();
    bob(invite, 180);
    const [active] = bench.node.calls.list();
    bench.transport.take();
    active!.hangup('admin', 'no');
    expect(statuses(bench.transport.take().map(({ message }) => message))).toEqual(['CANCEL']);
    bob(invite, 487);
    expect(record()).toMatchObject({ status: 487, endedBy: 'admin' });
  });

  it('O-T19: a lost BYE ends the call by its session timer', () => {
    const invite = call();
    bob(invite, 200, { headers: [['Session-Expires', '90;refresher=uac']] });
    bench.clock.advance(90_000 + 31_000);
    expect(bench.charging.records).toEqual([]);
    bench.clock.advance(1_000);
    expect(record()).toMatchObject({ endedBy: 'session-timeout' });
  });

  it('a refresh keeps it going', () => {
    const { ok } = talk();
    const invite = bench.send(inDialog('INVITE', ok, { cseq: 5 }))[1] as SipRequest;
    bench.send(answerTo(invite, 200, { headers: [['Session-Expires', '90;refresher=uac']] }), BOB);
    bench.clock.advance(80_000);
    const again = bench.send(inDialog('UPDATE', ok, { cseq: 6 }))[0] as SipRequest;
    bench.send(answerTo(again, 200, { headers: [['Session-Expires', '90;refresher=uac']] }), BOB);
    bench.clock.advance(80_000);
    expect(bench.charging.records).toEqual([]);
    bench.clock.advance(50_000);
    expect(record()).toMatchObject({ endedBy: 'session-timeout' });
  });

  it('no call lasts longer than the longest duration', () => {
    bench.directory.updateSettings({ maxCallSeconds: 600 });
    talk();
    bench.clock.advance(600_000);
    expect(record()).toMatchObject({ endedBy: 'session-timeout', talkMs: 600_000 });
  });
});

describe('where requests go', () => {
  it('to the address behind the NAT that the phone registered from, for all of the dialog', async () => {
    bench = new Bench();
    const outside = { protocol: 'udp' as const, address: '203.0.113.9', port: 41000 };
    bench.registerBob({ contact: '<sip:1002@10.0.0.7:5060>', via: 'SIP/2.0/UDP 10.0.0.7:5060;rport;branch=BRANCH' }, outside);
    bench.sendAs('1001', 'INVITE', { body: 'v=0' });
    const invite = await bench.relayed();
    expect(invite.uriText).toBe('sip:1002@10.0.0.7:5060');
    const [ok] = bench.send(answerTo(invite, 200, { contact: '<sip:1002@10.0.0.7:5060>' }), outside) as SipResponse[];
    bench.transport.take();
    bench.transport.deliver(inDialog('BYE', ok!, { uri: 'sip:1002@10.0.0.7:5060' }), ANN);
    expect(bench.transport.take()[0]?.target).toMatchObject({ address: '203.0.113.9', port: 41000 });
  });

  it('back to a caller behind the NAT', async () => {
    const outside = { protocol: 'udp' as const, address: '203.0.113.8', port: 42000 };
    const via = 'SIP/2.0/UDP 10.0.0.5:5060;rport;branch=BRANCH';
    bench.sendAs('1001', 'INVITE', { via, contact: '<sip:1001@10.0.0.5:5060>' }, outside);
    const invite = await bench.relayed();
    bob(invite, 200);
    bench.transport.deliver(fromBob('BYE', invite, { uri: 'sip:1001@10.0.0.5:5060' }), BOB);
    expect(bench.transport.take()[0]?.target).toMatchObject({ address: '203.0.113.8', port: 42000 });
  });

  it('by the Path that the phone registered with', () => {
    bench = new Bench();
    bench.registerBob({ headers: ['Supported: path', 'Path: <sip:192.0.2.77;lr>'] });
    bench.transport.take();
    const sent = bench.sendAs('1001', 'INVITE');
    const invite = sent[1] as SipRequest;
    expect([invite.get('Route'), invite.uriText]).toEqual(['<sip:192.0.2.77;lr>', 'sip:1002@192.0.2.20:5060']);
  });
});

describe('what phones say to others through us', () => {
  const gateway = { ...ANN, address: '198.51.100.7' };

  it('G-66: a gateway is never told to call somewhere else, which nobody would pay', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.7', sources: ['198.51.100.7'] }));
    bench.directory.upsertNumber({ id: 1, number: '442071838750', domain: null, kind: 'did', subscriberId: 2, target: null });
    const asked = bench.request('INVITE', { uri: 'sip:+442071838750@192.0.2.1', from: '<sip:+4930123@carrier.test>;tag=g' });
    const [, invite] = bench.send(asked, gateway) as [unknown, SipRequest];
    const answer = bob(invite, 302, { contact: '<sip:0044900123@198.51.100.7>' }).at(-1);
    expect([answer?.status, answer?.has('Contact')]).toEqual([480, false]);
    expect(record()).toMatchObject({ status: 480, direction: 'inbound' });
  });

  it('a subscriber cannot assert who he is (RFC 3325 5); a trusted gateway can', () => {
    const asserted = ['P-Asserted-Identity: "The bank" <sip:+442071838750@example.org>', 'Remote-Party-ID: <sip:+44@example.org>'];
    const invite = call({ headers: asserted });
    expect([invite.has('P-Asserted-Identity'), invite.has('Remote-Party-ID')]).toEqual([false, false]);
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.7', sources: ['198.51.100.7'] }));
    const from = { uri: 'sip:1002@example.org', from: '<sip:+4930123@carrier.test>;tag=g', callId: 'g', headers: asserted };
    const [, passed] = bench.send(bench.request('INVITE', from), gateway) as [unknown, SipRequest];
    expect(passed.has('P-Asserted-Identity')).toBe(true);
  });

  it('a phone that registered in the name of a gateway’s address is not rung there', () => {
    bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.7' }));
    const spoofed = { callId: 'spoof', contact: '<sip:0044900123@192.168.1.1>', via: 'SIP/2.0/UDP 192.168.1.1:5060;rport;branch=BRANCH' };
    bench.registerBob(spoofed, gateway);
    const sent = bench.sendAs('1001', 'INVITE', { body: 'v=0' });
    expect(sent.filter((message) => 'uriText' in message).map((message) => (message as SipRequest).uriText)).toEqual([
      'sip:1002@192.0.2.20:5060',
    ]);
  });

  it('a phone that answers with an unreadable Contact has answered', () => {
    const invite = call();
    expect(statuses(bob(invite, 200, { contact: '<sip:[broken', headers: [['Record-Route', '<sip:[']] }))).toEqual(['200']);
    expect([...bench.node.calls.list()][0]?.state).toBe('talking');
  });

  it('the calls of somebody who is suspended end', () => {
    talk();
    bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(1)!, status: 'suspended' });
    expect(record()).toMatchObject({ endedBy: 'admin' });
  });
});
