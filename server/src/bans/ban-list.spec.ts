import { describe, expect, it } from 'vitest';
import { BanList } from './ban-list.ts';
import { FailureCounter } from './failure-counter.ts';

describe('ban list', () => {
  it('knows an address by any way of writing it, until the time is over', () => {
    let now = 1_000;
    const list = new BanList(() => now);
    list.add({ address: '203.0.113.1', expiresAt: 2_000 });
    list.add({ address: '2001:db8:0:1::/64', expiresAt: 2_000 });
    expect(['203.0.113.1', '::ffff:203.0.113.1', '2001:db8:0:1::9', '2001:DB8:0:1:0:0:0:9'].map((address) => list.has(address))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['203.0.113.2', '2001:db8:0:2::9', ''].map((address) => list.has(address))).toEqual([false, false, false]);
    now = 2_000;
    expect(list.has('203.0.113.1')).toBe(false);
  });

  it('tells of each new ban', () => {
    const list = new BanList();
    const told: string[] = [];
    const stop = list.onBan(({ address }) => told.push(address));
    list.add({ address: '203.0.113.1', expiresAt: 1 });
    stop();
    list.add({ address: '203.0.113.2', expiresAt: 1 });
    expect(told).toEqual(['203.0.113.1']);
  });
});

describe('failure counter', () => {
  it('counts in a sliding time, and starts anew when it was enough', () => {
    let now = 0;
    const counter = new FailureCounter(() => now);
    const at = (ms: number) => {
      now = ms;
      return counter.count('a', 3, 1_000);
    };
    expect([at(0), at(500), at(1_100), at(1_200)]).toEqual([1, 2, 2, 3]);
    expect(at(1_300)).toBe(1);
    expect(counter.count('b', 3, 1_000)).toBe(1);
  });
});
