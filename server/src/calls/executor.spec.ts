import { beforeEach, expect, it } from 'vitest';
import { rateOf } from '../billing/testing.ts';
import { aGateway, aTariff } from '../directory/testing.ts';
import type { SipResponse } from '../sip/message/index.ts';
import { Bench, statuses } from './testing.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  const tariff = aTariff();
  tariff.table.set(rateOf('0.0120', '60/60', { prefix: '44', name: 'United Kingdom' }));
  bench.directory.upsertTariff(tariff);
  bench.directory.upsertGateway(aGateway({ id: 1, host: '198.51.100.1' }));
  bench.directory.upsertGateway(aGateway({ id: 2, host: '198.51.100.2', priority: 20, strip: 2 }));
});

const abroad = { uri: 'sip:00442071838750@example.org' };
const job = () => bench.bridge.jobs[0]!;

it('reserves the money, then hands the call to the bridge with its gateways in order', () => {
  expect(statuses(bench.sendAs('1001', 'INVITE', abroad))).toEqual(['100']);
  expect(bench.charging.authorised).toMatchObject([
    {
      accountId: 9,
      e164: '442071838750',
      rate: { prefix: '44' },
      maxSeconds: 14_400,
      record: { fromSubscriberId: 1, gatewayId: 1, direction: 'outbound' },
    },
  ]);
  expect(job().legs.map(({ gateway, requestUser }) => [gateway.id, requestUser])).toEqual([
    [1, '00442071838750'],
    [2, '442071838750'],
  ]);
  expect(job().call).toMatchObject({
    accountId: 9,
    e164: '442071838750',
    destination: 'United Kingdom',
    kind: 'bridge',
    direction: 'outbound',
  });
  expect(job().caller?.number).toBe('1001');
});

it('refuses calls that cost money with 503 and the reason while the clock is not set, and lets subscribers talk (A-25)', () => {
  bench.charging.refuseWith = 'clock-not-set';
  const [reply] = bench.sendAs('1001', 'INVITE', abroad) as SipResponse[];
  expect([reply?.status, reply?.reason]).toEqual([503, 'Clock not set']);
  expect(reply?.get('Reason')).toBe('SIP;cause=503;text="Clock not set"');
  expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'clock-not-set' }]);
  const inside = bench.sendAs('1001', 'INVITE', { uri: 'sip:1002@example.org' });
  expect(statuses(inside)).not.toContain('503');
});

it('refuses with 402 before it rings when the reservation fails, whatever the plan thought', () => {
  bench.charging.refuseWith = 'no-credit';
  const [reply] = bench.sendAs('1001', 'INVITE', abroad) as SipResponse[];
  expect([reply?.status, reply?.reason]).toEqual([402, 'Balance too low for this destination']);
  expect(bench.bridge.jobs).toEqual([]);
  expect(bench.charging.records).toMatchObject([{ status: 402, refusal: 'no-credit', accountId: null, direction: 'outbound' }]);
});

it('T10: all gateways dead: 503 in words, one CDR', () => {
  bench.sendAs('1001', 'INVITE', abroad);
  job().onFailed({ why: 'failed', status: 503, reason: 'Service Unavailable' });
  const reply = bench.transport.take()[0]?.message as SipResponse;
  expect([reply.status, reply.get('Reason')]).toEqual([503, 'SIP;cause=503;text="No gateway answered"']);
  expect(bench.charging.records).toMatchObject([{ status: 503, refusal: 'gateways-failed', accountId: 9 }]);
});

it('T11: busy in the telephone network goes to the caller as it is', () => {
  bench.sendAs('1001', 'INVITE', abroad);
  job().onFailed({ why: 'busy', status: 486, reason: 'Busy Here', endedBy: 'callee' });
  expect(statuses(bench.transport.take().map(({ message }) => message))).toEqual(['486']);
  expect(bench.charging.records).toMatchObject([{ status: 486, refusal: 'busy', endedBy: 'callee' }]);
});

it('O-125: a gateway that timed out comes after the others for a while', () => {
  bench.bridge.ports.gatewayFailed(1, 408);
  bench.sendAs('1001', 'INVITE', abroad);
  expect(job().legs.map(({ gateway }) => gateway.id)).toEqual([2, 1]);
  bench.bridge.ports.gatewayWorked(1);
  bench.sendAs('1001', 'INVITE', { ...abroad, callId: 'again' });
  expect(bench.bridge.jobs[1]?.legs.map(({ gateway }) => gateway.id)).toEqual([1, 2]);
});

it('R-71: the third of two calls allowed is refused while two ring', () => {
  bench.directory.upsertSubscriber({ ...bench.directory.subscriberById(1)!, maxCalls: 2 });
  for (const callId of ['a', 'b']) expect(statuses(bench.sendAs('1001', 'INVITE', { ...abroad, callId }))).toEqual(['100']);
  const [reply] = bench.sendAs('1001', 'INVITE', { ...abroad, callId: 'c' }) as SipResponse[];
  expect([reply?.status, reply?.reason]).toEqual([403, 'Too many calls at once']);
});

it('cuts a call when the charging says so', () => {
  bench.sendAs('1001', 'INVITE', abroad);
  const heard: string[] = [];
  job().call.hangup = (by, reason) => heard.push(`${by}: ${reason}`);
  bench.charging.onCutOff(job().call.id, 'credit');
  bench.charging.onCutOff('unknown', 'credit');
  expect(heard).toEqual(['credit: Credit used up']);
});

it('redirects to the SIP address of a number', () => {
  bench.directory.upsertNumber({
    id: 1,
    number: 'info',
    domain: null,
    kind: 'alias',
    subscriberId: null,
    target: 'sip:info@elsewhere.test',
  });
  const [reply] = bench.sendAs('1001', 'INVITE', { uri: 'sip:info@example.org' }) as SipResponse[];
  expect([reply?.status, reply?.get('Contact')]).toEqual([302, '<sip:info@elsewhere.test>']);
});

it('a fault of ours ends the call: nothing stays reserved, and it counts no more', () => {
  bench.bridge.start = () => {
    throw new Error('fault');
  };
  expect(statuses(bench.sendAs('1001', 'INVITE', abroad))).toEqual(['100', '500']);
  expect(bench.charging.records).toMatchObject([{ status: 500, endedBy: 'error', accountId: 9 }]);
  expect([bench.node.calls.size, bench.faults.length]).toEqual([0, 1]);
});

it('RFC 3261 26.2.2: a sips call goes over TLS all the way, or not at all', () => {
  bench.registerBob();
  const sips = { uri: 'sips:1002@example.org', callId: 'sips' };
  expect(statuses(bench.sendAs('1001', 'INVITE', sips)).at(-1)).toBe('480');
  expect(statuses(bench.sendAs('1001', 'INVITE', { ...sips, uri: 'sip:1002@example.org', callId: 'sip' }))).toContain('INVITE');
  bench.directory.upsertGateway(aGateway({ id: 3, host: '198.51.100.3', port: 5061, transport: 'tls', priority: 30 }));
  bench.sendAs('1001', 'INVITE', { uri: 'sips:00442071838750@example.org', callId: 'sips-abroad' });
  expect(job().legs.map(({ gateway }) => gateway.id)).toEqual([3]);
});
