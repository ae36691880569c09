import { randomBytes } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Coalescer } from './coalescer.ts';
import { type Audience, encodeFrame, type LiveEvent, mayView, pingFrame, ReplayBuffer, type Viewer } from './event-stream.ts';

export type { Audience, Viewer } from './event-stream.ts';

/** Topics of the stream. The data of each says enough to know what to fetch again; lists are fetched, not streamed. */
export type Topic =
  | 'calls.changed'
  | 'registrations.changed'
  | 'balance.changed'
  | 'subscribers.changed'
  | 'gateways.changed'
  | 'cdr.created'
  | 'signup.changed'
  | 'job.changed'
  | 'stats.sample'
  | 'import.progress';

export interface Listener {
  viewer: Viewer;
  /** Gets encoded frames; returns false when the listener is too slow and was dropped. */
  send(frame: string): boolean;
  /** Asked at each ping: a session that ended must not go on listening. */
  stillAllowed?(): boolean | Promise<boolean>;
  close(): void;
}

interface News {
  topic: Topic;
  data: unknown;
  audience: Audience;
}

const windowMs = 500;
const pingMs = 15_000;
const replayCapacity = 2_000;
/** News of a topic that administrators get one by one in each window; beyond it they get one `{ many: true }`: fetch the list again. */
const singlesPerWindow = 20;

/**
 * The live news of the house. `publish` is cheap and never waits: the same news repeated within half a second is sent once, with the
 * newest data, so that a thousand calls a second make two `calls.changed` a second.
 */
@Injectable()
export class EventsService implements BeforeApplicationShutdown {
  readonly #buffer = new ReplayBuffer(randomBytes(6).toString('hex'), replayCapacity);
  readonly #listeners = new Set<Listener>();
  readonly #coalescer = new Coalescer<News>(windowMs, (news) => this.#emit(news));
  #ping: NodeJS.Timeout | undefined;
  #windowEnds = 0;
  #singles = new Map<Topic, number>();

  /**
   * Tells everybody of the audience. An event for a subscriber also reaches administrators. Repetitions are coalesced by topic, audience
   * and the data's own `id` (or `callId`, `jobId`, `name`), if it has one; a crowd of different ones becomes `{ many: true }` for the
   * administrators, while each subscriber still gets his own.
   */
  publish(topic: Topic, data: unknown, audience: Audience = 'admin'): void {
    if (!this.#crowded(topic)) {
      const who = audience === 'admin' ? 'admin' : String(audience.subscriberId);
      this.#coalescer.push(`${topic}|${who}|${identity(data)}`, { topic, data, audience });
      return;
    }
    this.#coalescer.push(`${topic}|many`, { topic, data: { many: true }, audience: 'admin' });
    if (audience === 'admin') return;
    const quiet: Audience = { subscriberId: audience.subscriberId, quiet: true };
    this.#coalescer.push(`${topic}|${audience.subscriberId}|${identity(data)}`, { topic, data, audience: quiet });
  }

  /** Starts a stream. With `lastId` what was missed comes first; when that cannot be told, `resync` says: fetch everything again. */
  listen(listener: Listener, lastId?: string): () => void {
    const missed = lastId === undefined ? [] : this.#buffer.since(lastId);
    listener.send(`retry: 2000\n${encodeFrame(this.#buffer.lastId, missed ? 'hello' : 'resync', {})}`);
    for (const event of missed ?? []) if (mayView(listener.viewer, event.audience)) listener.send(event.frame);
    this.#listeners.add(listener);
    this.#ping ??= setInterval(() => this.#pingAll(), pingMs).unref();
    return () => this.#forget(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** How many streams one person has open. */
  countFor(viewer: Viewer): number {
    let count = 0;
    for (const { viewer: other } of this.#listeners) if (sameViewer(viewer, other)) count++;
    return count;
  }

  /** Before the web server closes: it waits for every open answer, and these never end by themselves. */
  beforeApplicationShutdown(): void {
    this.#coalescer.stop();
    clearInterval(this.#ping);
    for (const listener of [...this.#listeners]) listener.close();
    this.#listeners.clear();
  }

  #emit(news: News): void {
    const event = this.#buffer.add(news.topic, news.data, news.audience);
    for (const listener of this.#listeners) this.#deliver(listener, event);
  }

  #deliver(listener: Listener, event: LiveEvent): void {
    if (mayView(listener.viewer, event.audience) && !listener.send(event.frame)) this.#forget(listener);
  }

  /** Counts single news of a topic in this window, and says whether there are too many to pass on one by one. */
  #crowded(topic: Topic): boolean {
    const now = Date.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + windowMs;
      this.#singles.clear();
    }
    const count = (this.#singles.get(topic) ?? 0) + 1;
    this.#singles.set(topic, count);
    return count > singlesPerWindow;
  }

  #forget(listener: Listener): void {
    if (!this.#listeners.delete(listener)) return;
    listener.close();
    if (this.#listeners.size > 0) return;
    clearInterval(this.#ping);
    this.#ping = undefined;
  }

  #pingAll(): void {
    for (const listener of [...this.#listeners]) {
      if (!listener.send(pingFrame)) {
        this.#forget(listener);
        continue;
      }
      void Promise.resolve(listener.stillAllowed?.() ?? true)
        .catch(() => false)
        .then((allowed) => {
          if (!allowed) this.#forget(listener);
        });
    }
  }
}

function identity(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { id, callId, jobId, name } = data as Record<string, unknown>;
  return String(id ?? callId ?? jobId ?? name ?? '');
}

function sameViewer(a: Viewer, b: Viewer): boolean {
  if (a.role === 'admin' || b.role === 'admin') return a.role === b.role;
  return a.subscriberId === b.subscriberId;
}
