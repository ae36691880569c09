import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/index.ts';
import { settle } from '../../sip/testing/index.ts';
import { ANSWER, BridgeLab, gateway, OFFER } from './testing.ts';

let lab: BridgeLab;
beforeEach(() => {
  lab = new BridgeLab();
});

/** Nothing of the call is left, and it was written down once. */
function over(endedBy: string): void {
  expect(lab.records.map((record) => record.endedBy)).toEqual([endedBy]);
  lab.clock.advance(70_000);
  expect(lab.bridge.size).toBe(0);
  expect(lab.clock.pending).toBe(0);
  expect([lab.layer.serverActive, lab.layer.clientActive]).toEqual([0, 0]);
  expect(lab.records).toHaveLength(1);
}

describe('a call through a gateway', () => {
  it('is two dialogs: new Call-ID and tags, our Contact, the offer unchanged', () => {
    const invite = lab.dial();
    expect(invite.uriText).toBe('sip:34911@192.0.2.50:5060');
    expect(invite.callId).not.toBe('call-1');
    expect(invite.from.tag).not.toBe('caller');
    expect(invite.get('Contact')).toBe('<sip:trunk@192.0.2.1:5060>');
    expect(invite.vias).toHaveLength(1);
    expect(invite.maxForwards).toBe(69);
    expect(invite.body.toString()).toBe(OFFER);
    expect(invite.get('Session-Expires')).toBe('1800');
  });

  it('tells the gateway the caller id of the subscriber, not what the phone says', () => {
    const invite = lab.dial({ from: '"Boss" <sip:900@example.org>;tag=caller', headers: ['P-Asserted-Identity: <sip:900@example.org>'] });
    expect(invite.from.uri.toString()).toBe('sip:34910000001@example.org');
    expect(invite.getAll('P-Asserted-Identity')).toEqual(['<sip:34910000001@example.org>']);
    expect(invite.toString()).not.toContain('900');
  });

  it('hides the caller from a gateway that shall not know him', () => {
    lab.gateways = [gateway(1, { callerIdMode: 'anonymous' })];
    const invite = lab.dial();
    expect(invite.get('From')).toMatch(/^(")?Anonymous(")? <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(invite.get('Privacy')).toBe('id');
    expect(invite.toString()).not.toMatch(/34910000001|1001@example/);
  });

  it('passes neither credentials, routes, unknown headers nor addresses of the other side', async () => {
    const secret = [
      'Authorization: Digest a="b"',
      'Proxy-Authorization: Digest c="d"',
      'X-Secret: yes',
      'User-Agent: Phone/1',
      'Subject: hello',
    ];
    const invite = lab.dial({ headers: secret });
    expect(invite.toString()).not.toMatch(/Digest|X-Secret|Phone\/1|192\.0\.2\.10:5060>/);
    expect(invite.get('Subject')).toBe('hello');
    lab.fromGateway(invite, 183, {
      body: ANSWER,
      headers: [
        ['Server', 'GW'],
        ['X-Hint', 'h'],
        ['Record-Route', '<sip:192.0.2.51;lr>'],
        ['P-Early-Media', 'sendrecv'],
      ],
    });
    const early = lab.toCaller(183);
    expect(early.toString()).not.toMatch(/Server|X-Hint|192\.0\.2\.51|gw@/);
    expect(early.get('P-Early-Media')).toBe('sendrecv');
    expect(early.body.toString()).toBe(ANSWER);
    expect(early.get('Contact')).toBe('<sip:0034911@192.0.2.1:5060>');
  });

  it('rings, is answered, acknowledged on both sides and hung up by the caller', async () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 180);
    expect(lab.call.state).toBe('ringing');
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    expect(lab.lines()).toEqual(['caller 100', 'caller 180', 'gateway ACK', 'caller 200']);
    expect(lab.call.state).toBe('talking');
    lab.fromCaller('ACK');
    lab.clock.advance(60_000);
    expect(lab.lines()).toEqual([]);
    lab.fromCaller('BYE', { cseq: 2 });
    const bye = lab.toGateway('BYE')!;
    expect(bye.callId).toBe(invite.callId);
    expect(bye.cseq.seq).toBe(2);
    expect(lab.lines()).toEqual(['caller 200']);
    lab.fromGateway(bye, 200);
    expect(lab.records[0]).toMatchObject({ status: 200, talkMs: 60_000, endedBy: 'caller', gatewayId: 1 });
    over('caller');
  });

  it('is hung up by the callee', async () => {
    const invite = await lab.connect();
    lab.requestFromGateway(invite, 'BYE', { headers: ['Reason: Q.850;cause=16', 'Reason: SIP;cause=200;text="host gw.invalid"'] });
    const bye = lab.toCaller('BYE');
    expect(bye.get('From')).toContain(`tag=${lab.tx.localTag}`);
    expect(bye.getAll('Reason')).toEqual(['Q.850;cause=16']);
    expect(lab.lines()).toEqual(['gateway 200']);
    lab.answerFromCaller(bye, 200);
    over('callee');
  });

  it('late offer: the answer in the ACK of the caller goes to the gateway in its ACK', async () => {
    const invite = lab.dial({ body: '' });
    expect(invite.body).toHaveLength(0);
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    expect(lab.toCaller(200).body.toString()).toBe(ANSWER);
    lab.fromGateway(invite, 200, { body: ANSWER });
    expect(lab.toGateway('ACK')).toBeUndefined();
    lab.fromCaller('ACK', { body: OFFER });
    expect(lab.toGateway('ACK')!.body.toString()).toBe(OFFER);
  });

  it('the caller hears of the answer only when it is written down', async () => {
    let written = () => {};
    lab.journal = new Promise((resolve) => {
      written = resolve;
    });
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    expect(lab.lines()).toEqual(['caller 100', 'gateway ACK']);
    expect(lab.answeredAt[0]).toMatchObject({ gatewayId: 1, mono: lab.clock.now() });
    written();
    await settle();
    expect(lab.lines()).toEqual(['caller 200']);
  });

  it('cannot be written down: the gateway gets a BYE, the caller no answer', async () => {
    lab.journal = Promise.reject(new Error('disk full'));
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.fromGateway(lab.toGateway('BYE')!, 200);
    const refusal = lab.toCaller(503);
    expect(refusal.get('Reason')).toBe('SIP;cause=503;text="The call could not be written down"');
    lab.transport.deliver(ackOfFailure(lab));
    over('error');
  });

  it('the dialogs know both tags: others get 481 and change nothing', async () => {
    const invite = await lab.connect();
    lab.fromCaller('BYE', { cseq: 2, from: '<sip:1001@example.org>;tag=other' });
    lab.requestFromGateway(invite, 'BYE', { to: '<sip:x@example.org>;tag=guess' });
    expect(lab.lines()).toEqual(['caller 481', 'gateway 481']);
    expect(lab.call.state).toBe('talking');
  });

  it('knows where each side is at home', async () => {
    const invite = await lab.connect();
    let seen: (boolean | undefined)[] = [];
    lab.layer.onRequest = (request, tx) => {
      seen.push(lab.bridge.isAtHome(request));
      tx.reply(200);
    };
    lab.fromCaller('INFO', { cseq: 2 });
    lab.requestFromGateway(invite, 'INFO');
    lab.transport.deliver(infoFromElsewhere(lab), {
      protocol: 'udp',
      address: '198.51.100.9',
      port: 5060,
    });
    expect(seen).toEqual([true, true, false]);
    seen = [];
    lab.fromCaller('INFO', { cseq: 3, callId: 'unknown' });
    expect(seen).toEqual([undefined]);
  });
});

