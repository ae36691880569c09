import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, FakeTransport, requestText } from '../testing/index.ts';
import { TransactionLayer } from './layer.ts';
import type { ServerTransaction } from './types.ts';

const TCP = { protocol: 'tcp' as const, address: '192.0.2.10', port: 40000 };

describe('non-INVITE server transaction (RFC 3261 17.2.2)', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let requests: ServerTransaction[];
  const options = requestText('OPTIONS');

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    requests = [];
    layer.onRequest = (_, transaction) => requests.push(transaction);
  });

  it('Trying: absorbs retransmissions in silence, sends no 100', () => {
    transport.deliver(options);
    transport.deliver(options);
    clock.advance(10_000);
    expect(requests).toHaveLength(1);
    expect(transport.takeLine()).toEqual([]);
  });

  it('Proceeding: repeats the latest provisional', () => {
    transport.deliver(options);
    requests[0]!.reply(100);
    requests[0]!.reply(182);
    transport.deliver(options);
    expect(transport.takeLine()).toEqual(['100', '182', '182']);
    expect(requests[0]!.state).toBe('proceeding');
  });

  it('Completed: repeats the final response until Timer J (64*T1), discards other finals', () => {
    transport.deliver(options);
    requests[0]!.reply(200);
    requests[0]!.reply(500);
    clock.advance(31_999);
    transport.deliver(options);
    expect(transport.takeLine()).toEqual(['200', '200']);
    clock.advance(1);
    expect(layer.serverActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('Timer J is zero on a stream', () => {
    transport.deliver(options, TCP);
    requests[0]!.reply(200);
    expect(layer.serverActive).toBe(0);
  });
});
