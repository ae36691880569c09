import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/index.ts';
import { settle } from '../../sip/testing/index.ts';
import { ANSWER, BridgeLab, OFFER } from './testing.ts';

const HOLD = 'v=0\r\no=caller 1 2 IN IP4 192.0.2.10\r\na=sendonly\r\n';
const HELD = 'v=0\r\no=gateway 1 2 IN IP4 192.0.2.50\r\na=recvonly\r\n';

let lab: BridgeLab;
let invite: SipRequest;
beforeEach(async () => {
  lab = new BridgeLab();
  invite = await lab.connect();
});

describe('re-INVITE (RFC 3261 14)', () => {
  it('of the caller goes to the gateway, its answer back, both with ACK', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    const passed = lab.toGateway('INVITE')!;
    expect(passed.body.toString()).toBe(HOLD);
    expect(passed.to.tag).toBe('gw');
    expect(passed.cseq.seq).toBe(2);
    lab.fromGateway(passed, 100);
    lab.fromGateway(passed, 200, { body: HELD });
    const answer = lab.toCaller(200);
    expect(answer.body.toString()).toBe(HELD);
    expect(answer.get('Contact')).toBe('<sip:0034911@192.0.2.1:5060>');
    expect(lab.toGateway('ACK')!.cseq.seq).toBe(2);
    lab.fromCaller('ACK', { cseq: 2 });
    lab.clock.advance(60_000);
    expect(lab.lines()).toEqual([]);
    expect(lab.call.state).toBe('talking');
  });

  it('of the gateway goes to the caller', () => {
    lab.requestFromGateway(invite, 'INVITE', { body: HELD });
    const passed = lab.toCaller('INVITE');
    expect(passed.body.toString()).toBe(HELD);
    lab.answerFromCaller(passed, 200, { body: HOLD });
    lab.requestFromGateway(invite, 'ACK', { cseq: 1 });
    expect(lab.lines()).toEqual(['caller ACK', 'gateway 200']);
  });

  it('without an offer: the ACK waits for the answer and carries it', () => {
    lab.fromCaller('INVITE', { cseq: 2 });
    const passed = lab.toGateway('INVITE')!;
    lab.fromGateway(passed, 200, { body: HELD });
    expect(lab.lines()).toEqual(['caller 200']);
    lab.fromCaller('ACK', { cseq: 2, body: HOLD });
    expect(lab.toGateway('ACK')!.body.toString()).toBe(HOLD);
    lab.fromCaller('INVITE', { cseq: 3, body: OFFER });
    expect(lab.toGateway('INVITE')).toBeDefined();
  });

  it('refused: the refusal goes back, the call goes on (O-20)', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('INVITE')!, 488);
    expect(lab.lines()).toEqual(['gateway ACK', 'caller 488']);
    expect(lab.call.state).toBe('talking');
    lab.fromCaller('INVITE', { cseq: 3, body: HOLD });
    expect(lab.toGateway('INVITE')).toBeDefined();
  });

  it('moves the remote target', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD, contact: '<sip:1001@192.0.2.10:5090>' });
    lab.fromGateway(lab.toGateway('INVITE')!, 200, { body: HELD, contact: '<sip:gw@192.0.2.50:5099>' });
    lab.fromCaller('ACK', { cseq: 2 });
    lab.lines();
    lab.call.hangup('admin', 'x');
    expect(lab.toCaller('BYE').uri.port).toBe(5090);
    expect(lab.toGateway('BYE')!.uri.port).toBe(5099);
  });

  it.each([481, 408])('%i of the other side ends the call', (status) => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('INVITE')!, status);
    expect(lab.lines()).toEqual(['gateway ACK', `caller ${status}`, 'gateway BYE', 'caller BYE']);
    expect(lab.records).toMatchObject([{ endedBy: 'session-timeout', status: 200 }]);
  });

  it('is cancelled', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD, branch: 'z9hG4bKre' });
    const passed = lab.toGateway('INVITE')!;
    lab.fromGateway(passed, 180);
    lab.fromCaller('CANCEL', { cseq: 2, branch: 'z9hG4bKre' });
    lab.toGateway('CANCEL');
    lab.fromGateway(passed, 487);
    expect(lab.lines().sort()).toEqual(['caller 180', 'caller 200', 'caller 487', 'gateway ACK']);
    expect(lab.call.state).toBe('talking');
  });

  it('lost-ack: its 200 is repeated, and after 64*T1 the call ends', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('INVITE')!, 200, { body: HELD });
    lab.lines();
    lab.clock.advance(31_999);
    expect(lab.lines().filter((line) => line === 'caller 200')).toHaveLength(10);
    lab.clock.advance(1);
    expect(lab.lines()).toEqual(['gateway BYE', 'caller BYE']);
  });

  it('bye-during-reinvite: the INVITE ends in 487, both sides in BYE', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.lines();
    lab.requestFromGateway(invite, 'BYE');
    expect(lab.lines().sort()).toEqual(['caller 487', 'caller BYE', 'gateway 200']);
    expect(lab.records).toHaveLength(1);
  });
});

