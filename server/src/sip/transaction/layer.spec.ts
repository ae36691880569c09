import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SipRequest } from '../message/index.ts';
import { answerTo, buildRequest, FakeClock, FakeTransport, requestText, sourceOf } from '../testing/index.ts';
import { TransportLayer } from '../transport/index.ts';
import { answerCancel } from './cancel.ts';
import { TransactionLayer } from './layer.ts';
import type { ServerTransaction, TransportPort } from './types.ts';

describe('TransactionLayer', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let received: { request: SipRequest; transaction: ServerTransaction }[];

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    received = [];
    layer.onRequest = (request, transaction) => received.push({ request, transaction });
  });

  describe('matching (RFC 3261 17.2.3)', () => {
    it('tells requests apart by branch, by sent-by and by method', () => {
      transport.deliver(requestText('OPTIONS', { branch: 'z9hG4bKa', cseq: 1 }));
      transport.deliver(requestText('OPTIONS', { branch: 'z9hG4bKb', cseq: 2 }));
      transport.deliver(requestText('OPTIONS', { via: 'SIP/2.0/UDP 192.0.2.11:5060;branch=z9hG4bKa', cseq: 3 }));
      transport.deliver(requestText('MESSAGE', { branch: 'z9hG4bKa', cseq: 4 }));
      transport.deliver(requestText('OPTIONS', { branch: 'z9hG4bKa', cseq: 1 }));
      expect(received.map(({ request }) => request.cseq.seq)).toEqual([1, 2, 3, 4]);
    });

    it('takes an RFC 2543 request without a branch', () => {
      const text = requestText('INVITE', { via: 'SIP/2.0/UDP 192.0.2.10:5060' });
      transport.deliver(text);
      transport.deliver(text);
      expect(received).toHaveLength(1);
    });

    it('matches responses by branch and method (RFC 3261 17.1.3)', () => {
      const statuses: number[] = [];
      const stray: number[] = [];
      layer.onStrayResponse = (response) => stray.push(response.status);
      layer.send(
        buildRequest('INVITE'),
        { protocol: 'udp', address: '192.0.2.20', port: 5060 },
        {
          onResponse: (response) => statuses.push(response.status),
          onTimeout: () => {},
          onTransportError: () => {},
        },
      );
      const sent = transport.last as SipRequest;
      const other = answerTo(sent, 200);
      other.set('CSeq', '1 CANCEL');
      transport.deliver(other);
      const foreign = answerTo(sent, 200).clone();
      const via = foreign.topVia!.clone();
      via.branch = 'z9hG4bKsomebodyelse';
      foreign.updateTopVia(via);
      transport.deliver(foreign);
      transport.deliver(answerTo(sent, 180));
      expect(statuses).toEqual([180]);
      expect(stray).toEqual([200, 200]);
      expect(layer.stats.strayResponses).toBe(2);
    });
  });

  describe('merged requests (RFC 3261 8.2.2.2)', () => {
    const first = requestText('INVITE', { branch: 'z9hG4bKa' });
    const copy = requestText('INVITE', { branch: 'z9hG4bKb' });

    it('answers the second way with 482', () => {
      transport.deliver(first);
      transport.deliver(copy);
      expect(received).toHaveLength(1);
      expect(transport.takeLine()).toEqual(['482']);
      received[0]!.transaction.reply(200);
      transport.deliver(copy);
      expect(transport.takeLine()).toEqual(['200', '482']);
      clock.advance(32_000);
      transport.deliver(copy);
      expect(received).toHaveLength(2);
    });

    it('lets branches for other Request-URIs, in-dialog requests and the repetition of a refused one pass', () => {
      transport.deliver(first);
      transport.deliver(requestText('INVITE', { branch: 'z9hG4bKc', uri: 'sip:1003@example.org' }));
      transport.deliver(requestText('INVITE', { branch: 'z9hG4bKd', to: '<sip:1002@example.org>;tag=t' }));
      transport.deliver(requestText('INVITE', { branch: 'z9hG4bKe', to: '<sip:1002@example.org>;tag=t' }));
      expect(received).toHaveLength(4);
      received[0]!.transaction.reply(407);
      transport.deliver(copy);
      expect(received).toHaveLength(5);
    });
  });

  describe('CANCEL (RFC 3261 9.2)', () => {
    const cancel = requestText('CANCEL');
    const invited = () => {
      transport.deliver(requestText('INVITE'));
      received[0]!.transaction.onCancel = vi.fn();
      return received[0]!.transaction;
    };

    it('reaches the INVITE and is answered 200 with its tag', () => {
      const invite = invited();
      transport.deliver(cancel);
      expect(received[1]!.transaction.cancels).toBe(invite);
      answerCancel(received[1]!.transaction);
      expect(invite.onCancel).toHaveBeenCalledOnce();
      expect(transport.last.to.tag).toBe(invite.localTag);
      transport.deliver(cancel);
      expect(transport.takeLine()).toEqual(['200', '200']);
      expect(invite.onCancel).toHaveBeenCalledOnce();
    });

    it.each([200, 486])('after a final %i is answered 200 and changes nothing', (status) => {
      const invite = invited();
      invite.reply(status);
      transport.take();
      transport.deliver(cancel);
      answerCancel(received[1]!.transaction);
      expect(transport.last.to.tag).toBe(invite.localTag);
      expect(transport.takeLine()).toEqual(['200']);
      expect(invite.onCancel).not.toHaveBeenCalled();
    });

    it('for nothing we know is answered 481', () => {
      transport.deliver(cancel);
      answerCancel(received[0]!.transaction);
      expect(transport.takeLine()).toEqual(['481']);
    });
  });

  describe('what cannot be processed', () => {
    it('answers a malformed request 400 and another version 505, once and without a transaction', () => {
      transport.deliver(requestText('OPTIONS').replace('CSeq: 1', 'CSeq: x'));
      transport.deliver(requestText('OPTIONS').replace(/SIP\/2\.0\r\nVia/, 'SIP/3.0\r\nVia'));
      expect(transport.takeLine()).toEqual(['400', '505']);
      expect(received).toEqual([]);
      expect(layer.serverActive).toBe(0);
      clock.advance(60_000);
      expect(transport.takeLine()).toEqual([]);
    });

    it('never answers an ACK', () => {
      transport.deliver(requestText('ACK').replace('CSeq: 1', 'CSeq: x'));
      expect(transport.takeLine()).toEqual([]);
    });

    it('gives a stateless answer the same To tag each time', () => {
      const request = buildRequest('OPTIONS');
      request.source = sourceOf({ protocol: 'udp', address: '192.0.2.10', port: 5060 });
      layer.replyStateless(request, 404);
      layer.replyStateless(request, 404);
      const [one, two] = transport.take().map(({ message }) => message.to.tag);
      expect(one).toBeTruthy();
      expect(two).toBe(one);
    });

    it.each(['INVITE', 'REGISTER'])('dismiss: answers an %s once and keeps nothing of it', (method) => {
      layer.onRequest = (_, transaction) => {
        transaction.dismiss(401, undefined, [['WWW-Authenticate', 'Digest realm="r"']]);
        transaction.reply(200);
        transaction.dismiss(403);
      };
      transport.deliver(requestText(method));
      const tag = transport.last.to.tag;
      expect(tag).toBeTruthy();
      expect(transport.last.get('WWW-Authenticate')).toBe('Digest realm="r"');
      expect(transport.takeLine()).toEqual(['401']);
      expect([layer.serverActive, clock.pending]).toEqual([0, 0]);
      transport.deliver(requestText(method));
      expect(transport.last.to.tag).toBe(tag);
      expect(transport.takeLine()).toEqual(['401']);
    });

    it('answers 500 when the user fails, and goes on', () => {
      const faults: unknown[] = [];
      layer = new TransactionLayer({ transport, clock, onFault: (error) => faults.push(error) });
      layer.onRequest = () => {
        throw new Error('bug');
      };
      transport.deliver(requestText('OPTIONS'));
      expect(transport.takeLine()).toEqual(['500']);
      expect(faults).toHaveLength(1);
    });
  });

  it('sends an ACK with a branch of its own and without a transaction', () => {
    layer.sendAck(buildRequest('ACK'), { protocol: 'tcp', address: '192.0.2.20', port: 5060 });
    expect(transport.last.topVia!.protocol).toBe('TCP');
    expect(transport.last.topVia!.branch).toMatch(/^z9hG4bK/);
    expect(layer.clientActive).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('runs over the real transport layer', () => {
    const real: TransportPort = new TransportLayer({ listeners: [] });
    expect(new TransactionLayer({ transport: real, clock }).transport.onMessage).toBe(real.onMessage);
  });

  it('counts', () => {
    transport.deliver(requestText('OPTIONS'));
    received[0]!.transaction.reply(200);
    transport.deliver(requestText('OPTIONS'));
    transport.deliver(requestText('ACK', { branch: 'z9hG4bKack' }));
    expect(layer.stats).toMatchObject({ requestsReceived: 1, acksReceived: 1, retransmissionsAbsorbed: 1 });
    expect(layer.stats.replies[2]).toBe(1);
  });
});
