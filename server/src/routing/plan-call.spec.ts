import { beforeEach, describe, expect, it } from 'vitest';
import { money, rateOf } from '../billing/testing.ts';
import { Directory } from '../directory/directory.ts';
import { aGateway, aSubscriber, aTariff } from '../directory/testing.ts';
import type { Subscriber } from '../directory/types.ts';
import type { Bridge, CallContext, CallPlan, ContactTarget, Credit, Reject, Ring } from './call-plan.ts';
import { planCall } from './plan-call.ts';
import { refusalCodes, refusals } from './refusals.ts';

const rich: Credit = { accountId: 9, available: money('10'), dailyLeft: null };
const phone = (uri: string, q = 1000): ContactTarget => ({ uri, q });

let directory: Directory;
let ann: Subscriber;
let bob: Subscriber;

beforeEach(() => {
  directory = new Directory();
  directory.addDomain('example.test');
  ann = aSubscriber({ id: 1, number: '1001', displayName: 'Ann' });
  bob = aSubscriber({ id: 2, number: '1002', displayName: 'Bob' });
  directory.upsertSubscriber(ann);
  directory.upsertSubscriber(bob);
  const tariff = aTariff();
  tariff.table.set(rateOf('0.0120', '60/60', { id: 1, prefix: '44', name: 'United Kingdom' }));
  tariff.table.set(rateOf('0', '1/1', { id: 2, prefix: '49', name: 'Germany' }));
  tariff.table.set(rateOf('5', '60/60', { id: 3, prefix: '44900', name: 'Premium', blocked: true }));
  directory.upsertTariff(tariff);
  directory.upsertGateway(aGateway({ id: 1, name: 'carrier' }));
});

const plan = (dialled: string, changes: Partial<CallContext> = {}): CallPlan =>
  planCall(
    {
      from: { kind: 'subscriber', subscriber: directory.subscriberById(1)! },
      dialled,
      domain: 'example.test',
      now: 1_000,
      bindings: (id) => (id === 2 ? [phone('sip:bob@192.0.2.7')] : []),
      activeCalls: () => 0,
      gatewayCalls: () => 0,
      gatewayHealthy: () => true,
      credit: () => rich,
      ...changes,
    },
    directory,
  );

const refusal = (made: CallPlan) => {
  const stage = made.stages[0] as Reject;
  return stage.kind === 'reject' ? `${stage.status} ${stage.code}` : stage.kind;
};
const steps = (made: CallPlan) => made.explanation.map((step) => step.code);
const ring = (made: CallPlan) => made.stages[0] as Ring;
const bridge = (made: CallPlan) => made.stages[0] as Bridge;

describe('planCall: calls between subscribers', () => {
  it('rings the phones of the subscriber, free of charge', () => {
    const made = plan('1002', { credit: () => undefined });
    expect(ring(made)).toMatchObject({
      kind: 'ring',
      subscriberId: 2,
      aor: 'sip:1002@example.test',
      targets: [[{ uri: 'sip:bob@192.0.2.7' }]],
    });
    expect(made).toMatchObject({ destination: 'Bob', toSubscriberId: 2 });
    expect(steps(made)).toEqual(['from-subscriber', 'calls-free', 'is-subscriber', 'phones-ring']);
  });

  it('rings contacts with higher q first, those with the same q together', () => {
    const made = plan('1002', { bindings: () => [phone('sip:a@h', 500), phone('sip:b@h'), phone('sip:c@h', 500)] });
    expect(ring(made).targets.map((group) => group.map(({ uri }) => uri))).toEqual([['sip:b@h'], ['sip:a@h', 'sip:c@h']]);
  });

  it('says 480 when no phone is registered', () => {
    const made = plan('1001');
    expect(ring(made)).toMatchObject({ kind: 'ring', targets: [], onNotRegistered: { refuse: 'not-registered' } });
    expect(made.explanation.at(-1)).toMatchObject({ code: 'refused', params: { code: 'not-registered', status: 480 } });
  });

  it('follows an alias and a DID, however the DID is dialled', () => {
    directory.upsertNumber({ id: 1, number: 'bob', domain: 'example.test', kind: 'alias', subscriberId: 2, target: null });
    directory.upsertNumber({ id: 2, number: '442071838750', domain: null, kind: 'did', subscriberId: 2, target: null });
    for (const dialled of ['bob', '442071838750', '+442071838750', '00442071838750', '+44 (20) 7183-8750'])
      expect(ring(plan(dialled, { credit: () => undefined })), dialled).toMatchObject({ kind: 'ring', subscriberId: 2 });
  });

  it('finds an alias that is a number however the gateway writes it', () => {
    directory.upsertNumber({ id: 1, number: '+442071838750', domain: 'example.test', kind: 'alias', subscriberId: 2, target: null });
    directory.upsertNumber({ id: 2, number: '4930777', domain: null, kind: 'alias', subscriberId: 2, target: null });
    for (const dialled of ['442071838750', '+442071838750', '00442071838750', '4930777', '+4930777', '004930777'])
      expect(ring(plan(dialled, { from: { kind: 'gateway', gateway: aGateway() } })), dialled).toMatchObject({ subscriberId: 2 });
  });

  it('sends a subscriber to the SIP address of a number by redirect, a gateway never', () => {
    directory.upsertNumber({ id: 1, number: 'info', domain: null, kind: 'alias', subscriberId: null, target: 'sip:info@elsewhere.test' });
    expect(plan('info').stages[0]).toEqual({ kind: 'redirect', contacts: ['sip:info@elsewhere.test'] });
    expect(refusal(plan('info', { from: { kind: 'gateway', gateway: aGateway() } }))).toBe('403 foreign-domain');
  });

  it('refuses a number nobody has, and a Request-URI without a user', () => {
    expect(refusal(plan('1099'))).toBe('404 unknown-number');
    expect(refusal(plan(''))).toBe('484 address-incomplete');
    expect(refusal(plan('00'))).toBe('404 unknown-number');
  });

  it('does not ring suspended or closed subscribers', () => {
    directory.upsertSubscriber({ ...bob, status: 'suspended' });
    expect(ring(plan('1002')).targets).toEqual([]);
    directory.upsertSubscriber({ ...bob, status: 'closed' });
    expect(refusal(plan('1002'))).toBe('404 unknown-number');
  });
});

