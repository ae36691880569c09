import { describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/index.ts';
import { settle } from '../../sip/testing/index.ts';
import { ANSWER, BridgeLab, CALLER, gateway, OFFER } from '../bridge/testing.ts';

const toGateway = (sdp: string) => `${sdp}a=relayed-from:caller\r\n`;
const toCaller = (sdp: string) => `${sdp}a=relayed-from:callee\r\n`;

/** A lab whose calls are all relayed. */
function lab(): BridgeLab {
  const made = new BridgeLab();
  made.settings = { mediaRelay: 'always' };
  return made;
}

const session = (of: BridgeLab) => of.relays.opened.at(-1)!;

/** The caller dials; answers with the INVITE that the gateway gets when the relay is ready. */
async function dial(of: BridgeLab, body = OFFER): Promise<SipRequest> {
  expect(of.dial({ body })).toBeUndefined();
  await settle();
  return of.toGateway('INVITE')!;
}

async function connect(of: BridgeLab): Promise<SipRequest> {
  const invite = await dial(of);
  of.fromGateway(invite, 200, { body: ANSWER });
  await settle();
  of.fromCaller('ACK', { branch: 'z9hG4bKack1' });
  return invite;
}

describe('a call through a gateway whose media is relayed', () => {
  it('shows each side the description of the relay', async () => {
    const one = lab();
    const invite = await dial(one);
    expect(invite.body.toString()).toBe(toGateway(OFFER));
    expect(session(one).order.sides.callee).toMatchObject({ advertise: '192.0.2.1', signalling: '192.0.2.50', behindNat: false });
    one.fromGateway(invite, 183, { body: ANSWER });
    await settle();
    expect(one.toCaller(183).body.toString()).toBe(toCaller(ANSWER));
    one.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    const ok = one.toCaller(200);
    expect(ok.body.toString()).toBe(toCaller(ANSWER));
    expect(ok.contentLength).toBe(ok.body.length);
    expect(session(one).state).toBe('answered');
  });

  it('passes late offers, re-INVITEs of both sides and UPDATE', async () => {
    const late = lab();
    late.dial({ body: '' });
    await settle();
    const invite = late.toGateway('INVITE')!;
    late.fromGateway(invite, 200, { body: OFFER });
    await settle();
    expect(late.toCaller(200).body.toString()).toBe(toCaller(OFFER));
    late.fromCaller('ACK', { body: ANSWER });
    await settle();
    expect(late.toGateway('ACK')!.body.toString()).toBe(toGateway(ANSWER));
    expect(session(late).passed).toEqual(['callee offer', 'caller answer']);

    const one = lab();
    const first = await connect(one);
    one.lines();
    one.fromCaller('INVITE', { cseq: 2, body: OFFER });
    await settle();
    const reinvite = one.toGateway('INVITE')!;
    expect(reinvite.body.toString()).toBe(toGateway(OFFER));
    one.fromGateway(reinvite, 200, { body: ANSWER });
    await settle();
    expect(one.toCaller(200).body.toString()).toBe(toCaller(ANSWER));
    one.fromCaller('ACK', { cseq: 2 });
    one.requestFromGateway(first, 'UPDATE', { cseq: 1, body: ANSWER });
    await settle();
    const update = one.toCaller('UPDATE');
    expect(update.body.toString()).toBe(toCaller(ANSWER));
    one.answerFromCaller(update, 200, { body: OFFER });
    await settle();
    expect(session(one).passed).toEqual([
      ...['caller offer', 'callee answer', 'caller offer', 'callee answer', 'callee offer', 'caller answer'],
    ]);
  });

  it('keeps its relay from one gateway to the next', async () => {
    const one = lab();
    one.gateways = [gateway(1), gateway(2)];
    const first = await dial(one);
    one.fromGateway(first, 503);
    await settle();
    expect(one.toGateway('INVITE')!.body.toString()).toBe(toGateway(OFFER));
    expect(one.relays.opened).toHaveLength(1);
    expect(session(one).state).toBe('open');
  });

  it('is refused with 503 before a gateway is asked when no port is left', async () => {
    const one = lab();
    one.relays.room = 0;
    one.dial();
    await settle();
    expect(one.failures).toMatchObject([{ status: 503, refusal: 'no-media' }]);
    expect(one.lines()).toEqual(['caller 100', 'caller 503']);
  });

  it('hangs up on a gateway whose answer cannot be relayed', async () => {
    const one = lab();
    const invite = await dial(one);
    one.lines();
    one.fromGateway(invite, 200, { body: `${ANSWER}a=unrelayable\r\n` });
    await settle();
    expect(one.lines()).toEqual(['gateway ACK', 'gateway BYE', 'caller 488']);
    expect(one.records).toMatchObject([{ status: 488, answeredAt: null }]);
    expect(session(one).state).toBe('closed');
  });

  it('refuses a re-INVITE that cannot be relayed, and talks on', async () => {
    const one = lab();
    await connect(one);
    one.lines();
    one.fromCaller('INVITE', { cseq: 2, body: `${OFFER}a=unrelayable\r\n` });
    await settle();
    expect(one.lines()).toEqual(['caller 488']);
    expect(one.records).toEqual([]);
  });

  it('M-29: ends on both sides after silence, also when the relay is lost; the CDR says which', async () => {
    const silent = lab();
    await connect(silent);
    silent.lines();
    session(silent).onSilence(60);
    expect(silent.lines()).toEqual(['gateway BYE', 'caller BYE']);
    expect(silent.records).toMatchObject([{ status: 200, endedBy: 'media-timeout', reason: 'No media for 60 s' }]);

    const lost = lab();
    await connect(lost);
    lost.relays.hold = new Promise(() => undefined);
    lost.fromCaller('INVITE', { cseq: 2, body: OFFER });
    lost.lines();
    session(lost).onLost('its worker died');
    expect(lost.lines()).toEqual(['gateway BYE', 'caller BYE', 'caller 481']);
    expect(lost.records).toMatchObject([{ endedBy: 'error', reason: 'Media relay lost: its worker died' }]);
  });

  it('cancel-while-opening: no gateway is asked, and the relay closes', async () => {
    const one = lab();
    one.dial({ branch: 'z9hG4bKcancelled' });
    one.handle.cancel('caller');
    await settle();
    expect(one.failures).toMatchObject([{ why: 'cancelled', status: 487 }]);
    expect(one.toGateway('INVITE')).toBeUndefined();
    expect(session(one).state).toBe('closed');
  });
});

describe('what a gateway says of relaying', () => {
  it.each([
    ['always', '192.0.2.10', 1],
    ['when-needed', '192.0.2.10', 0],
    ['when-needed', '10.0.0.5', 1],
    ['never', '10.0.0.5', 0],
  ] as const)('%s, a caller whose description names %s: %i relays', async (relayMedia, address, relays) => {
    const one = new BridgeLab();
    one.gateways = [gateway(1, { relayMedia })];
    one.dial({ body: `${OFFER}c=IN IP4 ${address}\r\n` });
    await settle();
    expect(one.relays.opened).toHaveLength(relays);
    expect(CALLER.address).toBe('192.0.2.10');
  });

  it('media that is encrypted or looks for its way goes through whoever takes that off', async () => {
    const one = new BridgeLab();
    one.settings = { decryptsMedia: true };
    one.dial({ body: `${OFFER}s=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n` });
    await settle();
    expect(one.relays.opened).toHaveLength(1);
  });

  it('one that says so only when the phone behind it is picked up is asked again: one call to the caller, who hears it ring on', async () => {
    const one = new BridgeLab();
    one.settings = { decryptsMedia: true };
    const first = one.dial({ body: OFFER })!;
    one.fromGateway(first, 180);
    const ringing = one.toCaller(180).to.tag;
    one.fromGateway(first, 488);
    await settle();
    const second = one.toGateway('INVITE')!;
    one.fromGateway(second, 180);
    one.fromGateway(second, 200, { body: ANSWER });
    await settle();
    const ok = one.toCaller(200);
    expect(ok.body.toString()).toBe(toCaller(ANSWER));
    expect(ok.to.tag).not.toBe(ringing);
    const to = ok.get('To')!;
    one.fromCaller('ACK', { to, branch: 'z9hG4bKack1' });
    one.fromCaller('BYE', { to, cseq: 2 });
    expect(one.records).toMatchObject([{ status: 200, endedBy: 'caller' }]);
    expect(session(one).state).toBe('closed');
  });

  it('one that insists on encryption is asked again with keys, then by DTLS, before its refusal counts', async () => {
    const one = new BridgeLab();
    one.settings = { decryptsMedia: true };
    const first = one.dial({ body: OFFER })!;
    expect(first.body.toString()).toBe(OFFER);
    one.fromGateway(first, 488);
    await settle();
    const second = one.toGateway('INVITE')!;
    expect(second.callId).not.toBe(first.callId);
    expect([second.body.toString(), session(one).order.protection]).toEqual([toGateway(OFFER), 'sdes']);
    one.fromGateway(second, 606);
    await settle();
    const third = one.toGateway('INVITE')!;
    expect(one.relays.opened.map(({ order, state }) => [order.protection, state])).toEqual([
      ['sdes', 'closed'],
      ['dtls', 'open'],
    ]);
    one.lines();
    one.fromGateway(third, 488);
    await settle();
    expect(one.lines()).toContain('caller 488');
    expect(one.records).toMatchObject([{ status: 488 }]);
  });
});