describe('what a caller cannot have', () => {
  it.each([
    ['an extension we cannot carry', { headers: ['Require: precondition, 100rel'] }, 420, 'Unsupported: precondition'],
    ['too short a session', { headers: ['Session-Expires: 60', 'Supported: timer'] }, 422, 'Min-SE: 90'],
    ['no Contact', { contact: '*' }, 400, 'Missing Contact'],
  ])('%s', (_, fields, status, text) => {
    expect(lab.dial(fields)).toBeUndefined();
    expect(lab.toCaller(status).toString()).toContain(text);
    expect(lab.records).toMatchObject([{ status, endedBy: 'error' }]);
  });
});

describe('failover', () => {
  beforeEach(() => {
    lab.gateways = [gateway(1), gateway(2)];
  });

  it.each([408, 500, 503, 600, 603, 302, 401])('%i of the first gateway goes on to the second', (status) => {
    const first = lab.dial();
    lab.fromGateway(first, status);
    expect(lab.toGateway('ACK')!.callId).toBe(first.callId);
    const second = lab.toGateway('INVITE')!;
    expect(second.uriText).toBe('sip:34911@192.0.2.51:5060');
    expect(second.callId).not.toBe(first.callId);
    expect(lab.call.gatewayId).toBe(2);
    expect(lab.health).toEqual([`1 failed ${status}`]);
  });

  it.each([
    [486, 'busy'],
    [480, 'no-answer'],
    [404, 'refused'],
    [488, 'refused'],
  ])('%i of the callee goes back to the caller', (status, why) => {
    const first = lab.dial();
    lab.fromGateway(first, status, {
      headers: [
        ['Reason', 'Q.850;cause=17'],
        ['Warning', '399 gw.invalid "x"'],
      ],
    });
    const passed = lab.toCaller(status);
    expect(passed.get('Reason')).toBe('Q.850;cause=17');
    expect(passed.has('Warning')).toBe(false);
    expect(lab.failures).toMatchObject([{ why, status, endedBy: 'callee' }]);
    expect(lab.toGateway('INVITE')).toBeUndefined();
    expect(lab.health).toEqual(['1 worked']);
  });

  it('silence goes on after 10*T1, and a gateway that wakes up later is cancelled', () => {
    const first = lab.dial();
    lab.clock.advance(4_999);
    expect(lab.toGateway('INVITE')!.callId).toBe(first.callId);
    lab.lines();
    lab.clock.advance(1);
    expect(lab.toGateway('INVITE')!.callId).not.toBe(first.callId);
    lab.fromGateway(first, 180);
    expect(lab.toGateway('CANCEL')!.callId).toBe(first.callId);
    expect(lab.lines()).toEqual([]);
    lab.fromGateway(first, 487);
    expect(lab.lines()).toEqual(['gateway ACK']);
  });

  it('late-2xx-after-failover: is acknowledged and hung up', () => {
    const first = lab.dial();
    lab.clock.advance(5_000);
    lab.lines();
    lab.fromGateway(first, 200);
    expect(lab.lines()).toEqual(['gateway ACK', 'gateway BYE']);
    expect(lab.records).toEqual([]);
  });

  it('a transport error goes on at once', async () => {
    lab.transport.failSends(new Error('refused'));
    lab.dial();
    lab.transport.failSends();
    await settle();
    expect(lab.toGateway('INVITE')!.uriText).toContain('192.0.2.51');
  });

  it('a name that leads nowhere goes on', async () => {
    lab.gateways = [gateway(1, { host: 'gone.example.net' }), gateway(2)];
    lab.dial();
    await settle();
    expect(lab.toGateway('INVITE')!.uriText).toContain('192.0.2.51');
  });

  it('the early media of each gateway is an early dialog of its own', () => {
    const first = lab.dial();
    lab.fromGateway(first, 183, { body: ANSWER });
    const one = lab.toCaller(183).to.tag;
    lab.fromGateway(first, 503);
    lab.fromGateway(lab.toGateway('INVITE')!, 183, { body: ANSWER, toTag: 'gw2' });
    expect(lab.toCaller(183).to.tag).not.toBe(one);
  });

  it('passes over a gateway whose last line was taken while the one before was tried', () => {
    lab.gateways = [gateway(1), gateway(2, { maxCalls: 1 }), gateway(3)];
    const invite = lab.dial();
    lab.takeLine(2);
    lab.fromGateway(invite, 503);
    expect(lab.toGateway('INVITE')?.uriText).toBe('sip:34911@192.0.2.52:5060');
  });

  it('all of them failed: the stage says so, and the caller hears nothing of 503 texts', () => {
    lab.fromGateway(lab.dial(), 503);
    lab.fromGateway(lab.toGateway('INVITE')!, 500, { reason: 'Oops' });
    expect(lab.failures).toMatchObject([{ why: 'failed', status: 500 }]);
    over('error');
  });

  it('it rang until the ring time of the gateway: nobody answered, and no other gateway is tried', () => {
    const first = lab.dial();
    lab.fromGateway(first, 180);
    lab.clock.advance(45_000);
    expect(lab.toGateway('CANCEL')).toBeDefined();
    expect(lab.failures).toMatchObject([{ why: 'no-answer', status: 480 }]);
    lab.fromGateway(first, 487);
    expect(lab.toGateway('INVITE')).toBeUndefined();
  });
});