describe('planCall: who may call', () => {
  it('refuses a suspended subscriber', () => {
    directory.upsertSubscriber({ ...ann, status: 'suspended' });
    expect(refusal(plan('1002'))).toBe('403 suspended');
  });

  it('R-71: refuses the third call of two allowed; ringing calls count', () => {
    directory.upsertSubscriber({ ...ann, maxCalls: 2 });
    expect(plan('1002', { activeCalls: () => 1 }).stages[0]?.kind).toBe('ring');
    expect(refusal(plan('1002', { activeCalls: () => 2 }))).toBe('403 too-many-calls');
  });

  it('R-72: a self-signed-up subscriber may not call abroad until int is granted', () => {
    directory.upsertSubscriber({ ...ann, selfSignedUp: true, groups: ['local'] });
    expect(refusal(plan('00442071838750'))).toBe('403 new-account');
    directory.upsertSubscriber({ ...ann, selfSignedUp: true, groups: ['local', 'int'] });
    expect(plan('00442071838750').stages[0]?.kind).toBe('bridge');
    directory.upsertSubscriber({ ...ann, groups: ['local'] });
    expect(refusal(plan('00442071838750'))).toBe('403 not-permitted');
  });

  it('lets neither a gateway nor a stranger out through a gateway', () => {
    expect(refusal(plan('00442071838750', { from: { kind: 'gateway', gateway: aGateway() } }))).toBe('404 unknown-number');
    expect(refusal(plan('+442071838750', { from: { kind: 'stranger' } }))).toBe('404 unknown-number');
  });

  it('brings a call of a gateway to the subscriber of the DID or number', () => {
    directory.upsertNumber({ id: 2, number: '442071838750', domain: null, kind: 'did', subscriberId: 2, target: null });
    const from = { kind: 'gateway', gateway: aGateway() } as const;
    for (const dialled of ['442071838750', '+442071838750', '1002'])
      expect(ring(plan(dialled, { from })), dialled).toMatchObject({ subscriberId: 2 });
  });

  it('relays a MESSAGE to phones only, whatever calls there are', () => {
    expect(plan('1002', { method: 'MESSAGE', activeCalls: () => 99 }).stages[0]?.kind).toBe('ring');
    expect(refusal(plan('00442071838750', { method: 'MESSAGE' }))).toBe('404 unknown-number');
  });
});

