import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { PortPool, splitRange } from './port-pool.ts';
import { openSocketPair, type SocketPair } from './socket-pair.ts';

const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

function keep(pair: SocketPair): SocketPair {
  opened.push(pair.rtp, pair.rtcp);
  return pair;
}

const any = async (even: number) => even;

describe('a pool of ports', () => {
  it('gives even ports whose neighbour is in the range, each once, then none', async () => {
    const pool = new PortPool({ first: 10001, last: 10008 });
    expect(pool.size).toBe(3);
    const pairs = [await pool.open(any), await pool.open(any), await pool.open(any)].map((pair) => pair?.even);
    expect(pairs.toSorted()).toEqual([10002, 10004, 10006]);
    expect(await pool.open(any)).toBeUndefined();
    pool.give(10004);
    expect((await pool.open(any))?.even).toBe(10004);
  });

  it('spreads them at random', async () => {
    const pool = new PortPool({ first: 10000, last: 29999 });
    const first: number[] = [];
    for (let n = 0; n < 20; n += 1) first.push((await pool.open(any))!.even);
    expect(first).not.toEqual(first.toSorted((a, b) => a - b));
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(5000);
  });

  it('skips ports that somebody else has, and tries them again later', async () => {
    const pool = new PortPool({ first: 10000, last: 10003 }, () => 0);
    const notFirst = async (even: number) => (even === 10000 ? undefined : even);
    expect((await pool.open(notFirst))?.even).toBe(10002);
    expect(pool.free).toBe(1);
    expect(await pool.open(notFirst)).toBeUndefined();
    expect((await pool.open(any))?.even).toBe(10000);
  });

  it('loses no pair to a fault', async () => {
    const pool = new PortPool({ first: 10000, last: 10001 });
    await expect(pool.open(() => Promise.reject(new Error('no such address')))).rejects.toThrow('no such address');
    expect(pool.free).toBe(1);
  });

  it('is cut into parts that have no port in common and leave none out', () => {
    const parts = splitRange({ first: 10001, last: 10020 }, 3).map((range) => new PortPool(range));
    expect(parts.map((pool) => pool.size)).toEqual([3, 3, 3]);
    expect(splitRange({ first: 10000, last: 30000 }, 1)).toEqual([{ first: 10000, last: 29999 }]);
    expect(splitRange({ first: 10000, last: 10003 }, 2)).toEqual([
      { first: 10000, last: 10001 },
      { first: 10002, last: 10003 },
    ]);
  });
});

describe('a pair of sockets', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('is bound on %s', async (address) => {
    const pool = new PortPool({ first: 20100, last: 20199 });
    const pair = await pool.open((even) => openSocketPair(address, even));
    const { rtp, rtcp } = keep(pair!.opened);
    expect([rtp.address().port, rtcp.address().port]).toEqual([pair!.even, pair!.even + 1]);
  });

  it('is not opened where the RTCP port is taken; the RTP port is free again', async () => {
    const squatter = createSocket('udp4');
    opened.push(squatter);
    await new Promise<void>((resolve) => squatter.bind(20201, '127.0.0.1', resolve));
    expect(await openSocketPair('127.0.0.1', 20200)).toBeUndefined();
    const again = createSocket('udp4');
    opened.push(again);
    await new Promise<void>((resolve) => again.bind(20200, '127.0.0.1', resolve));
  });

  it('throws for an address that this machine has not', async () => {
    await expect(openSocketPair('192.0.2.1', 20300)).rejects.toThrow('EADDRNOTAVAIL');
  });
});
