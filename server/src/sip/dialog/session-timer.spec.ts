import { describe, expect, it } from 'vitest';
import { answerTo, buildRequest, FakeClock } from '../testing/index.ts';
import {
  answerSessionTimer,
  readMinSe,
  readSessionExpires,
  readSessionTimerAnswer,
  SessionTimer,
  sessionTimerRequestHeaders,
} from './session-timer.ts';

const invite = (...headers: string[]) => buildRequest('INVITE', { headers });

describe('Session-Expires and Min-SE (RFC 4028 4, 5)', () => {
  it.each([
    ['Session-Expires: 1800', { seconds: 1800, refresher: undefined }],
    ['x: 1800;refresher=uas', { seconds: 1800, refresher: 'uas' }],
    ['Session-Expires: 90 ; a=b ; refresher=UAC', { seconds: 90, refresher: undefined }],
    ['Session-Expires: soon', undefined],
  ])('reads %s', (line, expected) => expect(readSessionExpires(invite(line))).toEqual(expected));

  it('never reads a Min-SE below 90', () => {
    expect(readMinSe(invite())).toBe(90);
    expect(readMinSe(invite('Min-SE: 30'))).toBe(90);
    expect(readMinSe(invite('Min-SE: 300;x'))).toBe(300);
  });
});

describe('answerSessionTimer (RFC 4028 9)', () => {
  it('follows what the caller asks', () => {
    const answer = answerSessionTimer(invite('Session-Expires: 1800', 'Supported: timer'), undefined);
    expect(answer).toEqual({
      ok: true,
      timer: { seconds: 1800, refresher: 'uac' },
      headers: [
        ['Session-Expires', '1800;refresher=uac'],
        ['Require', 'timer'],
      ],
    });
  });

  it('keeps the refresher the caller named', () => {
    const answer = answerSessionTimer(invite('Session-Expires: 1800;refresher=uas', 'Supported: timer'), 1800);
    expect(answer).toMatchObject({ timer: { refresher: 'uas' }, headers: [['Session-Expires', '1800;refresher=uas']] });
  });

  it('refreshes itself for a caller without the extension', () => {
    expect(answerSessionTimer(invite(), 600)).toMatchObject({ timer: { seconds: 600, refresher: 'uas' } });
    expect(answerSessionTimer(invite(), undefined)).toEqual({ ok: true, timer: undefined, headers: [] });
  });

  it('lowers to what we want, not below Min-SE', () => {
    expect(answerSessionTimer(invite('Session-Expires: 1800', 'Supported: timer'), 600)).toMatchObject({ timer: { seconds: 600 } });
    const floor = invite('Session-Expires: 1800', 'Min-SE: 900', 'Supported: timer');
    expect(answerSessionTimer(floor, 600)).toMatchObject({ timer: { seconds: 900 } });
  });

  it('refuses too short an interval with 422 and Min-SE', () => {
    expect(answerSessionTimer(invite('Session-Expires: 60', 'Supported: timer'), 1800)).toEqual({
      ok: false,
      status: 422,
      headers: [['Min-SE', '90']],
    });
  });
});

it('reads the answer to our own request; without a refresher it is us', () => {
  const request = invite(...sessionTimerRequestHeaders(1800).map(([name, value]) => `${name}: ${value}`));
  expect(readSessionExpires(request)).toEqual({ seconds: 1800, refresher: undefined });
  const answer = (value: string) => answerTo(request, 200, { headers: [['Session-Expires', value]] });
  expect(readSessionTimerAnswer(answer('1800;refresher=uas'))).toEqual({ seconds: 1800, refresher: 'uas' });
  expect(readSessionTimerAnswer(answer('1800'))).toEqual({ seconds: 1800, refresher: 'uac' });
  expect(readSessionTimerAnswer(answerTo(request, 200))).toBeUndefined();
});

describe('SessionTimer (RFC 4028 10)', () => {
  function run(seconds: number, weRefresh: boolean, restartAt?: number) {
    const clock = new FakeClock(0);
    const events: string[] = [];
    const timer = new SessionTimer(clock, {
      onRefresh: () => {
        events.push(`refresh ${clock.now() / 1000}`);
        if (clock.now() === restartAt) timer.start(seconds, weRefresh);
      },
      onExpired: () => events.push(`expired ${clock.now() / 1000}`),
    });
    timer.start(seconds, weRefresh);
    clock.advance(seconds * 1000);
    return events;
  }

  it('the refresher acts at half of the interval and gives up before its end', () => {
    expect(run(1800, true)).toEqual(['refresh 900', 'expired 1768']);
    expect(run(90, true)).toEqual(['refresh 45', 'expired 60']);
  });

  it('the other side only gives up', () => expect(run(1800, false)).toEqual(['expired 1768']));

  it('starts over after a refresh', () => expect(run(1800, true, 900_000)).toEqual(['refresh 900', 'refresh 1800']));

  it('stops', () => {
    const clock = new FakeClock();
    const timer = new SessionTimer(clock, { onRefresh: () => expect.unreachable(), onExpired: () => expect.unreachable() });
    timer.start(90, true);
    timer.stop();
    clock.advance(100_000);
    expect(timer.running).toBe(false);
  });
});
