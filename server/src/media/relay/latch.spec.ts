import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Latch, WINDOW_MS } from './latch.ts';

const described = { ip: '192.0.2.1', port: 4000 };
const signalling = '198.51.100.7';
const stranger = '203.0.113.66';

function latch({ behindNat = false, asymmetric = false } = {}): Latch {
  const made = new Latch({ behindNat, asymmetric, signalling });
  made.describe(behindNat ? { ip: '10.0.0.5', port: 4000 } : described);
  return made;
}

describe('a latch', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());
  const wait = (ms: number) => vi.advanceTimersByTime(ms);

  it('sends where the session description says, at first', () => {
    expect(latch().destination).toEqual(described);
  });

  it('never follows a source to port 0', () => {
    const one = latch();
    expect(one.accepts(described.ip, 0)).toBe(false);
    expect(one.destination).toEqual(described);
  });

  it('sends nothing to an address behind NAT until something came through it', () => {
    const one = latch({ behindNat: true });
    expect(one.destination).toBeUndefined();
    expect(one.accepts(signalling, 61_000)).toBe(true);
    expect(one.destination).toEqual({ ip: signalling, port: 61_000 });
  });

  it('follows the first source, and after the window nobody else', () => {
    const one = latch();
    expect(one.accepts(signalling, 5)).toBe(true);
    wait(WINDOW_MS);
    expect(one.accepts(signalling, 5)).toBe(true);
    expect(one.accepts(described.ip, described.port)).toBe(false);
    expect(one.destination).toEqual({ ip: signalling, port: 5 });
  });

  it('within the window prefers the address of the signalling, and to that what the session description says', () => {
    const one = latch();
    expect(one.accepts(stranger, 1)).toBe(true);
    expect(one.accepts(signalling, 2)).toBe(true);
    expect(one.accepts(stranger, 1)).toBe(false);
    expect(one.accepts(signalling, 3)).toBe(false);
    expect(one.accepts(described.ip, described.port)).toBe(true);
    expect(one.accepts(signalling, 2)).toBe(false);
    expect(one.destination).toEqual(described);
  });

  it('gives the stream to the side itself however long somebody else was there first, as while it rings', () => {
    const one = latch();
    expect(one.accepts(stranger, 1)).toBe(true);
    wait(60_000);
    expect(one.accepts(stranger, 1)).toBe(true);
    expect(one.accepts('203.0.113.99', 7)).toBe(false);
    expect(one.accepts(described.ip, described.port)).toBe(true);
    expect(one.accepts(stranger, 1)).toBe(false);
    expect(one.destination).toEqual(described);
  });

  it('does not take a stranger for the side because he sent before a session description was repeated', () => {
    const one = latch();
    one.accepts(stranger, 1);
    one.describe({ ...described });
    one.describe({ ...described });
    expect(one.accepts(stranger, 1)).toBe(true);
    wait(60_000);
    expect(one.accepts(described.ip, described.port)).toBe(true);
    expect(one.accepts(stranger, 1)).toBe(false);
    expect(one.destination).toEqual(described);
  });

  it('lets the window begin with the first packet, not with the session description', () => {
    const one = latch({ behindNat: true });
    wait(60_000);
    expect(one.accepts(stranger, 1)).toBe(true);
    expect(one.accepts(signalling, 2)).toBe(true);
  });

  it('gives the stream back to who had it when a stranger is first after a new session description', () => {
    const one = latch({ behindNat: true });
    one.accepts(signalling, 2);
    wait(WINDOW_MS);
    one.describe({ ip: '10.0.0.5', port: 4000 });
    one.accepts(stranger, 1);
    expect(one.accepts(signalling, 2)).toBe(true);
    expect(one.accepts(stranger, 1)).toBe(false);
    expect(one.accepts(signalling, 3)).toBe(false);
    expect(one.destination).toEqual({ ip: signalling, port: 2 });
  });

  it('follows a side to the place a new session description names, and hears the former one until then', () => {
    const one = latch();
    one.accepts(described.ip, described.port);
    wait(WINDOW_MS);
    const moved = { ip: '192.0.2.99', port: 5000 };
    one.describe(moved);
    expect(one.destination).toEqual(moved);
    expect(one.accepts(described.ip, described.port)).toBe(true);
    expect(one.destination).toEqual(moved);
    expect(one.accepts(moved.ip, moved.port)).toBe(true);
    expect(one.accepts(described.ip, described.port)).toBe(false);
  });

  it('sends to the former source again when it is still there after the window, and lets the new one in all the same', () => {
    const one = latch();
    one.accepts(described.ip, described.port);
    const moved = { ip: '192.0.2.99', port: 5000 };
    one.describe(moved);
    one.accepts(described.ip, described.port);
    wait(WINDOW_MS);
    one.accepts(described.ip, described.port);
    expect(one.destination).toEqual(described);
    expect(one.accepts(stranger, 1)).toBe(false);
    expect(one.accepts(moved.ip, moved.port)).toBe(true);
    expect(one.destination).toEqual(moved);
  });

  it('follows a phone that came to another network, where nothing comes from its former one', () => {
    const one = latch({ behindNat: true });
    one.accepts(signalling, 2);
    wait(WINDOW_MS);
    one.describe({ ip: '192.168.7.7', port: 4000 });
    wait(200);
    expect(one.accepts('203.0.113.5', 9)).toBe(true);
    expect(one.destination).toEqual({ ip: '203.0.113.5', port: 9 });
  });

  it('sends to an asymmetric side where its session description says, wherever it sends from', () => {
    const one = latch({ asymmetric: true });
    expect(one.accepts(described.ip, 7777)).toBe(true);
    expect(one.destination).toEqual(described);
    wait(WINDOW_MS);
    expect(one.accepts(stranger, 1)).toBe(false);
  });
});
