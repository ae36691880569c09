import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../message/index.ts';
import { answerTo, buildRequest, FakeClock, FakeTransport, settle } from '../testing/index.ts';
import type { Target } from '../transport/types.ts';
import { TransactionLayer } from './layer.ts';
import type { ClientTransaction } from './types.ts';

const UDP: Target = { protocol: 'udp', address: '192.0.2.20', port: 5060 };
const TCP: Target = { ...UDP, protocol: 'tcp' };

describe('INVITE client transaction (RFC 3261 17.1.1, RFC 6026 7.2)', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let events: string[];
  let sent: SipRequest;
  let transaction: ClientTransaction;

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    events = [];
  });

  function start(target = UDP): void {
    const invite = buildRequest('INVITE', { headers: ['Route: <sip:192.0.2.20;lr>'] });
    invite.remove('Via');
    transaction = layer.send(invite, target, {
      onResponse: (response: SipResponse) => events.push(String(response.status)),
      onTimeout: () => events.push('timeout'),
      onTransportError: () => events.push('error'),
    });
    sent = transport.take()[0]!.message as SipRequest;
  }
  const respond = (status: number, fields = {}) => transport.deliver(answerTo(sent, status, fields));

  it('puts a Via with a fresh branch and rport on top', () => {
    start();
    expect(sent.topVia!.toString()).toMatch(/^SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bK[a-z0-9]{16};rport$/);
  });

  it('Timer A repeats the INVITE at T1, doubling; Timer B ends it after 64*T1', () => {
    start();
    const times: number[] = [];
    for (let t = 0; t < 40_000; t += 100) {
      clock.advance(100);
      if (transport.take().length > 0) times.push(t + 100);
    }
    expect(times).toEqual([500, 1500, 3500, 7500, 15500, 31500]);
    expect(events).toEqual(['timeout']);
    expect(transaction.state).toBe('terminated');
    expect(layer.clientActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('has no Timer A on a stream, but Timer B', () => {
    start(TCP);
    clock.advance(32_000);
    expect(transport.takeLine()).toEqual([]);
    expect(events).toEqual(['timeout']);
  });

  it('a provisional response stops both timers', () => {
    start();
    respond(100);
    clock.advance(300_000);
    expect(transport.takeLine()).toEqual([]);
    expect(events).toEqual(['100']);
    expect(transaction.state).toBe('proceeding');
  });

  it('acknowledges a failure itself: same branch, Request-URI and Route, To of the response', () => {
    start();
    respond(180);
    respond(486);
    const ack = transport.take()[0]!.message as SipRequest;
    expect(ack.method).toBe('ACK');
    expect(ack.uriText).toBe(sent.uriText);
    expect(ack.getAll('Via')).toEqual([sent.topVia!.toString()]);
    expect(ack.get('Route')).toBe('<sip:192.0.2.20;lr>');
    expect(ack.to.tag).toBe('callee');
    expect(ack.cseq).toEqual({ seq: 1, method: 'ACK' });
    expect(events).toEqual(['180', '486']);
  });

  it('Completed: acknowledges a repeated failure again without telling the user, until Timer D (32 s)', () => {
    start();
    respond(486);
    clock.advance(31_999);
    respond(486);
    expect(transport.takeLine()).toEqual(['ACK', 'ACK']);
    expect(events).toEqual(['486']);
    clock.advance(1);
    expect(layer.clientActive).toBe(0);
  });

  it('Timer D is zero on a stream', () => {
    start(TCP);
    respond(486);
    expect(transport.takeLine()).toEqual(['ACK']);
    expect(layer.clientActive).toBe(0);
  });

  it('Accepted: passes every 2xx to the user, sends no ACK itself, ends with Timer M (64*T1)', () => {
    start();
    respond(200);
    respond(200);
    respond(200, { toTag: 'other' });
    respond(180);
    respond(486);
    expect(events).toEqual(['200', '200', '200']);
    expect(transport.takeLine()).toEqual([]);
    expect(transaction.state).toBe('accepted');
    clock.advance(32_000);
    expect(layer.clientActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('gives a 2xx after Timer M to onStrayResponse', () => {
    const stray: number[] = [];
    layer.onStrayResponse = (response) => stray.push(response.status);
    start();
    respond(200);
    clock.advance(32_000);
    respond(200);
    expect(stray).toEqual([200]);
  });

  it('detach: absorbs what follows and holds the user no longer', () => {
    start();
    respond(200);
    transaction.detach();
    respond(200);
    expect(events).toEqual(['200']);
    expect(layer.clientActive).toBe(1);
    clock.advance(32_000);
    expect(layer.clientActive).toBe(0);
  });

  it('reports a transport error once, after send has returned', async () => {
    transport.failSends(new Error('refused'));
    const invite = buildRequest('INVITE');
    transaction = layer.send(invite, UDP, {
      onResponse: () => events.push('response'),
      onTimeout: () => events.push('timeout'),
      onTransportError: () => events.push('error'),
    });
    expect(events).toEqual([]);
    await settle();
    clock.advance(60_000);
    expect(events).toEqual(['error']);
    expect(layer.clientActive).toBe(0);
  });

  describe('CANCEL (RFC 3261 9.1)', () => {
    it('goes out at once after a provisional response, with the branch, Route and CSeq number of the INVITE', () => {
      start();
      respond(180);
      transaction.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
      const cancel = transport.take()[0]!.message as SipRequest;
      expect(cancel.method).toBe('CANCEL');
      expect(cancel.get('Via')).toBe(sent.get('Via'));
      expect(cancel.get('Route')).toBe(sent.get('Route'));
      expect(cancel.get('To')).toBe('<sip:1002@example.org>');
      expect(cancel.cseq).toEqual({ seq: 1, method: 'CANCEL' });
      expect(cancel.get('Reason')).toContain('cause=200');
      transport.deliver(answerTo(cancel, 200));
      respond(487);
      expect(events).toEqual(['180', '487']);
      expect(transport.takeLine()).toEqual(['ACK']);
    });

    it('cancel-before-1xx: waits for the first provisional response', () => {
      start();
      transaction.cancel();
      expect(transport.takeLine()).toEqual([]);
      respond(100);
      expect(transport.takeLine()).toEqual(['CANCEL']);
      transaction.cancel();
      expect(transport.takeLine()).toEqual([]);
    });

    it('cancel-before-1xx, answered with a final response: no CANCEL', () => {
      start();
      transaction.cancel();
      respond(200);
      expect(transport.takeLine()).toEqual([]);
      expect(events).toEqual(['200']);
    });

    it('cancel-crosses-200: the 2xx still reaches the user', () => {
      start();
      respond(180);
      transaction.cancel();
      respond(200);
      expect(events).toEqual(['180', '200']);
      clock.advance(32_000);
      expect(events).toEqual(['180', '200']);
    });

    it('cancel-without-487: ends as a timeout after 64*T1', () => {
      start();
      respond(180);
      transaction.cancel();
      clock.advance(31_999);
      expect(events).toEqual(['180']);
      clock.advance(1);
      expect(events).toEqual(['180', 'timeout']);
      expect(layer.clientActive).toBe(0);
    });

    it('has no effect once the INVITE is answered', () => {
      start();
      respond(486);
      transport.take();
      transaction.cancel();
      expect(transport.takeLine()).toEqual([]);
    });
  });
});
