import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Viewer } from './event-stream.ts';
import { EventsService } from './events.service.ts';

interface Recorder {
  frames: string[];
  closed: boolean;
  stop: () => void;
  topics(): string[];
}

function attach(events: EventsService, viewer: Viewer, lastId?: string, over: { allowed?: () => boolean; slow?: boolean } = {}): Recorder {
  const recorder: Recorder = {
    frames: [],
    closed: false,
    stop: () => undefined,
    topics: () => recorder.frames.flatMap((frame) => /event: (.*)/.exec(frame)?.[1] ?? []),
  };
  recorder.stop = events.listen(
    {
      viewer,
      owner: viewer.role,
      send: (frame) => {
        recorder.frames.push(frame);
        return !over.slow;
      },
      stillAllowed: over.allowed ?? (() => true),
      close: () => {
        recorder.closed = true;
      },
    },
    lastId,
  );
  return recorder;
}

const idOf = (frame: string | undefined): string => /id: (.*)/.exec(frame ?? '')?.[1] ?? '';
const dataOf = (frame: string | undefined): unknown => JSON.parse(/data: (.*)/.exec(frame ?? '')?.[1] ?? 'null');

describe('EventsService', () => {
  let events: EventsService;
  beforeEach(() => {
    vi.useFakeTimers();
    events = new EventsService();
  });
  afterEach(() => {
    events.beforeApplicationShutdown();
    vi.useRealTimers();
  });

  it('sends an event at once to those who may see it, and to nobody else', () => {
    const admin = attach(events, { role: 'admin' });
    const alice = attach(events, { role: 'subscriber', subscriberId: 1 });
    const bob = attach(events, { role: 'subscriber', subscriberId: 2 });
    events.publish('balance.changed', { subscriberId: 1, balance: '5.00' }, { subscriberId: 1 });
    events.publish('gateways.changed', { id: 7 });
    expect(admin.topics()).toEqual(['hello', 'balance.changed', 'gateways.changed']);
    expect(alice.topics()).toEqual(['hello', 'balance.changed']);
    expect(bob.topics()).toEqual(['hello']);
    expect(dataOf(alice.frames[1])).toEqual({ subscriberId: 1, balance: '5.00' });
  });

  it('replays what was missed after Last-Event-ID, only what the listener may see', () => {
    const first = attach(events, { role: 'subscriber', subscriberId: 1 });
    events.publish('balance.changed', { balance: '1.00' }, { subscriberId: 1 });
    const lastId = idOf(first.frames.at(-1));
    first.stop();
    vi.advanceTimersByTime(1_000);
    events.publish('balance.changed', { balance: '9.00' }, { subscriberId: 2 });
    events.publish('balance.changed', { balance: '2.00' }, { subscriberId: 1 });
    const again = attach(events, { role: 'subscriber', subscriberId: 1 }, lastId);
    expect(again.topics()).toEqual(['hello', 'balance.changed']);
    expect(dataOf(again.frames[1])).toEqual({ balance: '2.00' });
  });

  it('says resync for an id of another run, one too old, and one that is nonsense', () => {
    attach(events, { role: 'admin' });
    for (let i = 0; i < 5_000; i++) {
      events.publish('cdr.created', { id: i });
      if (i % 20 === 19) vi.advanceTimersByTime(1_100);
    }
    const current = attach(events, { role: 'admin' });
    const epoch = idOf(current.frames[0]).split('-')[0];
    for (const id of ['ffffffffffff-3', `${epoch}-1`, `${epoch}-99999999`, 'x', '']) {
      expect(attach(events, { role: 'admin' }, id).topics()).toEqual(['resync']);
    }
  });

  it('coalesces the same news: the first at once, then the newest when half a second is over', () => {
    const admin = attach(events, { role: 'admin' });
    for (let i = 0; i < 10; i++) events.publish('calls.changed', { active: i });
    expect(admin.topics()).toEqual(['hello', 'calls.changed']);
    vi.advanceTimersByTime(700);
    expect(admin.topics()).toEqual(['hello', 'calls.changed', 'calls.changed']);
    expect(dataOf(admin.frames.at(-1))).toEqual({ active: 9 });
    vi.advanceTimersByTime(10_000);
    expect(admin.topics()).toHaveLength(3);
  });

  it('keeps administrators above a flood of 1,000 news a second, and each subscriber informed of his own', () => {
    const admin = attach(events, { role: 'admin' });
    const last = attach(events, { role: 'subscriber', subscriberId: 999 });
    for (let i = 0; i < 1_000; i++) {
      events.publish('balance.changed', { subscriberId: i }, { subscriberId: i });
      events.publish('cdr.created', { id: i });
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(1_000);
    expect(admin.frames.length).toBeLessThan(140);
    expect(admin.frames.filter((frame) => frame.includes('"many":true')).length).toBeGreaterThanOrEqual(2);
    expect(last.topics()).toEqual(['hello', 'balance.changed']);
  });

  it('keeps what is missed for two minutes; whoever stays away longer fetches everything again', () => {
    const viewer: Viewer = { role: 'subscriber', subscriberId: 1 };
    const first = attach(events, viewer);
    events.publish('balance.changed', { balance: '1.00' }, { subscriberId: 1 });
    const lastId = idOf(first.frames.at(-1));
    first.stop();
    vi.advanceTimersByTime(100_000);
    events.publish('balance.changed', { balance: '2.00' }, { subscriberId: 1 });
    const soon = attach(events, viewer, lastId);
    expect(soon.topics()).toEqual(['hello', 'balance.changed']);
    soon.stop();
    vi.advanceTimersByTime(125_000);
    events.publish('balance.changed', { balance: '3.00' }, { subscriberId: 1 });
    expect(attach(events, viewer, lastId).topics()).toEqual(['resync']);
  });

  it('pings each 15 s and drops listeners that are slow or whose session has ended', async () => {
    let allowed = true;
    const good = attach(events, { role: 'admin' });
    const ended = attach(events, { role: 'admin' }, undefined, { allowed: () => allowed });
    const slow = attach(events, { role: 'admin' }, undefined, { slow: true });
    expect(events.listeners).toBe(3);
    allowed = false;
    await vi.advanceTimersByTimeAsync(15_001);
    expect(good.frames.at(-1)).toBe(': ping\n\n');
    expect([good.closed, ended.closed, slow.closed]).toEqual([false, true, true]);
    expect(events.listeners).toBe(1);
  });
});