describe('the password of the gateway', () => {
  const challenge: [string, string][] = [['Proxy-Authenticate', 'Digest realm="gw", nonce="n1", qop="auth", algorithm=SHA-256']];

  beforeEach(() => {
    lab.gateways = [gateway(1, { username: 'acme', password: 'trunk-secret' })];
  });

  it('answers 407 with a new INVITE of the same call, acknowledges with the same credentials, and authenticates the BYE', async () => {
    const first = lab.dial();
    lab.fromGateway(first, 407, { headers: challenge });
    lab.toGateway('ACK');
    const second = lab.toGateway('INVITE')!;
    expect(second.callId).toBe(first.callId);
    expect(second.from.tag).toBe(first.from.tag);
    expect(second.cseq.seq).toBe(2);
    expect(second.get('Proxy-Authorization')).toContain('username="acme"');
    expect(second.toString()).not.toContain('trunk-secret');
    lab.fromGateway(second, 200, { body: ANSWER });
    await settle();
    expect(lab.toGateway('ACK')!.get('Proxy-Authorization')).toBe(second.get('Proxy-Authorization'));
    lab.fromCaller('ACK');
    lab.fromCaller('BYE', { cseq: 2 });
    const bye = lab.toGateway('BYE')!;
    lab.fromGateway(bye, 407, { headers: challenge });
    const again = lab.toGateway('BYE')!;
    expect(again.cseq.seq).toBe(bye.cseq.seq + 1);
    expect(again.has('Proxy-Authorization')).toBe(true);
    lab.fromGateway(again, 200);
    over('caller');
  });

  it('refused twice: fails, and the caller never sees a challenge', () => {
    lab.fromGateway(lab.dial(), 407, { headers: challenge });
    lab.fromGateway(lab.toGateway('INVITE')!, 407, { headers: challenge });
    expect(lab.toGateway('INVITE')).toBeUndefined();
    expect(lab.failures).toMatchObject([{ why: 'failed', status: 503 }]);
    expect(lab.toCaller(503).toString()).not.toMatch(/Authenticate/);
  });

  it('a stale nonce is no refusal', () => {
    lab.fromGateway(lab.dial(), 407, { headers: challenge });
    lab.fromGateway(lab.toGateway('INVITE')!, 407, { headers: [['Proxy-Authenticate', `${challenge[0]![1]}, stale=true`]] });
    expect(lab.toGateway('INVITE')!.cseq.seq).toBe(3);
  });

  it('a 422 is answered with the interval it asks for', () => {
    lab.fromGateway(lab.dial(), 422, { headers: [['Min-SE', '3600']] });
    const again = lab.toGateway('INVITE')!;
    expect(again.get('Session-Expires')).toBe('3600');
    expect(again.get('Min-SE')).toBe('3600');
  });
});

