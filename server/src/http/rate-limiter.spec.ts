import { describe, expect, it } from 'vitest';
import { addressKey, RateLimiter } from './rate-limiter.ts';

describe('RateLimiter', () => {
  it('refuses past the limit and says how long to wait', () => {
    let now = 0;
    const limiter = new RateLimiter({ limit: 2, windowMs: 10_000, now: () => now });
    expect(limiter.take('a')).toBe(0);
    now = 4000;
    expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a')).toBe(6);
    expect(limiter.take('b')).toBe(0);
    now = 10_001;
    expect(limiter.take('a')).toBe(0);
    expect(limiter.take('a')).toBe(4);
  });

  it('takes an attempt back', () => {
    const limiter = new RateLimiter({ limit: 1, windowMs: 10_000, now: () => 0 });
    limiter.take('a');
    limiter.refund('a');
    expect(limiter.take('a')).toBe(0);
    expect(limiter.wait('a')).toBe(10);
    limiter.forget('a');
    expect(limiter.wait('a')).toBe(0);
  });

  it('keeps a bounded number of keys', () => {
    const limiter = new RateLimiter({ limit: 1, windowMs: 10_000, maxKeys: 2, now: () => 0 });
    for (const key of ['a', 'b', 'c']) limiter.take(key);
    expect(limiter.wait('a')).toBe(0);
    expect(limiter.wait('c')).toBe(10);
  });
});

describe('addressKey', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => expect(addressKey(address)).toBe(key));
});
