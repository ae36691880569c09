import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CacheUpdater } from '#app/live/cache.ts';

const event = (topic: string) => ({ id: '1', topic, data: null });

describe('what events make old', () => {
  const client = new QueryClient();
  const isOld = (path: string) => client.getQueryState(['get', path, {}])?.isInvalidated;
  const paths = ['/api/v1/subscribers', '/api/v1/subscribers/{id}', '/api/v1/subscribers/{id}/ledger', '/api/v1/calls', '/api/v1/settings'];

  beforeEach(() => {
    vi.useFakeTimers();
    for (const path of paths) client.setQueryData(['get', path, {}], {});
  });
  afterEach(() => {
    vi.useRealTimers();
    client.clear();
  });

  it('a changed balance: lists, page and ledger of subscribers, nothing else', () => {
    new CacheUpdater(client).handle(event('balance.changed'));
    vi.advanceTimersByTime(1000);
    expect(paths.map(isOld)).toEqual([true, true, true, false, false]);
  });

  it('a crowd of events fetches once a window', () => {
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    const updater = new CacheUpdater(client, 800);
    for (let count = 0; count < 50; count += 1) updater.handle(event('cdr.created'));
    vi.advanceTimersByTime(10);
    expect(invalidate).toHaveBeenCalledTimes(1);
    updater.handle(event('cdr.created'));
    vi.advanceTimersByTime(100);
    expect(invalidate).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(800);
    expect(invalidate).toHaveBeenCalledTimes(2);
    invalidate.mockRestore();
  });

  it('after missed events everything on screen is old', () => {
    new CacheUpdater(client).handle(event('resync'));
    expect(paths.every(isOld)).toBe(true);
  });

  it('a topic it does not know changes nothing', () => {
    new CacheUpdater(client).handle(event('weather.changed'));
    vi.advanceTimersByTime(5000);
    expect(paths.some(isOld)).toBe(false);
  });
});
