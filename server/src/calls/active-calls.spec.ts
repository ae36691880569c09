import { beforeEach, expect, it } from 'vitest';
import type { CallRecord } from '../billing/call-record.ts';
import { aGateway, aSubscriber } from '../directory/testing.ts';
import { ActiveCalls } from './active-calls.ts';
import type { CallStart } from './call.ts';

let mono: number;
let wall: number;
let records: CallRecord[];
let calls: ActiveCalls;
let heard: string[];

beforeEach(() => {
  mono = 5_000;
  wall = 1_000_000;
  records = [];
  heard = [];
  calls = new ActiveCalls({ mono: () => mono, wall: () => wall }, (record) => records.push(record));
  calls.onChange(({ action, call }) => heard.push(`${action} ${call.state}`));
});

const start = (changes: Partial<CallStart> = {}): CallStart => ({
  sipCallId: 'call-1',
  caller: { kind: 'subscriber', subscriber: aSubscriber({ id: 7 }) },
  fromUser: '1001',
  fromName: 'Ann',
  dialled: '1002',
  startedAt: wall,
  ...changes,
});

it('writes a call down once, with talk time of the monotonic clock', () => {
  const call = calls.open(start());
  call.toSubscriberId = 8;
  call.ringing();
  mono += 3_000;
  call.answered();
  mono += 90_400;
  wall += 10; // the calendar was set back meanwhile
  expect(call.finish({ status: 200, reason: 'OK', endedBy: 'callee' })).toMatchObject({
    talkMs: 90_400,
    endedAt: 1_090_400,
    missed: false,
  });
  expect(call.finish({ status: 500, reason: 'again', endedBy: 'error' })).toBeUndefined();
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ status: 200, direction: 'internal', fromSubscriberId: 7, toSubscriberId: 8, answeredAt: 1_000_000 });
  expect(heard).toEqual(['started setup', 'changed ringing', 'changed talking', 'ended ended']);
  expect(calls.size).toBe(0);
});

it('R-71: counts ringing calls of the caller, until they end', () => {
  const first = calls.open(start());
  calls.open(start()).answered();
  expect(calls.countOf(7)).toBe(2);
  first.finish({ status: 486, reason: 'Busy Here', endedBy: 'callee' });
  expect(calls.countOf(7)).toBe(1);
  expect([...calls.ofSubscriber(7)]).toHaveLength(1);
});

it('counts the lines of gateways, whichever is tried and for inbound calls too', () => {
  const inbound = calls.open(start({ caller: { kind: 'gateway', gateway: aGateway({ id: 3 }) } }));
  const outbound = calls.open(start());
  outbound.useGateway(3);
  expect(calls.countOfGateway(3)).toBe(2);
  outbound.useGateway(4);
  expect([calls.countOfGateway(3), calls.countOfGateway(4)]).toEqual([1, 1]);
  inbound.finish({ status: 404, reason: 'Not Found', endedBy: 'error' });
  outbound.finish({ status: 503, reason: 'failed', endedBy: 'error' });
  expect([calls.countOfGateway(3), calls.countOfGateway(4)]).toEqual([0, 0]);
});

it('marks as missed what rang or found no phone, not what was refused to the caller', () => {
  const missed = (prepare: (call: ReturnType<ActiveCalls['open']>) => void, refusal?: 'not-registered' | 'too-many-calls') => {
    const call = calls.open(start());
    prepare(call);
    return call.finish({ status: 487, reason: '', endedBy: 'caller', refusal })?.missed;
  };
  expect(
    missed((call) => {
      call.toSubscriberId = 8;
      call.ringing();
    }),
  ).toBe(true);
  expect(
    missed((call) => {
      call.toSubscriberId = 8;
    }, 'not-registered'),
  ).toBe(true);
  expect(
    missed((call) => {
      call.toSubscriberId = 8;
    }, 'too-many-calls'),
  ).toBe(false);
  expect(missed((call) => call.ringing())).toBe(false);
});

it('hangs up through the stage that carries the call', () => {
  const call = calls.open(start());
  const said: string[] = [];
  call.hangup = (by, reason) => said.push(`${by} ${reason}`);
  expect(calls.hangup(call.id, 'admin', 'test')).toBe(true);
  expect(calls.hangup('unknown', 'admin', 'test')).toBe(false);
  expect(said).toEqual(['admin test']);
});
