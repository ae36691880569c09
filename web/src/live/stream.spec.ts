import { afterEach, describe, expect, it } from 'vitest';
import { EventParser, EventStream, type LiveEvent, type LiveStatus } from '#app/live/stream.ts';

describe('event parser', () => {
  it('reads events cut anywhere', () => {
    const text = 'id: 7\nevent: balance.changed\ndata: {"balance":"1.00"}\n\n: ping\n\ndata: a\ndata: b\n\n';
    for (let cut = 1; cut < text.length; cut += 1) {
      const parser = new EventParser();
      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
      expect(events).toEqual([
        { id: '7', topic: 'balance.changed', data: { balance: '1.00' } },
        { id: '7', topic: 'message', data: 'a\nb' },
      ]);
    }
  });
});

describe('event stream', () => {
  let stream: EventStream | undefined;
  afterEach(() => stream?.stop());

  it('comes back after a break and asks for what it missed', async () => {
    const asked: (string | null)[] = [];
    const events: LiveEvent[] = [];
    const states: LiveStatus[] = [];
    const answers = [
      () => new Response('id: 41\nevent: x\ndata: 1\n\n'),
      () => new Response('starting', { status: 503 }),
      () => new Response('id: 42\nevent: x\ndata: 2\n\n'),
    ];
    await new Promise<void>((resolve) => {
      stream = new EventStream({
        url: 'http://test/events',
        waitMs: [1, 2],
        onEvent: (event) => events.push(event) === 2 && resolve(),
        onStatus: (status) => states.push(status),
        fetch: (_url, init) => {
          asked.push(new Headers(init?.headers).get('last-event-id'));
          return Promise.resolve(answers[asked.length - 1]?.() ?? new Response(new ReadableStream()));
        },
      });
      stream.start();
    });
    expect(events.map((event) => event.data)).toEqual([1, 2]);
    expect(asked.slice(0, 3)).toEqual([null, '41', '41']);
    expect(states.slice(0, 4)).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  it('stops at a refusal: the session is over', async () => {
    let calls = 0;
    await new Promise<void>((resolve) => {
      stream = new EventStream({
        url: 'http://test/events',
        waitMs: [1, 2],
        onEvent: () => undefined,
        onStatus: (status) => status === 'refused' && resolve(),
        fetch: () => {
          calls += 1;
          return Promise.resolve(new Response('', { status: 401 }));
        },
      });
      stream.start();
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
  });
});