describe('races before the answer', () => {
  const cancel = () => lab.transport.deliver(requestCancel());

  it('cancel-before-1xx: 487 at once; CANCEL goes out when the gateway shows up', () => {
    const invite = lab.dial();
    cancel();
    expect(lab.lines()).toEqual(['caller 100', 'caller 200', 'caller 487']);
    lab.fromGateway(invite, 100);
    expect(lab.lines()).toEqual(['gateway CANCEL']);
    lab.fromGateway(invite, 487);
    lab.transport.deliver(ackOfFailure(lab));
    over('caller');
  });

  it('cancel-after-180: CANCEL to the gateway, 487 to the caller', () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 180);
    lab.lines();
    cancel();
    expect(lab.lines().sort()).toEqual(['caller 200', 'caller 487', 'gateway CANCEL']);
    lab.fromGateway(invite, 487);
    expect(lab.failures).toMatchObject([{ why: 'cancelled', status: 487, endedBy: 'caller' }]);
    lab.transport.deliver(ackOfFailure(lab));
    over('caller');
  });

  it('cancel-crosses-200: the 2xx of the gateway that comes after the CANCEL is acknowledged and hung up', () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 180);
    cancel();
    lab.lines();
    lab.fromGateway(invite, 200, { body: ANSWER });
    const bye = lab.toGateway('BYE')!;
    expect(bye.to.tag).toBe('gw');
    expect(lab.lines()).toEqual(['gateway ACK']);
    lab.fromGateway(bye, 200);
    lab.transport.deliver(ackOfFailure(lab));
    over('caller');
    expect(lab.records[0]).toMatchObject({ status: 487, answeredAt: null });
  });

  it('cancel-after-200 of the gateway: the call is answered, and the caller ends it by BYE', async () => {
    let written = () => {};
    lab.journal = new Promise((resolve) => {
      written = resolve;
    });
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    cancel();
    written();
    await settle();
    expect(lab.lines()).toEqual(['caller 100', 'gateway ACK', 'caller 200', 'caller 200']);
    lab.fromCaller('ACK');
    lab.fromCaller('BYE', { cseq: 2 });
    lab.fromGateway(lab.toGateway('BYE')!, 200);
    over('caller');
  });

  describe('hang-up-while-writing: the gateway has answered, the journal is not on disk yet', () => {
    let written = () => {};
    let refused = () => {};
    const answered = () => {
      lab.journal = new Promise((resolve, reject) => {
        written = resolve;
        refused = () => reject(new Error('disk full'));
      });
      const invite = lab.dial();
      lab.fromGateway(invite, 200, { body: ANSWER });
      return invite;
    };

    it.each(['admin', 'credit'] as const)('by %s: the caller gets his 200, then a BYE that says why', async (by) => {
      answered();
      lab.call.hangup(by, 'Ended here');
      lab.call.hangup('error', 'Too late');
      expect(lab.lines()).toEqual(['caller 100', 'gateway ACK']);
      expect(lab.records).toEqual([]);
      written();
      await settle();
      const byeToGateway = lab.toGateway('BYE')!;
      expect(lab.lines()).toEqual(['caller 200']);
      lab.fromCaller('ACK');
      const bye = lab.toCaller('BYE');
      expect(bye.get('Reason')).toBe(`SIP;cause=${by === 'credit' ? 402 : 200};text="Ended here"`);
      lab.fromGateway(byeToGateway, 200);
      lab.answerFromCaller(bye, 200);
      expect(lab.records[0]).toMatchObject({ status: 200, gatewayId: 1, answeredAt: expect.any(Number) });
      over(by);
    });

    it('by the gateway: the caller gets his 200, then a BYE', async () => {
      const invite = answered();
      lab.requestFromGateway(invite, 'BYE', { headers: ['Reason: Q.850;cause=16'] });
      expect(lab.lines()).toEqual(['caller 100', 'gateway ACK', 'gateway 200']);
      written();
      await settle();
      lab.fromCaller('ACK');
      const bye = lab.toCaller('BYE');
      expect(bye.get('Reason')).toBe('Q.850;cause=16');
      lab.answerFromCaller(bye, 200);
      expect(lab.lines()).toEqual(['caller 200']);
      over('callee');
    });

    it('by the caller, with a BYE in his early dialog: 487, and the gateway gets its BYE', async () => {
      answered();
      lab.fromCaller('BYE', { cseq: 2 });
      lab.fromGateway(lab.toGateway('BYE')!, 200);
      expect(lab.lines().sort()).toEqual(['caller 100', 'caller 200', 'caller 487', 'gateway ACK']);
      lab.transport.deliver(ackOfFailure(lab));
      written();
      await settle();
      expect(lab.lines()).toEqual([]);
      over('caller');
    });

    it('by an administrator, and then the disk refuses: 503 with his words, the gateway gets its BYE', async () => {
      answered();
      lab.call.hangup('admin', 'Ended here');
      refused();
      await settle();
      lab.fromGateway(lab.toGateway('BYE')!, 200);
      expect(lab.toCaller(503).get('Reason')).toBe('SIP;cause=503;text="Ended here"');
      lab.transport.deliver(ackOfFailure(lab));
      over('admin');
    });
  });

  it('bye-in-early-dialog: means what a CANCEL means', () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 180);
    lab.lines();
    lab.fromCaller('BYE', { cseq: 2 });
    expect(lab.lines().sort()).toEqual(['caller 200', 'caller 487', 'gateway CANCEL']);
    lab.fromGateway(invite, 487);
    lab.transport.deliver(ackOfFailure(lab));
    over('caller');
  });

  it('two-200s: another branch behind the gateway is acknowledged and hung up', async () => {
    const invite = await lab.connect();
    lab.fromGateway(invite, 200, { body: ANSWER, toTag: 'fork' });
    expect(lab.toGateway('BYE')!.to.tag).toBe('fork');
    expect(lab.lines()).toEqual(['gateway ACK']);
    expect(lab.call.state).toBe('talking');
  });

  it('hang-up-while-ringing by an administrator: 480 with his words', () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 180);
    lab.call.hangup('admin', 'Closed for the night');
    const answer = lab.toCaller(480);
    expect([answer.reason, answer.get('Reason')]).toEqual(['Closed for the night', 'SIP;cause=480;text="Closed for the night"']);
    lab.fromGateway(invite, 487);
    lab.transport.deliver(ackOfFailure(lab));
    over('admin');
  });
});

