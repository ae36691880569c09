import { useSyncExternalStore } from 'react';
import type { FromWorker, ToWorker } from '#app/live/messages.ts';
import { EventStream, type LiveEvent, type LiveStatus } from '#app/live/stream.ts';

/** What a tab sees of the live stream: through the shared worker, or, where a browser has none, a stream of its own. */

let status: LiveStatus = 'off';
let post: ((message: ToWorker) => void) | undefined;
const statusListeners = new Set<() => void>();
const eventListeners = new Set<(event: LiveEvent) => void>();

function receive(message: FromWorker): void {
  if (message.type === 'event') for (const listener of eventListeners) listener(message.event);
  else {
    status = message.status;
    for (const listener of statusListeners) listener();
  }
}

function ownStream(): (message: ToWorker) => void {
  const stream = new EventStream({
    url: '/api/v1/events',
    onEvent: (event) => receive({ type: 'event', event }),
    onStatus: (next) => receive({ type: 'status', status: next }),
  });
  return (message) => {
    if (message.type === 'start') stream.start();
    else if (message.type === 'hurry') stream.hurry();
    else stream.stop();
  };
}

function connect(): (message: ToWorker) => void {
  if (typeof SharedWorker === 'undefined') return ownStream();
  try {
    const worker = new SharedWorker(new URL('./events.worker.ts', import.meta.url), { type: 'module', name: 'dialtone-events' });
    worker.port.onmessage = (message: MessageEvent<FromWorker>) => receive(message.data);
    worker.port.start();
    return (message) => worker.port.postMessage(message);
  } catch {
    return ownStream();
  }
}

/** Listens for `who`; `restart` after a new login, so that the stream runs under the new session. */
export function startLive(who: string, restart = false): void {
  if (!post) {
    post = connect();
    addEventListener('pagehide', () => post?.({ type: 'bye' }));
    // A page that comes back from the browser's back/forward store said good-bye before.
    addEventListener('pageshow', (event: PageTransitionEvent) => event.persisted && post?.({ type: 'start', who, restart: false }));
    addEventListener('online', () => post?.({ type: 'hurry' }));
  }
  post({ type: 'start', who, restart });
}

export const stopLive = (): void => post?.({ type: 'stop' });

export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

export function onLiveStatus(listener: (status: LiveStatus) => void): () => void {
  const tell = () => listener(status);
  statusListeners.add(tell);
  return () => statusListeners.delete(tell);
}

export const useLiveStatus = (): LiveStatus =>
  useSyncExternalStore(
    (listener) => {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    () => status,
  );