describe('glare (RFC 3261 14.2)', () => {
  it('glare-491: both sides at once, and both may try again', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    const passed = lab.toGateway('INVITE')!;
    lab.requestFromGateway(invite, 'INVITE', { body: HELD });
    expect(lab.lines()).toEqual(['gateway 491']);
    lab.fromGateway(passed, 491);
    expect(lab.lines()).toEqual(['gateway ACK', 'caller 491']);
    lab.requestFromGateway(invite, 'INVITE', { cseq: 2, body: HELD });
    expect(lab.toCaller('INVITE')).toBeDefined();
  });

  it('glare-491-before-ack: the 2xx is not acknowledged yet', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('INVITE')!, 200, { body: HELD });
    lab.lines();
    lab.requestFromGateway(invite, 'INVITE', { body: HELD });
    expect(lab.lines()).toEqual(['gateway 491']);
  });

  it('500 with Retry-After for a second INVITE of the same side', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.fromCaller('INVITE', { cseq: 3, body: HOLD });
    expect(Number(lab.toCaller(500).get('Retry-After'))).toBeLessThanOrEqual(10);
  });

  it('491 for an UPDATE while an offer is on its way to that side', () => {
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    lab.lines();
    lab.requestFromGateway(invite, 'UPDATE', { body: HELD });
    expect(lab.lines()).toEqual(['gateway 491']);
  });
});

