import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchClockSteps } from './clock-steps.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells of a clock that was set, not of one that runs', () => {
  let wall = 0;
  let steady = 0;
  const told = vi.fn();
  const stop = watchClockSteps(told, { wall: () => wall, steady: () => steady });
  const second = (jump = 0) => {
    steady += 1000;
    wall += 1000 + jump;
    vi.advanceTimersByTime(1000);
  };
  for (let count = 0; count < 100; count++) second(5);
  expect(told).not.toHaveBeenCalled();
  second(222 * 86_400_000);
  second();
  expect(told).toHaveBeenCalledTimes(1);
  second(-3_600_000);
  expect(told).toHaveBeenCalledTimes(2);
  stop();
  second(3_600_000);
  expect(told).toHaveBeenCalledTimes(2);
});
