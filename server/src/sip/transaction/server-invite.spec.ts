import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SipRequest } from '../message/index.ts';
import { FakeClock, FakeTransport, requestText } from '../testing/index.ts';
import { TransactionLayer } from './layer.ts';
import type { ServerTransaction } from './types.ts';

const TCP = { protocol: 'tcp' as const, address: '192.0.2.10', port: 40000 };
const UDP = { protocol: 'udp' as const, address: '192.0.2.10', port: 5060 };

describe('INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1)', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let invites: ServerTransaction[];
  let acks: SipRequest[];

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    invites = [];
    acks = [];
    layer.onRequest = (_, transaction) => invites.push(transaction);
    layer.onAck = (ack) => acks.push(ack);
  });

  const invite = requestText('INVITE');
  const ack = (to = '<sip:1002@example.org>;tag=x', branch = 'z9hG4bKtest1') => requestText('ACK', { to, branch });
  function receive(from = UDP as typeof UDP | typeof TCP): ServerTransaction {
    transport.deliver(invite, from);
    return invites[0]!;
  }

  it('sends 100 by itself after 200 ms, not before', () => {
    receive();
    clock.advance(199);
    expect(transport.takeLine()).toEqual([]);
    clock.advance(1);
    expect(transport.takeLine()).toEqual(['100']);
    clock.advance(1000);
    expect(transport.takeLine()).toEqual([]);
  });

  it('sends no 100 of its own when the user answered before', () => {
    receive().reply(180);
    clock.advance(1000);
    expect(transport.takeLine()).toEqual(['180']);
  });

  it('is silent to a retransmission before the first response, then repeats the latest provisional', () => {
    const transaction = receive();
    transport.deliver(invite);
    expect(transport.takeLine()).toEqual([]);
    transaction.reply(100);
    transport.deliver(invite);
    transaction.reply(180);
    transport.deliver(invite);
    expect(transport.takeLine()).toEqual(['100', '100', '180', '180']);
    expect(invites).toHaveLength(1);
    expect(layer.stats.retransmissionsAbsorbed).toBe(3);
  });

  it('puts the same tag into every response, none into 100', () => {
    const transaction = receive();
    transaction.reply(100);
    transaction.reply(180);
    transaction.reply(486);
    const tags = transport.take().map(({ message }) => message.to.tag);
    expect(tags).toEqual([undefined, transaction.localTag, transaction.localTag]);
  });

  it('Timer G repeats a failure at T1, 2*T1, 4*T1, then every T2; Timer H ends it', () => {
    const transaction = receive();
    const timedOut = vi.fn();
    transaction.onTimeout = timedOut;
    transaction.reply(486);
    transport.take();
    const times: number[] = [];
    for (let t = 0; t < 40_000; t += 100) {
      clock.advance(100);
      if (transport.take().length > 0) times.push(t + 100);
    }
    expect(times).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    expect(timedOut).toHaveBeenCalledOnce();
    expect(transaction.state).toBe('terminated');
    expect(layer.serverActive).toBe(0);
  });

  it('repeats a failure at once when the INVITE comes again', () => {
    receive().reply(486);
    transport.deliver(invite);
    expect(transport.takeLine()).toEqual(['486', '486']);
  });

  it('has no Timer G on a stream, but Timer H', () => {
    const transaction = receive(TCP);
    transaction.onTimeout = vi.fn();
    transaction.reply(486);
    clock.advance(31_999);
    expect(transport.takeLine()).toEqual(['486']);
    clock.advance(1);
    expect(transaction.onTimeout).toHaveBeenCalledOnce();
  });

  it('ACK moves it to Confirmed: no more retransmissions, the ACK stays here, Timer I absorbs its copies', () => {
    const transaction = receive();
    const acked = vi.fn();
    transaction.onAck = acked;
    transaction.reply(486);
    transport.deliver(ack());
    transport.deliver(ack());
    transport.deliver(invite);
    clock.advance(4999);
    expect(transport.takeLine()).toEqual(['486']);
    expect(acked).toHaveBeenCalledOnce();
    expect(acks).toEqual([]);
    expect(layer.serverActive).toBe(1);
    clock.advance(1);
    expect(layer.serverActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('Timer I is zero on a stream', () => {
    receive(TCP).reply(486);
    transport.deliver(ack(), TCP);
    expect(layer.serverActive).toBe(0);
  });

  it('2xx moves it to Accepted: it absorbs INVITEs for 64*T1 and never repeats the 2xx itself', () => {
    const transaction = receive();
    transaction.reply(200);
    clock.advance(10_000);
    transport.deliver(invite);
    expect(transport.takeLine()).toEqual(['200']);
    expect(invites).toHaveLength(1);
    clock.advance(21_999);
    expect(layer.serverActive).toBe(1);
    clock.advance(1);
    expect(layer.serverActive).toBe(0);
  });

  it('Timer L runs on a stream too', () => {
    receive(TCP).reply(200);
    expect(layer.serverActive).toBe(1);
    clock.advance(32_000);
    expect(layer.serverActive).toBe(0);
  });

  it('sends further 2xx in Accepted, nothing else', () => {
    const transaction = receive();
    transaction.reply(200);
    transaction.reply(200);
    transaction.reply(180);
    transaction.reply(500);
    expect(transport.takeLine()).toEqual(['200', '200']);
  });

  it('sends no second final response after a failure', () => {
    const transaction = receive();
    transaction.reply(486);
    transaction.reply(200);
    transaction.reply(180);
    expect(transport.takeLine()).toEqual(['486']);
  });

  it('passes the ACK of a 2xx to the user, with a branch of its own or that of the INVITE', () => {
    receive().reply(200);
    transport.deliver(ack(undefined, 'z9hG4bKother'));
    transport.deliver(ack());
    expect(acks).toHaveLength(2);
  });

  it('ignores an ACK while Proceeding', () => {
    const transaction = receive();
    transport.deliver(ack());
    expect(transaction.state).toBe('proceeding');
    expect(acks).toEqual([]);
  });

  it('tells the user when a response could not be sent', () => {
    const transaction = receive();
    transaction.onTransportError = vi.fn();
    transport.failSends(new Error('gone'));
    transaction.reply(180);
    expect(transaction.onTransportError).toHaveBeenCalledOnce();
  });

  it('keeps no timers and no transaction after a failure and its ACK', () => {
    receive().reply(404);
    transport.deliver(ack());
    clock.advance(5000);
    expect(clock.pending).toBe(0);
    expect(layer.serverActive).toBe(0);
  });
});
