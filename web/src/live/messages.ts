import type { LiveEvent, LiveStatus } from '#app/live/stream.ts';

/** From a tab to the shared worker. `who` names the session: another one begins the stream anew. */
export type ToWorker = { type: 'start'; who: string; restart: boolean } | { type: 'stop' } | { type: 'bye' } | { type: 'hurry' };

export type FromWorker = { type: 'event'; event: LiveEvent } | { type: 'status'; status: LiveStatus };