describe('other requests inside the dialog', () => {
  it.each(['INFO', 'MESSAGE', 'OPTIONS'])('%s passes with its body, and the response back', (method) => {
    lab.fromCaller(method, { cseq: 2, body: 'Signal=1', headers: ['Info-Package: dtmf', 'X-Other: no'] });
    const passed = lab.toGateway(method)!;
    expect(passed.body.toString()).toBe('Signal=1');
    expect(passed.get('Info-Package')).toBe('dtmf');
    expect(passed.has('X-Other')).toBe(false);
    lab.fromGateway(passed, 415);
    expect(lab.lines()).toEqual(['caller 415']);
    lab.requestFromGateway(invite, method, { body: 'x' });
    lab.answerFromCaller(lab.toCaller(method), 200);
    expect(lab.lines()).toEqual(['gateway 200']);
  });

  it('UPDATE with an offer passes', () => {
    lab.fromCaller('UPDATE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('UPDATE')!, 200, { body: HELD });
    const answer = lab.toCaller(200);
    expect(answer.body.toString()).toBe(HELD);
    expect(answer.has('Contact')).toBe(true);
    lab.requestFromGateway(invite, 'UPDATE', { body: HELD });
    expect(lab.toCaller('UPDATE')).toBeDefined();
  });

  it('UPDATE refused leaves the session as it was', () => {
    lab.fromCaller('UPDATE', { cseq: 2, body: HOLD });
    lab.fromGateway(lab.toGateway('UPDATE')!, 488);
    expect(lab.lines()).toEqual(['caller 488']);
    lab.requestFromGateway(invite, 'INVITE', { body: HELD });
    expect(lab.toCaller('INVITE')).toBeDefined();
  });

  it('UPDATE without an offer is a refresh between us and that side', () => {
    lab.fromCaller('UPDATE', { cseq: 2, headers: ['Session-Expires: 600;refresher=uac', 'Supported: timer'] });
    expect(lab.toCaller(200).get('Session-Expires')).toBe('600;refresher=uac');
    expect(lab.lines()).toEqual([]);
  });

  it('REFER is declined with 603, an unknown method with 405', () => {
    lab.fromCaller('REFER', { cseq: 2, headers: ['Refer-To: <sip:x@example.net>'] });
    lab.fromCaller('PUBLISH', { cseq: 3 });
    lab.fromCaller('PRACK', { cseq: 4, headers: ['RAck: 9 1 INVITE'] });
    expect(lab.toCaller(405).get('Allow')).toContain('UPDATE');
    expect(lab.lines()).toEqual(['caller 603', 'caller 481']);
  });

  it('a CSeq number that goes back is refused with 500', () => {
    lab.fromCaller('INFO', { cseq: 9 });
    lab.lines();
    lab.fromCaller('INFO', { cseq: 8 });
    lab.fromCaller('BYE', { cseq: 7 });
    expect(lab.lines()).toEqual(['caller 500', 'caller 500']);
    expect(lab.call.state).toBe('talking');
  });

  it('a challenge never reaches the other side', () => {
    lab.fromCaller('INFO', { cseq: 2 });
    lab.fromGateway(lab.toGateway('INFO')!, 407, { headers: [['Proxy-Authenticate', 'Digest realm="gw", nonce="n"']] });
    expect(lab.toCaller(500).toString()).not.toContain('Digest');
  });

  it('silence to an INFO is 408 for the sender, and the call goes on', () => {
    lab.fromCaller('INFO', { cseq: 2 });
    lab.clock.advance(32_000);
    expect(lab.lines().at(-1)).toBe('caller 408');
    expect(lab.call.state).toBe('talking');
  });

  it('481 to an INFO ends the call (RFC 5057)', () => {
    lab.fromCaller('INFO', { cseq: 2 });
    lab.fromGateway(lab.toGateway('INFO')!, 481);
    expect(lab.lines()).toEqual(['caller 481', 'gateway BYE', 'caller BYE']);
  });
});

describe('reliable provisional responses (RFC 3262)', () => {
  const reliable = (rseq: number): [string, string][] => [
    ['Require', '100rel'],
    ['RSeq', String(rseq)],
  ];

  beforeEach(() => {
    lab = new BridgeLab();
  });

  it('pass end to end: RSeq of ours, PRACK with the numbers of the gateway, its response back', async () => {
    invite = lab.dial({ headers: ['Supported: 100rel'] });
    expect(invite.get('Supported')).toContain('100rel');
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(500) });
    const early = lab.toCaller(183);
    expect(early.get('RSeq')).toBe('1');
    expect(early.get('Require')).toBe('100rel');
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(500) });
    expect(lab.toCaller(183).get('RSeq')).toBe('1');
    lab.fromCaller('PRACK', { cseq: 2, headers: ['RAck: 1 1 INVITE'] });
    const prack = lab.toGateway('PRACK')!;
    expect(prack.get('RAck')).toBe('500 1 INVITE');
    expect(prack.to.tag).toBe('gw');
    lab.fromGateway(prack, 200);
    lab.lines();
    lab.fromGateway(invite, 180, { headers: reliable(501) });
    expect(lab.toCaller(180).get('RSeq')).toBe('2');
    lab.fromGateway(invite, 200);
    await settle();
    expect(lab.lines()).toEqual(['gateway ACK', 'caller 200']);
  });

  it('late offer in a reliable response, answer in the PRACK: the 2xx is acknowledged at once', async () => {
    invite = lab.dial({ body: '', headers: ['Supported: 100rel'] });
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(1) });
    lab.fromCaller('PRACK', { cseq: 2, headers: ['RAck: 1 1 INVITE'], body: OFFER });
    const prack = lab.toGateway('PRACK')!;
    expect(prack.body.toString()).toBe(OFFER);
    lab.fromGateway(prack, 200);
    lab.fromGateway(invite, 200);
    await settle();
    expect(lab.toGateway('ACK')).toBeDefined();
  });

  it('for a caller without the extension they are neither asked for nor passed on; the gateway gets its PRACK from us', () => {
    invite = lab.dial();
    expect(invite.get('Supported')).toBe('timer');
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(7) });
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(7) });
    const early = lab.toCaller(183);
    expect(early.has('RSeq')).toBe(false);
    expect(lab.toGateway('PRACK')!.get('RAck')).toBe('7 1 INVITE');
    expect(lab.toGateway('PRACK')).toBeUndefined();
  });

  it('UPDATE in the early dialog passes (RFC 3311)', () => {
    invite = lab.dial({ headers: ['Supported: 100rel'] });
    lab.fromGateway(invite, 183, { body: ANSWER, headers: reliable(1) });
    lab.requestFromGateway(invite, 'UPDATE', { body: HELD });
    const passed = lab.toCaller('UPDATE');
    expect(passed.body.toString()).toBe(HELD);
    lab.answerFromCaller(passed, 200, { body: HOLD });
    expect(lab.lines().at(-1)).toBe('gateway 200');
  });

  it('491 for a re-INVITE before the answer', () => {
    invite = lab.dial();
    lab.fromGateway(invite, 180);
    lab.lines();
    lab.fromCaller('INVITE', { cseq: 2, body: HOLD });
    expect(lab.lines()).toEqual(['caller 491']);
  });
});