describe('planCall: calls abroad', () => {
  it('bridges with the price of the longest prefix', () => {
    const made = plan('+442071838750');
    expect(bridge(made)).toMatchObject({
      kind: 'bridge',
      payerId: 1,
      gateways: [{ gatewayId: 1, requestUser: '00442071838750' }],
      price: { rate: { prefix: '44' } },
    });
    expect(made).toMatchObject({ e164: '442071838750', destination: 'United Kingdom' });
    expect(made.explanation).toContainEqual({
      code: 'rate-found',
      params: { prefix: '44', name: 'United Kingdom', pricePerMinute: '0.012', connectFee: '0.00' },
    });
    expect(made.explanation).toContainEqual({ code: 'gateway-chosen', params: { position: 1, name: 'carrier', sends: '00442071838750' } });
  });

  it('R-38, R-39: refuses without a rate and where the longest prefix is a block', () => {
    expect(refusal(plan('0099912345'))).toBe('403 no-rate');
    expect(refusal(plan('0044900123'))).toBe('403 destination-blocked');
  });

  it('R-46: refuses when the first increment is not covered, and by the daily cap', () => {
    expect(refusal(plan('00442071838750', { credit: () => ({ ...rich, available: money('0.0119') }) }))).toBe('402 no-credit');
    expect(refusal(plan('00442071838750', { credit: () => undefined }))).toBe('402 no-credit');
    expect(refusal(plan('00442071838750', { credit: () => ({ ...rich, dailyLeft: money('0.01') }) }))).toBe('402 daily-cap');
  });

  it('M-42: a rate of 0 is free and needs no credit', () => {
    const made = plan('00493012345', { credit: () => ({ ...rich, available: money('0') }) });
    expect(bridge(made).kind).toBe('bridge');
    expect(steps(made)).toContain('free-rate');
  });

  it('H-6: free-pstn calls abroad for nothing, but not where it is blocked', () => {
    directory.upsertSubscriber({ ...ann, groups: ['int', 'free-pstn'] });
    const made = plan('00442071838750', { credit: () => undefined });
    expect(bridge(made)).toMatchObject({ kind: 'bridge', price: null });
    expect(steps(made)).toContain('free-of-charge');
    expect(bridge(plan('0099912345', { credit: () => undefined })).kind).toBe('bridge');
    expect(refusal(plan('0044900123'))).toBe('403 destination-blocked');
  });

  it('names how long the money lasts', () => {
    const made = plan('00442071838750', { credit: () => ({ ...rich, available: money('1') }) });
    expect(made.explanation).toContainEqual({ code: 'credit-enough', params: { available: '1.00', seconds: 4980 } });
  });

  it('strips and adds digits for the gateway', () => {
    directory.upsertGateway(aGateway({ id: 1, prefix: '+44', strip: 2, add: '9' }));
    expect(bridge(plan('00442071838750')).gateways).toEqual([{ gatewayId: 1, requestUser: '9442071838750' }]);
  });

  it('takes gateways with the longest prefix first, then by priority', () => {
    directory.upsertGateway(aGateway({ id: 2, prefix: '0044', priority: 20 }));
    directory.upsertGateway(aGateway({ id: 3, prefix: '0044', priority: 5 }));
    directory.upsertGateway(aGateway({ id: 4, prefix: '0049' }));
    directory.upsertGateway(aGateway({ id: 5, prefix: '', priority: 1 }));
    directory.upsertGateway(aGateway({ id: 6, prefix: '0044', enabled: false }));
    expect(bridge(plan('00442071838750')).gateways.map(({ gatewayId }) => gatewayId)).toEqual([3, 2, 1, 5]);
  });

  it('leaves out gateways whose lines are taken, and puts ill ones last', () => {
    directory.upsertGateway(aGateway({ id: 1, maxCalls: 2 }));
    directory.upsertGateway(aGateway({ id: 2, priority: 20 }));
    directory.upsertGateway(aGateway({ id: 3, priority: 30 }));
    const ids = (changes: Partial<CallContext>) => bridge(plan('00442071838750', changes)).gateways?.map(({ gatewayId }) => gatewayId);
    expect(ids({ gatewayCalls: (id) => (id === 1 ? 2 : 0) })).toEqual([2, 3]);
    expect(ids({ gatewayHealthy: (id) => id !== 2 })).toEqual([1, 3, 2]);
    expect(ids({ gatewayHealthy: () => false })).toEqual([1, 2, 3]);
  });

  it('counts calls from a gateway against its lines as well', () => {
    const gateway = aGateway({ id: 1, maxCalls: 2 });
    const from = { kind: 'gateway', gateway } as const;
    const inbound = (calls: number, changes: Partial<CallContext> = {}) => plan('1002', { from, gatewayCalls: () => calls, ...changes });
    expect(ring(inbound(1)).kind).toBe('ring');
    expect(refusal(inbound(2))).toBe('503 gateways-busy');
    expect(ring(inbound(2, { method: 'MESSAGE' })).kind).toBe('ring');
    expect(ring(inbound(500, { from: { kind: 'gateway', gateway: aGateway() } })).kind).toBe('ring');
  });

  it('refuses with 503 when no gateway serves the number or all are full', () => {
    directory.upsertGateway(aGateway({ id: 1, prefix: '0049' }));
    expect(refusal(plan('00442071838750'))).toBe('503 no-gateway');
    directory.upsertGateway(aGateway({ id: 1, prefix: '00', maxCalls: 1 }));
    expect(refusal(plan('00442071838750', { gatewayCalls: () => 1 }))).toBe('503 gateways-busy');
  });
});

it('has words for every refusal', () => {
  for (const code of refusalCodes) {
    expect(refusals[code].status, code).toBeGreaterThanOrEqual(400);
    // They go into quoted strings of SIP headers.
    expect(`${refusals[code].reason}${refusals[code].text}`, code).toMatch(/^[^"\\\r\n]+$/);
  }
});
