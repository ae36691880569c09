import { beforeEach, expect, it } from 'vitest';
import type { RunningCall } from '../../billing/call-record.ts';
import { money, rateOf } from '../../billing/testing.ts';
import { aSubscriber } from '../../directory/testing.ts';
import { FakeClock } from '../../sip/testing/index.ts';
import { ActiveCalls } from '../active-calls.ts';
import type { CallMedia } from '../media/call-media.ts';
import { LastMinute } from './last-minute.ts';

const rate = rateOf('1', '1/1', { prefix: '44', name: 'United Kingdom' });

let clock: FakeClock;
let calls: ActiveCalls;
let said: string[];
let available: string;
let enabled: boolean;
let told: boolean;

beforeEach(() => {
  clock = new FakeClock();
  calls = new ActiveCalls({ mono: () => clock.now(), wall: () => clock.now() }, () => undefined);
  said = [];
  available = '2';
  enabled = true;
  told = false;
  new LastMinute({
    ...{ calls, clock, enabled: () => enabled, toldBefore: () => told },
    charging: { snapshot: (): RunningCall => ({ accountId: 9, rate, runningCost: money('0'), held: money('1'), paidSeconds: 60 }) },
    accounts: { available: () => money(available), dailyLeft: () => null },
    words: () => [{ file: 'minutes-left-one' }, { silenceMs: 100 }],
  });
});

/** A paid call of 1.00 a minute with 1.00 held; `relayed`: its media passes through us. */
function talk(relayed = true) {
  const call = calls.open({
    ...{ sipCallId: 'a', caller: { kind: 'subscriber', subscriber: aSubscriber() }, fromUser: '1001', fromName: '', dialled: '0044' },
    startedAt: clock.now(),
  });
  call.rate = rate;
  if (relayed) {
    const say = (to: string, files: readonly string[]) => said.push(`${to}: ${files.join()}`);
    call.media = { say, answered() {}, close() {} } as unknown as CallMedia;
  }
  call.answered();
  return call;
}

it('says it once, when the credit lasts one more minute', () => {
  const call = talk();
  clock.advance(117_000);
  expect(said).toEqual([]);
  clock.advance(1_500);
  expect(said).toEqual(['caller: minutes-left-one']);
  call.ringing();
  clock.advance(60_000);
  expect(said).toHaveLength(1);
});

it('waits longer after a top-up, and speaks earlier when another call spends the same money', () => {
  talk();
  clock.advance(60_000);
  available = '5';
  clock.advance(200_000);
  expect(said).toEqual([]);
  available = '3.9';
  clock.advance(30_000);
  expect(said).toHaveLength(1);
});

it('does not say again what was said before the call a moment ago', () => {
  told = true;
  available = '0.2';
  talk();
  clock.advance(72_000);
  expect(said).toEqual([]);
  available = '2';
  talk();
  clock.advance(119_000);
  expect(said).toHaveLength(1);
});

it('has nothing to say when the call has ended, goes directly, or it is not wanted', () => {
  const call = talk();
  clock.advance(60_000);
  call.finish({ status: 200, reason: 'OK', endedBy: 'caller' });
  talk(false);
  enabled = false;
  talk();
  clock.advance(300_000);
  expect(said).toEqual([]);
});