describe('session timers (RFC 4028)', () => {
  const dialled = async (callee: [string, string][], headers: string[] = []) => {
    lab = new BridgeLab(1800);
    invite = await lab.connect({ headers }, { headers: callee });
  };

  it('we refresh a gateway by UPDATE at half of its interval, and go on', async () => {
    await dialled([
      ['Session-Expires', '600;refresher=uac'],
      ['Allow', 'INVITE, UPDATE'],
    ]);
    lab.clock.advance(299_999);
    expect(lab.lines()).toEqual([]);
    lab.clock.advance(1);
    const update = lab.toGateway('UPDATE')!;
    expect(update.get('Session-Expires')).toBe('1800;refresher=uac');
    expect(update.body).toHaveLength(0);
    lab.fromGateway(update, 200, { headers: [['Session-Expires', '600;refresher=uac']] });
    lab.clock.advance(300_000);
    expect(lab.toGateway('UPDATE')).toBeDefined();
  });

  it('or by re-INVITE with the same description where UPDATE is not taken', async () => {
    await dialled([['Session-Expires', '600;refresher=uac']]);
    lab.clock.advance(300_000);
    const again = lab.toGateway('INVITE')!;
    expect(again.body.toString()).toBe(OFFER);
    lab.fromGateway(again, 200, { body: ANSWER, headers: [['Session-Expires', '600;refresher=uac']] });
    expect(lab.lines()).toEqual(['gateway ACK']);
    lab.clock.advance(300_000);
    expect(lab.toGateway('INVITE')).toBeDefined();
  });

  it('lost-bye of the gateway: a refresh answered 481 ends the call', async () => {
    await dialled([['Session-Expires', '600;refresher=uac']]);
    lab.clock.advance(300_000);
    lab.fromGateway(lab.toGateway('INVITE')!, 481);
    expect(lab.lines()).toEqual(['gateway ACK', 'gateway BYE', 'caller BYE']);
    expect(lab.records).toMatchObject([{ endedBy: 'session-timeout', talkMs: 300_000 }]);
  });

  it('lost-bye of the gateway: a gateway that should refresh and does not', async () => {
    await dialled([['Session-Expires', '600;refresher=uas']]);
    lab.clock.advance(567_999);
    expect(lab.lines()).toEqual([]);
    lab.clock.advance(1);
    expect(lab.lines()).toEqual(['gateway BYE', 'caller BYE']);
    expect(lab.records).toMatchObject([{ endedBy: 'session-timeout' }]);
  });

  it('lost-bye of the caller: he is refreshed too, and his silence ends the call', async () => {
    await dialled([['Session-Expires', '3600;refresher=uas']]);
    lab.clock.advance(900_000);
    const again = lab.toCaller('INVITE');
    expect(again.body.toString()).toBe(ANSWER);
    lab.clock.advance(32_000);
    expect(lab.lines().slice(-2)).toEqual(['gateway BYE', 'caller BYE']);
  });

  it('491 to a refresh: tried again a little later', async () => {
    await dialled([['Session-Expires', '600;refresher=uac']]);
    lab.clock.advance(300_000);
    lab.fromGateway(lab.toGateway('INVITE')!, 491);
    lab.lines();
    lab.clock.advance(3_000);
    expect(lab.toGateway('INVITE')).toBeDefined();
  });

  it('the refresh of the gateway by re-INVITE keeps its session alive', async () => {
    await dialled([['Session-Expires', '600;refresher=uas']]);
    lab.clock.advance(300_000);
    lab.requestFromGateway(invite, 'INVITE', { body: ANSWER, headers: ['Session-Expires: 600;refresher=uac', 'Supported: timer'] });
    lab.answerFromCaller(lab.toCaller('INVITE'), 200, { body: OFFER });
    expect(lab.taken.length + lab.lines().length).toBeGreaterThan(0);
    lab.requestFromGateway(invite, 'ACK', { cseq: 1 });
    lab.clock.advance(300_000);
    expect(lab.call.state).toBe('talking');
  });

  it('the caller gets the interval he asks for', async () => {
    lab = new BridgeLab(1800);
    invite = lab.dial({ headers: ['Session-Expires: 300;refresher=uac', 'Supported: timer'] });
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    const answer = lab.toCaller(200);
    expect(answer.get('Session-Expires')).toBe('300;refresher=uac');
    expect(answer.get('Require')).toBe('timer');
    lab.fromCaller('ACK');
    lab.lines();
    lab.clock.advance(268_000);
    expect(lab.lines()).toEqual(['gateway BYE', 'caller BYE']);
  });
});
