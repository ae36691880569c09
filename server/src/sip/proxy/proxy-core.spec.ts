import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SipRequest, SipResponse, SipUri } from '../message/index.ts';
import { answerTo, FakeClock, FakeTransport, type RequestFields, requestText, settle } from '../testing/index.ts';
import { answerCancel, type ServerTransaction, TransactionLayer } from '../transaction/index.ts';
import type { Endpoint, Target } from '../transport/types.ts';
import type { BranchTarget } from './branch.ts';
import type { ForwardOptions } from './forward.ts';
import { ProxyCore } from './proxy-core.ts';

const A = 'sip:a@192.0.2.20:5060';
const B = 'sip:b@192.0.2.21:5060';
const C = 'sip:c@192.0.2.22:5060';
const UDP: Endpoint = { protocol: 'udp', address: '192.0.2.10', port: 5060 };

const locator = {
  locateNow: (uri: SipUri): Target | undefined =>
    /^[\d.:]+$/.test(uri.host)
      ? { protocol: uri.transport === 'tcp' ? 'tcp' : 'udp', address: uri.host, port: uri.port ?? 5060 }
      : undefined,
  locate: async (uri: SipUri): Promise<Target[]> =>
    uri.host === 'two.example.org'
      ? [
          { protocol: 'udp', address: '192.0.2.31', port: 5060 },
          { protocol: 'udp', address: '192.0.2.32', port: 5060 },
        ]
      : [],
};

