import { beforeEach, describe, expect, it } from 'vitest';
import type { Binding } from '../../registrar/binding.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import { answerTo } from '../../sip/testing/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';
import { Bench } from '../testing.ts';
import { KeepAlive } from './keep-alive.ts';

const router: Endpoint = { protocol: 'udp', address: '203.0.113.41', port: 40_002 };
const behindNat = { contact: '<sip:1002@192.168.1.5:5060>', via: 'SIP/2.0/UDP 192.168.1.5:5060;rport;branch=BRANCH' };

let bench: Bench;
let keepAlive: KeepAlive;
let changed: string[];

beforeEach(() => {
  bench = new Bench();
  changed = [];
  const { registrar, transactions, phones } = bench.node;
  keepAlive = new KeepAlive({ directory: bench.directory, registrar, transactions, locator: phones });
  keepAlive.onChange(({ contact }) => changed.push(`${contact} ${keepAlive.healthOf(idOf())?.unreachable}`));
  keepAlive.start();
});

const idOf = (): number => bench.node.registrar.bindingsOf(2)[0]?.id ?? 0;

/** The questions that leave within so many seconds. */
const within = (seconds: number) => {
  bench.transport.take();
  bench.clock.advance(seconds * 1000);
  return bench.transport.take();
};

describe('keep-alive of phones behind NAT (O-155)', () => {
  it('asks a phone once an interval, where it was seen, by its own Contact', () => {
    bench.registerBob(behindNat, router);
    const asked = within(30);
    expect(asked).toHaveLength(1);
    const question = asked[0]?.message as SipRequest;
    expect(question.method).toBe('OPTIONS');
    expect(question.uriText).toBe('sip:1002@192.168.1.5:5060');
    expect(question.from.uri.toString()).toBe('sip:pinger@example.org');
    expect(asked[0]?.target).toMatchObject(router);
    expect(within(60)).toHaveLength(2);
  });

  it('tells the round trip of any answer, and holds no transaction for it', () => {
    bench.registerBob(behindNat, router);
    const held = bench.node.transactions.clientActive;
    const [asked] = within(30);
    expect(bench.node.transactions.clientActive).toBe(held);
    expect(keepAlive.healthOf(idOf())).toEqual({ rttMs: null, unreachable: false });
    const since = bench.clock.now();
    bench.clock.advance(42);
    bench.send(answerTo(asked!.message as SipRequest, 404), router);
    const { rttMs } = keepAlive.healthOf(idOf())!;
    expect(rttMs).toBeGreaterThanOrEqual(bench.clock.now() - since);
    expect(rttMs).toBeLessThan(30_000);
    expect(keepAlive.stats).toEqual({ phones: 1, unreachable: 0, sent: 1, answered: 1 });
    expect(bench.node.transactions.stats.strayResponses).toBe(0);
  });

  it('takes a phone that missed two questions for unreachable, until it answers or registers', () => {
    bench.registerBob(behindNat, router);
    within(60);
    expect(keepAlive.healthOf(idOf())?.unreachable).toBe(false);
    const [third] = within(30);
    expect(keepAlive.stats.unreachable).toBe(1);
    bench.send(answerTo(third!.message as SipRequest, 200), router);
    expect(keepAlive.stats.unreachable).toBe(0);
    within(90);
    bench.registerBob({ ...behindNat, callId: 'again', cseq: 9 }, router);
    expect(changed).toEqual([true, false, true, false].map((value) => `sip:1002@192.168.1.5:5060 ${value}`));
  });

  it('believes no answer but that to its last question', () => {
    bench.registerBob(behindNat, router);
    const [first] = within(30);
    within(30);
    bench.send(answerTo(first!.message as SipRequest, 200), router);
    expect(keepAlive.stats.answered).toBe(0);
  });

  it('asks over the connection of a phone; without one there is no way through its NAT', () => {
    const connection: Endpoint = { ...router, protocol: 'tcp' };
    bench.registerBob({ contact: '<sip:1002@192.168.1.5;transport=tcp>', via: 'SIP/2.0/TCP 192.168.1.5;branch=BRANCH' }, connection);
    expect(within(30)[0]?.target).toMatchObject({ ...connection, flow: { alive: true } });
    Object.assign(bench.node.registrar.bindingsOf(2)[0]!.flow!, { alive: false });
    expect(within(30)).toEqual([]);
    expect(keepAlive.healthOf(idOf())?.unreachable).toBe(true);
  });

  it('leaves phones alone that are where they say, and all of them when it is switched off', () => {
    bench.registerBob();
    expect(within(30)).toEqual([]);
    expect(keepAlive.healthOf(idOf())).toBeUndefined();
    bench.registerBob({ ...behindNat, callId: 'other' }, router);
    bench.directory.updateSettings({ keepAliveSeconds: 0 });
    expect(within(60)).toEqual([]);
    bench.directory.updateSettings({ keepAliveSeconds: 5 });
    expect(within(10)).toHaveLength(2);
  });

  it('forgets a phone that logs out', () => {
    bench.registerBob(behindNat, router);
    bench.registerBob({ ...behindNat, headers: ['Expires: 0'], callId: 'bye' }, router);
    expect(within(30)).toEqual([]);
    expect(keepAlive.stats.phones).toBe(0);
  });

  it('spreads ten thousand phones over the interval', () => {
    const { registrar } = bench.node;
    bench.registerBob(behindNat, router);
    const [one] = registrar.bindingsOf(2);
    const many = Array.from({ length: 10_000 }, (_, i): Binding => ({ ...one!, id: 1000 + i }));
    registrar.load(many);
    bench.directory.updateSettings({ keepAliveSeconds: 29 });
    bench.directory.updateSettings({ keepAliveSeconds: 30 });
    const ticks = Array.from({ length: 120 }, () => within(0.25).length);
    expect(ticks.reduce((sum, count) => sum + count, 0)).toBe(10_001);
    expect(Math.max(...ticks)).toBeLessThanOrEqual(Math.ceil(10_001 / 120) + 1);
  });
});
