import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimerWheel } from './timer-wheel.ts';

describe('TimerWheel', () => {
  let now = 0;
  beforeEach(() => {
    now = 1000;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => vi.useRealTimers());

  function wheel(onError?: (error: unknown) => void) {
    return new TimerWheel({ now: () => now, onError });
  }
  function pass(made: TimerWheel, ms: number, step = 5) {
    for (const until = now + ms; now < until; ) {
      now += step;
      made.advance();
    }
  }

  it('fires not before the time and within a tick after it', () => {
    const made = wheel();
    let at = 0;
    made.after(500, () => {
      at = now;
    });
    pass(made, 600, 1);
    expect(at).toBeGreaterThanOrEqual(1500);
    expect(at).toBeLessThanOrEqual(1510);
    expect(made.pending).toBe(0);
  });

  it('keeps a timer longer than a turn until its own turn', () => {
    const made = wheel();
    const fired: number[] = [];
    made.after(180_000, () => fired.push(now - 1000));
    pass(made, 179_000);
    expect(fired).toEqual([]);
    pass(made, 1100);
    expect(fired).toHaveLength(1);
  });

  it('does not fire a cancelled timer, and cancelling twice changes nothing', () => {
    const made = wheel();
    const cancel = made.after(10, () => expect.unreachable());
    const other = vi.fn();
    made.after(10, other);
    cancel();
    cancel();
    pass(made, 50);
    cancel();
    expect(other).toHaveBeenCalledOnce();
    expect(made.pending).toBe(0);
  });

  it('lets a callback cancel the next timer of the same moment, and start one', () => {
    const made = wheel();
    const order: string[] = [];
    let cancelSecond = () => {};
    made.after(10, () => {
      order.push('first');
      cancelSecond();
      made.after(0, () => order.push('new'));
    });
    cancelSecond = made.after(10, () => order.push('second'));
    made.after(10, () => order.push('third'));
    pass(made, 50);
    expect(order).toEqual(['first', 'third', 'new']);
  });

  it('catches up after a long sleep', () => {
    const made = wheel();
    const fired: string[] = [];
    made.after(100, () => fired.push('a'));
    made.after(100_000, () => fired.push('b'));
    now += 1_000_000;
    made.advance();
    expect(fired.sort()).toEqual(['a', 'b']);
  });

  it('goes on after a callback that throws', () => {
    const errors: unknown[] = [];
    const made = wheel((error) => errors.push(error));
    const other = vi.fn();
    made.after(10, () => {
      throw new Error('no');
    });
    made.after(10, other);
    pass(made, 50);
    expect(other).toHaveBeenCalledOnce();
    expect(errors).toHaveLength(1);
  });

  it('wakes itself', () => {
    const made = wheel();
    const fired = vi.fn();
    made.after(50, fired);
    now += 60;
    vi.advanceTimersByTime(60);
    expect(fired).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