describe('races after the answer', () => {
  it('lost-ack of the caller: 200 is repeated for 64*T1, then both sides get a BYE', async () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.lines();
    const times: number[] = [];
    for (let t = 100; t <= 31_900; t += 100) {
      lab.clock.advance(100);
      if (lab.lines().includes('caller 200')) times.push(t);
    }
    expect(times).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    lab.clock.advance(100);
    lab.answerFromCaller(lab.toCaller('BYE'), 481);
    lab.fromGateway(lab.toGateway('BYE')!, 200);
    over('error');
  });

  it('ack-late: one that comes after some repetitions stops them', async () => {
    await lab.connect();
    lab.clock.advance(40_000);
    expect(lab.lines()).toEqual([]);
    expect(lab.call.state).toBe('talking');
  });

  it('lost-ack of ours: the gateway repeats its 200 and gets the same ACK again', async () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    const first = lab.toGateway('ACK')!;
    lab.lines();
    lab.fromGateway(invite, 200, { body: ANSWER });
    expect(lab.toGateway('ACK')!.toString()).toBe(first.toString());
    expect(lab.lines()).toEqual([]);
  });

  it('bye-before-ack of the caller: ends the call, and the 200 is repeated no more', async () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.fromCaller('BYE', { cseq: 2 });
    lab.fromGateway(lab.toGateway('BYE')!, 200);
    lab.lines();
    lab.clock.advance(5_000);
    expect(lab.lines()).toEqual([]);
    over('caller');
  });

  it('bye-of-the-callee-before-ack: the caller gets his BYE after his ACK (RFC 3261 15)', async () => {
    const invite = lab.dial();
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.lines();
    lab.requestFromGateway(invite, 'BYE');
    expect(lab.lines()).toEqual(['gateway 200']);
    lab.fromCaller('ACK');
    lab.answerFromCaller(lab.toCaller('BYE'), 200);
    over('callee');
  });

  it('bye-crosses-bye: both are answered 200, the call is written down once', async () => {
    const invite = await lab.connect();
    lab.fromCaller('BYE', { cseq: 2 });
    const ours = lab.toGateway('BYE')!;
    lab.lines();
    lab.requestFromGateway(invite, 'BYE');
    expect(lab.lines()).toEqual(['gateway 200']);
    lab.fromGateway(ours, 200);
    over('caller');
  });

  it('lost-bye: is repeated, then forgotten', async () => {
    await lab.connect();
    lab.fromCaller('BYE', { cseq: 2 });
    lab.lines();
    lab.clock.advance(32_000);
    expect(lab.lines().filter((line) => line === 'gateway BYE')).toHaveLength(10);
    over('caller');
  });

  it('late-offer-without-ack: the 2xx of the gateway is acknowledged before the BYE', async () => {
    const invite = lab.dial({ body: '' });
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.lines();
    lab.fromCaller('BYE', { cseq: 2 });
    expect(lab.lines()).toEqual(['caller 200', 'gateway ACK', 'gateway BYE']);
  });

  it.each([
    ['credit', 'SIP;cause=402;text="Balance used up"'],
    ['admin', 'SIP;cause=200;text="Balance used up"'],
  ] as const)('cut by %s: BYE on both legs, the reason only to the caller', async (by, reason) => {
    await lab.connect();
    lab.call.hangup(by, 'Balance used up');
    lab.call.hangup(by, 'Balance used up');
    const [toCaller, toGateway] = [lab.toCaller('BYE'), lab.toGateway('BYE')!];
    expect(toCaller.get('Reason')).toBe(reason);
    expect(toGateway.has('Reason')).toBe(false);
    expect(lab.lines()).toEqual([]);
    lab.answerFromCaller(toCaller, 200);
    lab.fromGateway(toGateway, 200);
    over(by);
  });

  it('ends at the longest duration', async () => {
    lab.maxSeconds = 600;
    await lab.connect();
    lab.clock.advance(600_000);
    lab.answerFromCaller(lab.toCaller('BYE'), 200);
    lab.fromGateway(lab.toGateway('BYE')!, 200);
    expect(lab.records[0]!.talkMs).toBe(600_000);
    over('session-timeout');
  });
});

