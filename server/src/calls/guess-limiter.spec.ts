import { expect, it } from 'vitest';
import { GuessLimiter } from './guess-limiter.ts';

it('turns an address away after 60 wrong passwords in a minute, for the rest of it, and tells of each', () => {
  let now = 0;
  const told: string[] = [];
  const limiter = new GuessLimiter(() => now);
  const leave = limiter.watch(({ address, count, blocked }) => told.push(`${address} ${count}${blocked ? ' blocked' : ''}`));
  for (let i = 0; i < 59; i++) limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
  limiter.wrong('192.0.2.66');
  limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(true);
  expect(limiter.isBlocked('192.0.2.67')).toBe(false);
  expect([told[0], ...told.slice(-3)]).toEqual(['192.0.2.66 1', '192.0.2.66 59', '192.0.2.66 60 blocked', '192.0.2.66 61 blocked']);
  leave();
  now += 60_000;
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
  limiter.wrong('192.0.2.66');
  expect(limiter.isBlocked('192.0.2.66')).toBe(false);
  expect(told).toHaveLength(61);
});

it('counts the addresses of an IPv6 network of 64 bits as one', () => {
  const limiter = new GuessLimiter(() => 0);
  for (let i = 0; i < 60; i++) limiter.wrong(`2001:db8:0:1::${i.toString(16)}`);
  expect(limiter.isBlocked('2001:0db8:0:1:ffff::1')).toBe(true);
  expect(limiter.isBlocked('2001:db8:0:2::1')).toBe(false);
  for (let i = 0; i < 60; i++) limiter.wrong('::ffff:192.0.2.1');
  expect(limiter.isBlocked('192.0.2.1')).toBe(true);
  expect(limiter.isBlocked('::ffff:192.0.2.2')).toBe(false);
});
