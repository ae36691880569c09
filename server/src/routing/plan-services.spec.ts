import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../directory/directory.ts';
import type { FeatureCode } from '../directory/feature-code.ts';
import { aGateway, aSubscriber } from '../directory/testing.ts';
import { type App, type CallContext, type CallPlan, type Ring, readVoicemailArgument, voicemailArgument } from './call-plan.ts';
import { planCall } from './plan-call.ts';

let directory: Directory;

const code = (text: string, feature: FeatureCode['feature'], rest: Partial<FeatureCode> = {}): FeatureCode => ({
  ...{ id: 1, code: text, feature, argument: null, prefix: false, enabled: true, description: `Service ${text}` },
  ...rest,
});

beforeEach(() => {
  directory = new Directory();
  directory.addDomain('example.test');
  directory.upsertSubscriber(aSubscriber({ id: 1, number: '1001', displayName: 'Ann' }));
  directory.upsertSubscriber(aSubscriber({ id: 2, number: '1002', displayName: 'Bob', groups: ['local', 'voicemail'] }));
  directory.replaceFeatureCodes([
    code('613', 'echo'),
    code('511', 'conference', { prefix: true }),
    code('5115', 'music'),
    code('*97', 'mailbox', { argument: 'other' }),
    code('*5', 'demo', { enabled: false }),
  ]);
});

const plan = (dialled: string, changes: Partial<CallContext> = {}): CallPlan =>
  planCall(
    {
      ...{ from: { kind: 'subscriber', subscriber: directory.subscriberById(1)! }, dialled, domain: 'example.test', now: 1_000 },
      ...{ bindings: () => [{ uri: 'sip:bob@192.0.2.7', q: 1000 }], activeCalls: () => 0, gatewayCalls: () => 0 },
      ...{ gatewayHealthy: () => true, credit: () => undefined },
      ...changes,
    },
    directory,
  );

const kinds = (made: CallPlan) =>
  made.stages.map((stage) =>
    stage.kind === 'app' ? `${stage.app} ${stage.argument ?? ''}`.trim() : stage.kind === 'reject' ? stage.code : stage.kind,
  );
const steps = (made: CallPlan) => made.explanation.map((step) => step.code);

describe('service numbers (M-24, O-133)', () => {
  it('lead to their service, with what follows them or belongs to them', () => {
    expect(kinds(plan('613'))).toEqual(['echo']);
    expect(kinds(plan('51177'))).toEqual(['conference 77']);
    expect(kinds(plan('511'))).toEqual(['conference']);
    expect(kinds(plan('*97'))).toEqual(['mailbox other']);
    expect(plan('613')).toMatchObject({ destination: 'Service 613' });
    expect(steps(plan('51177'))).toEqual(['from-subscriber', 'calls-free', 'is-feature', 'feature-argument']);
  });

  it('of two that fit, the whole number goes before the longer beginning', () => {
    expect(kinds(plan('5115'))).toEqual(['music']);
    expect(kinds(plan('51156'))).toEqual(['conference 56']);
  });

  it('do nothing when switched off, with other digits after them, or from outside', () => {
    for (const dialled of ['*5', '6131', '511a']) expect(kinds(plan(dialled))).toEqual(['unknown-number']);
    expect(kinds(plan('613', { from: { kind: 'gateway', gateway: aGateway() } }))).toEqual(['unknown-number']);
    expect(kinds(plan('613', { method: 'MESSAGE' }))).toEqual(['unknown-number']);
  });

  it('never take the number of somebody away', () => {
    directory.upsertSubscriber(aSubscriber({ id: 3, number: '613', displayName: 'Old number' }));
    expect(kinds(plan('613'))).toEqual(['ring']);
  });

  it('are reached from the telephone network by a public number that leads there', () => {
    const target = 'sip:51177@example.test';
    directory.upsertNumber({ id: 1, number: '34911', domain: null, kind: 'did', subscriberId: null, target });
    expect(kinds(plan('+34911', { from: { kind: 'gateway', gateway: aGateway() } }))).toEqual(['conference 77']);
  });
});

describe('mailboxes (M-25)', () => {
  it('take the call on busy, on no answer, and of a phone that is off', () => {
    const made = plan('1002');
    expect(kinds(made)).toEqual(['ring', 'voicemail 2:not-registered', 'voicemail 2:no-answer', 'voicemail 2:busy']);
    expect(made.stages[0] as Ring).toMatchObject({ onNotRegistered: { stage: 1 }, onNoAnswer: { stage: 2 }, onBusy: { stage: 3 } });
    expect(steps(made).at(-1)).toBe('voicemail-takes');
  });

  it('take it at once of somebody who is not to be disturbed; without one the call is refused', () => {
    directory.upsertSubscriber({ ...directory.subscriberById(2)!, doNotDisturb: true });
    const made = plan('1002');
    expect([(made.stages[0] as Ring).targets, (made.stages[1] as App).argument]).toEqual([[], '2:do-not-disturb']);
    directory.upsertSubscriber({ ...directory.subscriberById(2)!, takesMessages: false });
    expect(plan('1002').stages[0]).toMatchObject({ kind: 'ring', targets: [], onNotRegistered: { refuse: 'do-not-disturb' } });
  });

  it('are closed for texts, for the suspended, and without the permission', () => {
    expect(kinds(plan('1002', { method: 'MESSAGE' }))).toEqual(['ring']);
    directory.upsertSubscriber({ ...directory.subscriberById(2)!, status: 'suspended' });
    expect(kinds(plan('1002'))).toEqual(['ring']);
    expect(kinds(plan('1001'))).toEqual(['ring']);
  });

  it('are told whose call it is, and why', () => {
    expect(readVoicemailArgument(voicemailArgument(7, 'busy'))).toEqual({ subscriberId: 7, why: 'busy' });
    for (const text of [undefined, '', '7', '7:else', 'x:busy']) expect(readVoicemailArgument(text)).toBeUndefined();
  });
});