function requestCancel(): string {
  return [
    'CANCEL sip:0034911@example.org SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKtest1',
    'Max-Forwards: 70',
    'From: <sip:1001@example.org>;tag=caller',
    'To: <sip:1002@example.org>',
    'Call-ID: call-1',
    'CSeq: 1 CANCEL',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** The caller acknowledges the failure of his INVITE: same branch. */
function ackOfFailure({ tx }: BridgeLab): SipRequest {
  const ack = tx.request.clone();
  ack.method = 'ACK';
  ack.set('CSeq', '1 ACK');
  ack.setBody('');
  return ack;
}

function infoFromElsewhere({ tx }: BridgeLab): SipRequest {
  const info = ackOfFailure({ tx } as BridgeLab);
  info.method = 'INFO';
  info.set('CSeq', '9 INFO');
  info.set('Via', 'SIP/2.0/UDP 198.51.100.9:5060;branch=z9hG4bKelsewhere');
  info.set('To', `<sip:1002@example.org>;tag=${tx.localTag}`);
  return info;
}

it('an answer of a gateway with an unreadable Contact or Record-Route is an answer: it is charged, and ended by BYE', async () => {
  await lab.connect({}, { contact: '<sip:[broken', headers: [['Record-Route', '<sip:[']] });
  expect(lab.call.state).toBe('talking');
  lab.fromCaller('BYE', { cseq: 2 });
  expect(lab.toGateway('BYE')?.uriText).toBe('sip:34911@192.0.2.50:5060');
  over('caller');
});