describe('ProxyCore (RFC 3261 16)', () => {
  let clock: FakeClock;
  let transport: FakeTransport;
  let layer: TransactionLayer;
  let proxy: ProxyCore;
  let invite: ServerTransaction;

  beforeEach(() => {
    clock = new FakeClock();
    transport = new FakeTransport();
    layer = new TransactionLayer({ transport, clock });
    proxy = new ProxyCore({ layer, locator });
  });

  /** Delivers a request and forwards it; answers with what went out to the targets. */
  function forward(...[groups, options = {}, fields = {}]: Parameters<typeof forwardOnly>): SipRequest[] {
    forwardOnly(groups, options, fields);
    return requests();
  }

  function forwardOnly(
    groups: readonly (readonly (BranchTarget | string)[])[],
    options: ForwardOptions = {},
    fields: RequestFields & { method?: string; from?: string; source?: Endpoint } = {},
  ): void {
    layer.onRequest = (_, transaction) => {
      if (transaction.request.method === 'CANCEL') {
        answerCancel(transaction);
        return;
      }
      invite = transaction;
      const targets = groups.map((group) => group.map((target) => (typeof target === 'string' ? { uri: target } : target)));
      proxy.forward(transaction, targets, options);
    };
    transport.deliver(requestText(fields.method ?? 'INVITE', fields), fields.source ?? UDP);
  }
  const requests = () => transport.take().flatMap(({ message }) => (message.kind === 'request' ? [message] : []));
  const upstream = () => transport.take().flatMap(({ message }) => (message.kind === 'response' ? [message] : []));
  const answer = (request: SipRequest, status: number, fields = {}) => transport.deliver(answerTo(request, status, fields));
  const cancel = () => transport.deliver(requestText('CANCEL'));
  const lines = () => transport.takeLine();

  describe('forwarding a request (16.6)', () => {
    it('sends 100 at once, then the copy: Request-URI, Max-Forwards, Via, Record-Route', () => {
      const invites = forward([[A]], { recordRoute: true, recordRouteParams: 'd=7' }, { headers: ['X-Unknown: As  it\tcame'] });
      expect(invites).toHaveLength(1);
      const [copy] = invites;
      expect(copy!.uriText).toBe(A);
      expect(copy!.maxForwards).toBe(69);
      expect(copy!.vias).toHaveLength(2);
      expect(copy!.get('Record-Route')).toBe('<sip:192.0.2.1:5060;lr;d=7>');
      expect(copy!.toString()).toContain('X-Unknown: As  it\tcame\r\n');
    });

    it('adds Max-Forwards 70 where there is none, refuses 0 with 483', () => {
      const text = requestText('OPTIONS', { uri: A });
      layer.onRequest = (_, transaction) => proxy.forwardInDialog(transaction);
      transport.deliver(text.replace(/Max-Forwards: 70\r\n/, ''));
      expect((transport.take()[0]!.message as SipRequest).maxForwards).toBe(70);
      transport.deliver(requestText('OPTIONS', { uri: A, branch: 'z9hG4bKx', callId: 'other' }).replace('s: 70', 's: 0'));
      expect(lines()).toEqual(['483']);
    });

    it('writes lr=on where asked, and both sides where the transport changes (RFC 5658)', () => {
      proxy = new ProxyCore({ layer, locator, lr: () => 'lr=on' });
      const [copy] = forward([[`${A};transport=tcp`]], { recordRoute: true });
      expect(copy!.getAll('Record-Route')).toEqual(['<sip:192.0.2.1:5060;transport=tcp;lr=on>', '<sip:192.0.2.1:5060;lr=on>']);
    });

    it('follows the Path of a contact, and gives it the flow it was told', () => {
      const target: Target = { protocol: 'tcp', address: '192.0.2.99', port: 40000 };
      const sent = vi.spyOn(transport, 'sendRequest');
      const [copy] = forward([[{ uri: 'sip:a@phone.invalid', routes: ['<sip:edge.example.org;lr>'], target }]]);
      expect(copy!.get('Route')).toBe('<sip:edge.example.org;lr>');
      expect(sent.mock.calls[0]![1]).toBe(target);
    });

    it('lets the owner change each copy, not the original', () => {
      const [copy] = forward(
        [[A]],
        { edit: (request) => request.remove('Proxy-Authorization') },
        { headers: ['Proxy-Authorization: Digest x="y"'] },
      );
      expect(copy!.has('Proxy-Authorization')).toBe(false);
      expect(invite.request.has('Proxy-Authorization')).toBe(true);
    });

    it('refuses a loop with 482 and lets a spiral pass (16.3 item 4)', () => {
      const [copy] = forward([[A]], {}, { uri: A });
      transport.deliver(copy!, { protocol: 'udp', address: '192.0.2.20', port: 5060 });
      expect(lines()).toEqual(['482']);
      const spiral = copy!.clone();
      spiral.uriText = B;
      const branch = spiral.topVia!.clone();
      branch.branch = `z9hG4bKnew${branch.branch!.slice(branch.branch!.lastIndexOf('.'))}`;
      spiral.updateTopVia(branch);
      transport.deliver(spiral, { protocol: 'udp', address: '192.0.2.20', port: 5060 });
      expect(lines()).toEqual(['100', 'INVITE']);
    });

    describe('a request too large for a datagram (18.1.1)', () => {
      const large = { body: 'v=0\r\n'.padEnd(1300, 'a') };
      const sentOver = () =>
        transport.take().flatMap(({ message, target }) => (message.kind === 'request' ? [`${message.method} ${target?.protocol}`] : []));
      const start = (target: Partial<BranchTarget>, fields = large) => {
        forwardOnly([[{ uri: A, ...target }]], {}, fields);
        return sentOver();
      };

      it('goes over TCP where the transport is open', () => {
        expect(start({ tcpWhenLarge: true })).toEqual(['INVITE tcp']);
      });

      it('goes over UDP when it is small, or the transport is fixed', () => {
        expect(start({ tcpWhenLarge: true }, { body: 'v=0' })).toEqual(['INVITE udp']);
      });

      it('goes over UDP to a target that has registered so', () => {
        expect(start({})).toEqual(['INVITE udp']);
      });

      it('goes over UDP when no connection can be made', async () => {
        forwardOnly([[{ uri: A, tcpWhenLarge: true }]], {}, large);
        const [, tcp] = transport.take();
        expect([tcp?.target?.protocol, (tcp?.message as SipRequest | undefined)?.topVia?.protocol]).toEqual(['tcp', 'TCP']);
        tcp?.fail(new Error('connect ECONNREFUSED'));
        await settle();
        const [udp] = transport.take();
        expect([udp?.target?.protocol, (udp?.message as SipRequest | undefined)?.topVia?.protocol]).toEqual(['udp', 'UDP']);
        answer(udp?.message as SipRequest, 200);
        expect(upstream().map(({ status }) => status)).toEqual([200]);
      });
    });

    it('looks names up, tries the next address after silence, and answers 500 where a name leads nowhere', async () => {
      forward([['sip:x@two.example.org']]);
      await settle();
      expect(transport.take()[0]!.target!.address).toBe('192.0.2.31');
      clock.advance(32_000);
      expect(transport.take().at(-1)!.target!.address).toBe('192.0.2.32');
      forward([['sip:x@nowhere.example.org']], {}, { branch: 'z9hG4bKn', callId: 'n' });
      await settle();
      expect(lines()).toEqual(['500']);
    });
  });

  describe('responses (16.7)', () => {
    it('passes provisional ones but 100, and the final one, with our Via off and untouched otherwise', () => {
      const [copy] = forward([[A]]);
      answer(copy!, 100);
      answer(copy!, 180, { headers: [['X-Y', 'z']] });
      answer(copy!, 486);
      const passed = upstream();
      expect(passed.map(({ status }) => status)).toEqual([180, 486]);
      expect(passed[0]!.vias).toHaveLength(1);
      expect(passed[0]!.get('X-Y')).toBe('z');
      expect(passed[0]!.to.tag).toBe('callee');
      expect(passed[0]!.source).toBeDefined();
    });

    it('answers 408 for a phone that keeps silent', () => {
      forward([[A]]);
      clock.advance(32_000);
      expect(lines().at(-1)).toBe('408');
    });

    it('answers 480 without any target', () => {
      layer.onRequest = (_, transaction) => proxy.forward(transaction, []);
      transport.deliver(requestText('INVITE'));
      expect(lines()).toEqual(['100', '480']);
    });

    it('turns a lone 503 into 500, since it was not ours', () => {
      const [copy] = forward([[A]]);
      answer(copy!, 503);
      expect(lines()).toEqual(['ACK', '500']);
    });

    it('treats a transport error as 503', async () => {
      const sent = vi.spyOn(transport, 'sendRequest').mockImplementation((_request, _target, onError) => onError(new Error('refused')));
      forward([[A], [B]]);
      await settle();
      await settle();
      expect(sent).toHaveBeenCalledTimes(2);
      expect(lines()).toEqual(['500']);
    });

    it('Timer C cancels a phone that rings for ever, and a provisional response sets it back', () => {
      const [copy] = forward([[A]]);
      answer(copy!, 180);
      clock.advance(184_000);
      answer(copy!, 180);
      clock.advance(184_000);
      transport.take();
      clock.advance(1_000);
      expect(lines()).toEqual(['CANCEL']);
      answer(copy!, 487);
      expect(lines()).toEqual(['ACK', '408']);
    });
  });

  describe('forking', () => {
    it('rings a group together; the first 2xx wins and the others are cancelled', () => {
      const [a, b] = forward([[A, B]]);
      answer(a!, 180);
      answer(b!, 180);
      answer(b!, 200);
      expect(lines()).toEqual(['180', '180', '200', 'CANCEL']);
      answer(a!, 487);
      expect(lines()).toEqual(['ACK']);
      expect(invite.state).toBe('accepted');
    });

    it('late-2xx-of-a-loser: is passed on too, since only the caller can end that dialog', () => {
      const [a, b] = forward([[A, B]]);
      answer(a!, 180);
      answer(b!, 200);
      transport.take();
      answer(a!, 200, { toTag: 'other' });
      const [second] = upstream();
      expect(second!.status).toBe(200);
      expect(second!.to.tag).toBe('other');
    });

    it('passes a 2xx that comes again, for the caller whose ACK was lost', () => {
      const [a] = forward([[A]]);
      answer(a!, 200);
      answer(a!, 200);
      expect(lines()).toEqual(['200', '200']);
    });

    it('tells losers why they are cancelled', () => {
      const [a, b] = forward([[A, B]]);
      answer(a!, 180);
      answer(b!, 200);
      expect(requests()[0]!.get('Reason')).toContain('cause=200');
    });

    it('waits for all before it sends the best failure', () => {
      const [a, b] = forward([[A, B]]);
      answer(a!, 486);
      expect(lines()).toEqual(['ACK']);
      answer(b!, 404);
      expect(lines()).toEqual(['ACK', '486']);
    });

    it('6xx-ends-the-search: cancels the rest and rings no further group', () => {
      const [a, b] = forward([[A, B], [C]]);
      answer(b!, 180);
      answer(a!, 603);
      expect(lines()).toEqual(['180', 'ACK', 'CANCEL']);
      answer(b!, 487);
      expect(lines()).toEqual(['ACK', '603']);
    });

    it('rings the groups one after the other, each for its time', () => {
      const [a] = forward([[A], [B, C]], { ringTimeout: 20_000 });
      answer(a!, 180);
      transport.take();
      clock.advance(20_000);
      expect(lines()).toEqual(['CANCEL']);
      answer(a!, 487);
      const [, b, c] = requests();
      expect([b!.uriText, c!.uriText]).toEqual([B, C]);
      answer(b!, 486);
      answer(c!, 180);
      clock.advance(20_000);
      answer(c!, 487);
      expect(upstream().map(({ status }) => status)).toEqual([180, 486]);
    });

    it('gives up a silent phone at the end of its ring time without waiting', () => {
      forward([[A], [B]], { ringTimeout: 20_000 });
      clock.advance(19_999);
      transport.take();
      clock.advance(1);
      expect(requests().map(({ uriText }) => uriText)).toEqual([B]);
    });

    it('answered-while-cancelling: a 2xx that crosses the CANCEL of the ring time wins', () => {
      const [a] = forward([[A], [B]], { ringTimeout: 20_000 });
      answer(a!, 180);
      clock.advance(20_000);
      transport.take();
      answer(a!, 200);
      expect(lines()).toEqual(['200']);
    });

    it('tries what stands in for a target that refuses, while the others ring; not once they are given up', () => {
      const instead: ForwardOptions['instead'] = ({ status }) => (status === 488 ? { uri: C } : undefined);
      const [a, b] = forward([[A, B]], { ringTimeout: 20_000, instead });
      answer(a!, 488);
      const [c] = requests().filter(({ method }) => method === 'INVITE');
      expect(c!.uriText).toBe(C);
      answer(c!, 180);
      answer(b!, 180);
      clock.advance(20_000);
      transport.take();
      answer(b!, 488);
      expect(requests().filter(({ method }) => method === 'INVITE')).toEqual([]);
      answer(c!, 487);
      expect(upstream().at(-1)!.status).toBe(408);
    });

    it('waits T4 at most for the 487 of a cancelled phone', () => {
      const [a] = forward([[A], [B]], { ringTimeout: 20_000 });
      answer(a!, 180);
      clock.advance(20_000);
      transport.take();
      clock.advance(5_000);
      expect(requests().filter(({ method }) => method === 'INVITE')).toHaveLength(1);
    });
  });

  describe('CANCEL of the caller (16.10)', () => {
    it('cancels every branch and answers 487', () => {
      const [a, b] = forward([[A, B], [C]]);
      answer(a!, 180);
      answer(b!, 180);
      transport.take();
      cancel();
      expect(lines()).toEqual(['200', 'CANCEL', 'CANCEL']);
      answer(a!, 487);
      answer(b!, 486);
      expect(lines()).toEqual(['ACK', 'ACK', '487']);
    });

    it('cancel-before-1xx: answers 487 at once, and cancels as soon as the phone shows up', () => {
      const [a] = forward([[A]]);
      cancel();
      expect(lines()).toEqual(['200', '487']);
      answer(a!, 180);
      expect(lines()).toEqual(['CANCEL']);
      answer(a!, 487);
      expect(lines()).toEqual(['ACK']);
    });

    it('cancel-crosses-200: the 2xx is passed on', () => {
      const [a] = forward([[A]]);
      answer(a!, 180);
      cancel();
      transport.take();
      answer(a!, 200);
      expect(lines()).toEqual(['200']);
    });

    it('late-2xx-after-cancel: once the caller has his 487, the phone gets ACK and BYE', () => {
      const [a] = forward([[A]]);
      cancel();
      transport.take();
      answer(a!, 200);
      const [ack, bye] = requests();
      expect(ack!.method).toBe('ACK');
      expect(ack!.to.tag).toBe('callee');
      expect(bye!.method).toBe('BYE');
      expect(bye!.cseq.seq).toBe(2);
      expect(bye!.from.toString()).toBe(invite.request.from.toString());
    });

    it('while a name is looked up: nothing is sent', async () => {
      forward([['sip:x@two.example.org']]);
      cancel();
      await settle();
      expect(lines()).toEqual(['200', '487']);
    });
  });

  describe('hold', () => {
    it('gives the failure to the owner, who may go on with the same caller', () => {
      const failed: [SipResponse, boolean][] = [];
      const [a] = forward([[A]], { onFailure: 'hold', onFailed: (best, cancelled) => failed.push([best, cancelled]) });
      answer(a!, 486);
      expect(lines()).toEqual(['ACK']);
      expect(failed[0]![0].status).toBe(486);
      expect(failed[0]![1]).toBe(false);
      proxy.forward(invite, [[{ uri: B }]]);
      const [, b] = [undefined, ...requests()];
      answer(b!, 200);
      expect(lines()).toEqual(['200']);
      invite.respond(failed[0]![0]);
      expect(lines()).toEqual([]);
    });

    it('tells of early and answered responses before they are sent', () => {
      const seen: string[] = [];
      const [a] = forward([[A]], {
        onProvisional: ({ status }, { uri }) => seen.push(`${status} ${uri}`),
        onAnswered: (response) => response.set('X-Seen', 'yes'),
      });
      answer(a!, 180);
      answer(a!, 200);
      expect(seen).toEqual([`180 ${A}`]);
      expect(upstream().at(-1)!.get('X-Seen')).toBe('yes');
    });
  });

  it('forwards in-dialog requests along the routes left, and their responses', () => {
    layer.onRequest = (_, transaction) => proxy.forwardInDialog(transaction);
    transport.deliver(requestText('BYE', { uri: 'sip:b@phone.invalid', headers: ['Route: <sip:192.0.2.40;lr>'] }));
    const { message, target } = transport.take()[0]!;
    expect(target!.address).toBe('192.0.2.40');
    answer(message as SipRequest, 200);
    expect(lines()).toEqual(['200']);
  });

  it('forwards the ACK of a 2xx without a transaction; drops one without hops', () => {
    layer.onAck = (ack) => proxy.forwardAck(ack);
    transport.deliver(requestText('ACK', { uri: A }));
    const [ack] = requests();
    expect(ack!.vias).toHaveLength(2);
    expect(ack!.maxForwards).toBe(69);
    transport.deliver(requestText('ACK', { uri: A }).replace('s: 70', 's: 0'));
    expect(lines()).toEqual([]);
  });

  it('leaves nothing behind', () => {
    const [a, b] = forward([[A, B]], { ringTimeout: 20_000 });
    answer(a!, 180);
    answer(b!, 200);
    answer(a!, 487);
    clock.advance(64_000);
    expect(clock.pending).toBe(0);
    expect([layer.serverActive, layer.clientActive]).toEqual([0, 0]);
  });
});
