import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../message/index.ts';
import { answerTo, buildRequest, FakeClock, FakeTransport, settle } from '../testing/index.ts';
import type { Target } from '../transport/types.ts';
import { TransactionLayer } from './layer.ts';
import type { ClientTransaction } from './types.ts';

const UDP: Target = { protocol: 'udp', address: '192.0.2.20', port: 5060 };

describe('non-INVITE client transaction (RFC 3261 17.1.2)', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let events: string[];
  let transaction: ClientTransaction;
  let sent: SipRequest;

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    events = [];
  });

  function start(target = UDP): void {
    transaction = layer.send(buildRequest('OPTIONS'), target, {
      onResponse: (response) => events.push(String(response.status)),
      onTimeout: () => events.push('timeout'),
      onTransportError: () => events.push('error'),
    });
    sent = transport.take()[0]!.message as SipRequest;
  }
  const respond = (status: number) => transport.deliver(answerTo(sent, status));
  function retransmissions(until: number): number[] {
    const times: number[] = [];
    for (let t = 0; t < until; t += 100) {
      clock.advance(100);
      if (transport.take().length > 0) times.push(t + 100);
    }
    return times;
  }

  it('Timer E doubles from T1 to T2; Timer F ends it after 64*T1', () => {
    start();
    expect(retransmissions(40_000)).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    expect(events).toEqual(['timeout']);
    expect(layer.clientActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('Proceeding repeats every T2 and still ends with Timer F', () => {
    start();
    respond(100);
    expect(retransmissions(40_000)).toEqual([500, 4500, 8500, 12500, 16500, 20500, 24500, 28500]);
    expect(events).toEqual(['100', 'timeout']);
  });

  it('has no Timer E on a stream', () => {
    start({ ...UDP, protocol: 'tcp' });
    expect(retransmissions(40_000)).toEqual([]);
    expect(events).toEqual(['timeout']);
  });

  it('Completed absorbs repeated finals until Timer K (T4)', () => {
    start();
    respond(200);
    respond(200);
    expect(events).toEqual(['200']);
    expect(transaction.state).toBe('completed');
    clock.advance(4999);
    expect(layer.clientActive).toBe(1);
    clock.advance(1);
    expect(layer.clientActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('Timer K is zero on a stream', () => {
    start({ ...UDP, protocol: 'tcp' });
    respond(200);
    expect(layer.clientActive).toBe(0);
  });

  it('reports a transport error once', async () => {
    start();
    transport.failSends(new Error('unreachable'));
    clock.advance(500);
    await settle();
    clock.advance(60_000);
    expect(events).toEqual(['error']);
  });

  it('cannot be cancelled', () => {
    start();
    respond(100);
    transaction.cancel();
    expect(transport.takeLine()).toEqual([]);
  });
});
