import { expect, it } from 'vitest';
import { GuessLimiter } from './guess-limiter.ts';

it('turns an address away after 60 wrong passwords in a minute, for the rest of it, and tells once', () => {
  let now = 0;
  const told: string[] = [];
  const limiter = new GuessLimiter(
    () => now,
    (address) => told.push(address),
  );
  for (let i = 0; i < 59; i++) limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
  limiter.wrong('192.0.2.66');
  limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(true);
  expect(limiter.isBlocked('192.0.2.67')).toBe(false);
  expect(told).toEqual(['192.0.2.66']);
  now += 60_000;
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
  limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
});
