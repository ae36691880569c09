import { describe, expect, it } from 'vitest';
import { answerTo, buildRequest } from '../testing/index.ts';
import { Dialog, DialogError } from './dialog.ts';

const CONTACT = '<sip:1002@192.0.2.1:5060>';
const ROUTES = ['Record-Route: <sip:p2.example.org;lr>', 'Record-Route: <sip:p1.example.org;lr>'];

describe('Dialog, answering side (RFC 3261 12.1.1)', () => {
  it('takes tags, numbers, target and the route set in the order of the request', () => {
    const dialog = Dialog.answering(buildRequest('INVITE', { cseq: 7, headers: ROUTES }), 'us', CONTACT);
    expect(dialog).toMatchObject({ role: 'uas', state: 'early', callId: 'call-1', localTag: 'us', remoteTag: 'caller', remoteSeq: 7 });
    expect(dialog.remoteTarget).toBe('sip:1001@192.0.2.10:5060');
    expect(dialog.routeSet).toEqual(['<sip:p2.example.org;lr>', '<sip:p1.example.org;lr>']);
    expect(dialog.nextHop.host).toBe('p2.example.org');
  });

  it('sends requests with swapped From and To, rising CSeq and the routes', () => {
    const dialog = Dialog.answering(buildRequest('INVITE', { headers: ROUTES }), 'us', CONTACT);
    const bye = dialog.createRequest('BYE');
    expect(bye.uriText).toBe('sip:1001@192.0.2.10:5060');
    expect(bye.get('From')).toBe('<sip:1002@example.org>;tag=us');
    expect(bye.get('To')).toBe('<sip:1001@example.org>;tag=caller');
    expect(bye.getAll('Route')).toEqual(['<sip:p2.example.org;lr>', '<sip:p1.example.org;lr>']);
    expect(bye.cseq).toEqual({ seq: 1, method: 'BYE' });
    expect(bye.has('Contact')).toBe(false);
    const invite = dialog.createRequest('INVITE', [['X-Y', 'z']], { content: 'v=0', type: 'application/sdp' });
    expect(invite.cseq.seq).toBe(2);
    expect(invite.get('Contact')).toBe(CONTACT);
    expect(invite.get('X-Y')).toBe('z');
    expect(invite.body.toString()).toBe('v=0');
  });

  it.each(['*', 'tel:+15551234'])('needs a usable Contact, not %s', (contact) => {
    expect(() => Dialog.answering(buildRequest('INVITE', { contact }), 'us', CONTACT)).toThrow(DialogError);
  });
});

describe('Dialog, calling side (RFC 3261 12.1.2)', () => {
  const invite = buildRequest('INVITE', { cseq: 3 });
  const routed: [string, string][] = [
    ['Record-Route', '<sip:near.example.org;lr>'],
    ['Record-Route', '<sip:far.example.org;lr>'],
  ];
  const answer = (status: number, fields = {}) => answerTo(invite, status, fields);

  it('reverses the Record-Routes of the response', () => {
    const dialog = Dialog.calling(invite, answer(200, { headers: [...routed].reverse() }), CONTACT);
    expect(dialog.routeSet).toEqual(['<sip:near.example.org;lr>', '<sip:far.example.org;lr>']);
    expect(dialog).toMatchObject({ role: 'uac', state: 'confirmed', localSeq: 3, remoteTag: 'callee' });
  });

  it('is early until the 2xx, which fixes route set and target anew (13.2.2.4)', () => {
    const dialog = Dialog.calling(invite, answer(183, { contact: '<sip:early@192.0.2.20>' }), CONTACT);
    expect(dialog.state).toBe('early');
    dialog.receiveResponse(answer(200, { contact: '<sip:final@192.0.2.21>', headers: routed }));
    expect(dialog.state).toBe('confirmed');
    expect(dialog.remoteTarget).toBe('sip:final@192.0.2.21');
    expect(dialog.routeSet).toHaveLength(2);
  });

  it('acknowledges with the CSeq number of the INVITE', () => {
    const dialog = Dialog.calling(invite, answer(200), CONTACT);
    dialog.createRequest('INFO');
    const ack = dialog.createAck(3);
    expect(ack.cseq).toEqual({ seq: 3, method: 'ACK' });
    expect(ack.uriText).toBe('sip:1002@192.0.2.20:5060');
    expect(dialog.createRequest('BYE').cseq.seq).toBe(5);
  });

  it('puts a strict router into the Request-URI and the target last (12.2.1.1)', () => {
    const dialog = Dialog.calling(
      invite,
      answer(200, {
        headers: [
          ['Record-Route', '<sip:far.example.org;lr>'],
          ['Record-Route', '<sip:strict.example.org>'],
        ],
      }),
      CONTACT,
    );
    const bye = dialog.createRequest('BYE');
    expect(bye.uriText).toBe('sip:strict.example.org');
    expect(bye.getAll('Route')).toEqual(['<sip:far.example.org;lr>', '<sip:1002@192.0.2.20:5060>']);
    expect(dialog.nextHop.host).toBe('strict.example.org');
  });
});

describe('requests inside a dialog (RFC 3261 12.2.2)', () => {
  const inside = (method: string, cseq: number, contact = '<sip:moved@192.0.2.99>') =>
    buildRequest(method, { cseq, contact, to: '<sip:1002@example.org>;tag=us' });

  it('refuses a lower CSeq number, allows gaps', () => {
    const dialog = Dialog.answering(buildRequest('INVITE', { cseq: 5 }), 'us', CONTACT);
    expect(dialog.receive(inside('INFO', 9))).toBe('ok');
    expect(dialog.receive(inside('INFO', 8))).toBe('out-of-order');
    expect(dialog.remoteSeq).toBe(9);
  });

  it.each([
    ['INVITE', 'sip:moved@192.0.2.99'],
    ['UPDATE', 'sip:moved@192.0.2.99'],
    ['INFO', 'sip:1001@192.0.2.10:5060'],
    ['BYE', 'sip:1001@192.0.2.10:5060'],
  ])('%s leaves the remote target at %s', (method, target) => {
    const dialog = Dialog.answering(buildRequest('INVITE'), 'us', CONTACT);
    dialog.receive(inside(method, 2));
    expect(dialog.remoteTarget).toBe(target);
  });

  it('takes the first request of the callee with any number', () => {
    const invite = buildRequest('INVITE', { cseq: 100 });
    const dialog = Dialog.calling(invite, answerTo(invite, 200), CONTACT);
    expect(dialog.receive(inside('BYE', 1))).toBe('ok');
  });
});
