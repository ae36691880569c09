import { beforeEach, describe, expect, it } from 'vitest';
import { SipRequest, type SipResponse } from '../../sip/message/index.ts';
import { answerTo, type RequestFields } from '../../sip/testing/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';
import { ANN, Bench, BOB, statuses } from '../testing.ts';
import type { MessageSummary } from './message-summary.ts';

const OWN = '<sip:1002@example.org>';
const phone: RequestFields = {
  ...{ uri: 'sip:1002@example.org', from: `${OWN};tag=phone`, to: OWN, callId: 'sub-1', contact: '<sip:1002@192.0.2.20:5060>' },
  via: 'SIP/2.0/UDP 192.0.2.20:5060;branch=BRANCH',
};

describe('message waiting', () => {
  let bench: Bench;
  let waiting: MessageSummary | undefined;
  const change = (newMessages: number, savedMessages = 0) => {
    waiting = { newMessages, savedMessages };
    bench.transport.take();
    bench.node.waiting.changed(2);
    return bench.transport.take().map(({ message }) => message as SipRequest);
  };
  const subscribe = (fields: RequestFields = {}, expires = '600', event = 'message-summary') =>
    bench.sendAs(
      '1002',
      'SUBSCRIBE',
      { ...phone, ...fields, headers: [`Event: ${event}`, `Expires: ${expires}`, ...(fields.headers ?? [])] },
      BOB,
    );
  const accept = (notify: SipRequest | SipResponse | undefined, status = 200, from: Endpoint = BOB) =>
    bench.send(answerTo(notify as SipRequest, status), from);

  beforeEach(() => {
    bench = new Bench();
    waiting = { newMessages: 2, savedMessages: 8 };
    bench.node.waiting.summaryOf = (id) => (id === 2 ? waiting : undefined);
  });

  it('tells a phone that subscribes at once, and again at each change', () => {
    const [ok, notify] = subscribe({}, '600', 'message-summary;id=7') as [SipResponse, SipRequest];
    expect(ok.status).toBe(200);
    expect(ok.get('Expires')).toBe('600');
    expect(notify.method).toBe('NOTIFY');
    expect(notify.uriText).toBe('sip:1002@192.0.2.20:5060');
    expect(notify.get('Event')).toBe('message-summary;id=7');
    expect(notify.get('Subscription-State')).toBe('active;expires=600');
    expect(notify.to.tag).toBe('phone');
    expect(notify.from.tag).toBe(ok.to.tag);
    expect(notify.body.toString()).toBe('Messages-Waiting: yes\r\nMessage-Account: sip:1002@example.org\r\nVoice-Message: 2/8 (0/0)\r\n');
    accept(notify);
    expect(change(0, 10).map((message) => message.body.toString().split('\r\n')[0])).toEqual(['Messages-Waiting: no']);
  });

  it('sends one NOTIFY at a time, then the newest', () => {
    const [, first] = subscribe();
    expect(change(3)).toEqual([]);
    expect(change(4)).toEqual([]);
    const [next] = accept(first) as SipRequest[];
    expect(next?.body.toString()).toContain('Voice-Message: 4/0');
    expect(accept(next)).toEqual([]);
  });

  it('lasts as long as it says, and says when it is over', () => {
    const [ok, first] = subscribe({}, '120') as [SipResponse, SipRequest];
    accept(first);
    bench.clock.advance(100_000);
    const refreshed = subscribe({ cseq: 5, to: `${OWN};tag=${ok.to.tag}` }, '120');
    expect(statuses(refreshed)).toEqual(['200', 'NOTIFY']);
    accept(refreshed[1]);
    bench.transport.take();
    bench.clock.advance(119_000);
    expect(bench.transport.take()).toEqual([]);
    bench.clock.advance(2_000);
    const [{ message: last }] = bench.transport.take() as unknown as [{ message: SipRequest }];
    expect(last.get('Subscription-State')).toBe('terminated;reason=timeout');
    accept(last);
    bench.directory.updateSettings({ mwiUnsolicited: false });
    expect(change(1)).toEqual([]);
  });

  it('ends by the wish of the phone with a last NOTIFY', () => {
    const [ok, first] = subscribe() as [SipResponse, SipRequest];
    accept(first);
    const [bye, last] = subscribe({ cseq: 5, to: `${OWN};tag=${ok.to.tag}` }, '0') as [SipResponse, SipRequest];
    expect(bye.get('Expires')).toBe('0');
    expect(last.get('Subscription-State')).toContain('terminated');
    accept(last);
    expect(statuses(subscribe({ cseq: 9, to: `${OWN};tag=${ok.to.tag}` }))).toEqual(['481']);
  });

  it.each([[481], [489], [603]])('forgets a phone that answers %s', (status) => {
    const [, first] = subscribe();
    accept(first, status);
    expect(change(1)).toEqual([]);
  });

  it('forgets a phone that does not answer', () => {
    subscribe();
    bench.clock.advance(40_000);
    expect(change(1)).toEqual([]);
  });

  it('answers what it cannot do with the reason', () => {
    expect(statuses(subscribe({}, '600', 'presence'))).toEqual(['489']);
    expect((subscribe({}, '600', 'dialog')[0] as SipResponse).get('Allow-Events')).toBe('message-summary');
    expect((subscribe({}, '30')[0] as SipResponse).get('Min-Expires')).toBe('60');
    expect(statuses(subscribe({ headers: ['Accept: application/pidf+xml'] }))).toEqual(['406']);
    expect(statuses(subscribe({ contact: '<tel:1002>' }))).toEqual(['400']);
    expect(bench.faults).toEqual([]);
  });

  it('shows nobody the mailbox of somebody else', () => {
    expect(statuses(bench.send(bench.request('SUBSCRIBE', { ...phone, headers: ['Event: message-summary'] }), BOB))).toEqual(['401']);
    expect(statuses(subscribe({ uri: 'sip:1001@example.org', to: '<sip:1001@example.org>' }))).toEqual(['403']);
    // Nor by a dialog that another one has.
    const [ok] = subscribe() as [SipResponse];
    const forged = {
      ...phone,
      from: '<sip:1001@example.org>;tag=phone',
      to: `${OWN};tag=${ok.to.tag}`,
      headers: ['Event: message-summary'],
    };
    expect(statuses(bench.sendAs('1001', 'SUBSCRIBE', forged, ANN))).toEqual(['481']);
  });

  it('keeps ten phones of one subscriber, the newest ones', () => {
    for (let n = 0; n < 12; n++) accept(subscribe({ callId: `sub-${n}` })[1]);
    expect(change(1)).toHaveLength(10);
  });

  describe('without a subscription', () => {
    it('tells a phone a moment after it registers, and at each change', () => {
      bench.registerBob();
      bench.transport.take();
      bench.clock.advance(2_000);
      const [{ message: notify }] = bench.transport.take() as unknown as [{ message: SipRequest }];
      expect(notify.method).toBe('NOTIFY');
      expect(notify.to.tag).toBeUndefined();
      expect(notify.get('Event')).toBe('message-summary');
      expect(notify.body.toString()).toContain('Voice-Message: 2/8');
      accept(notify, 481);
      expect(change(5)).toHaveLength(1);
    });

    it('leaves a phone alone that hears of it anyway, whose owner never had a message, or when a setting says so', () => {
      bench.registerBob();
      accept(subscribe()[1]);
      bench.transport.take();
      bench.clock.advance(3_000);
      expect(bench.transport.take()).toEqual([]);
      expect(change(3)).toHaveLength(1);
      bench = new Bench();
      bench.registerBob();
      bench.transport.take();
      bench.clock.advance(3_000);
      expect(bench.transport.take()).toEqual([]);
      bench.node.waiting.summaryOf = () => waiting;
      bench.directory.updateSettings({ mwiUnsolicited: false });
      expect(change(3)).toEqual([]);
    });
  });
});
