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
  | 'alarms.changed'
  | 'bans.changed'
  | 'certificates.changed'
  | 'cdr.created'
  | 'signup.changed'
  | 'job.changed'
  | 'stats.sample'
  | 'import.progress'
  | 'backup.progress'
  | 'conference.changed'
  | 'voicemail.changed'
  | 'recordings.changed';

export interface Listener {
  viewer: Viewer;
  /** Who it is, for limits: `admin:anna`, `subscriber:1001`. */
  owner: string;
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

/** All administrators share a room; each subscriber has his own. */
type RoomKey = 'admin' | number;

interface Room {
  readonly listeners: Set<Listener>;
  /** When the last listener left; epoch ms. */
  leftAt: number;
}

const windowMs = 500;
/** News for people who went away are kept for their return so long. */
const replayMs = 120_000;
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
  readonly #rooms = new Map<RoomKey, Room>();
  readonly #coalescer = new Coalescer<News>(windowMs, (news) => this.#emit(news));
  #ping: NodeJS.Timeout | undefined;
  #windowEnds = 0;
  #singles = new Map<Topic, number>();

  /**
   * Tells everybody of the audience. An event for a subscriber also reaches administrators. Repetitions are coalesced by topic, audience
   * and the data's own `id` (or `callId`, `jobId`, `name`), if it has one; a crowd of different ones becomes `{ many: true }` for the
   * administrators, while each subscriber still gets his own. What nobody listens to, nor did a short while ago, is not even looked at.
   */
  publish(topic: Topic, data: unknown, audience: Audience = 'admin'): void {
    const now = Date.now();
    const forAdmins = this.#isWatched('admin', now);
    const subscriberId = audience === 'admin' || !this.#isWatched(audience.subscriberId, now) ? undefined : audience.subscriberId;
    if (!forAdmins && subscriberId === undefined) return;
    if (forAdmins && !this.#crowded(topic, now)) {
      this.#coalescer.push(`${topic}|${keyOf(audience)}|${identity(data)}`, { topic, data, audience });
      return;
    }
    if (forAdmins) this.#coalescer.push(`${topic}|many`, { topic, data: { many: true }, audience: 'admin' });
    if (subscriberId === undefined) return;
    this.#coalescer.push(`${topic}|${subscriberId}|${identity(data)}`, { topic, data, audience: { subscriberId, quiet: true } });
  }

  /** Starts a stream. With `lastId` what was missed comes first; when that cannot be told, `resync` says: fetch everything again. */
  listen(listener: Listener, lastId?: string): () => void {
    const key = keyOf(listener.viewer.role === 'admin' ? 'admin' : listener.viewer);
    const missed = lastId === undefined ? [] : this.#isWatched(key, Date.now()) ? this.#buffer.since(lastId) : undefined;
    listener.send(`retry: 2000\n${encodeFrame(this.#buffer.lastId, missed ? 'hello' : 'resync', {})}`);
    for (const event of missed ?? []) if (mayView(listener.viewer, event.audience)) listener.send(event.frame);
    const room = this.#rooms.get(key);
    if (room) room.listeners.add(listener);
    else this.#rooms.set(key, { listeners: new Set([listener]), leftAt: 0 });
    this.#ping ??= setInterval(() => this.#pingAll(), pingMs).unref();
    return () => this.#forget(listener);
  }

  get listeners(): number {
    let count = 0;
    for (const room of this.#rooms.values()) count += room.listeners.size;
    return count;
  }

  /** How many streams one person has open. */
  countFor(owner: string): number {
    let count = 0;
    for (const listener of this.#all()) if (listener.owner === owner) count++;
    return count;
  }

  /** Before the web server closes: it waits for every open answer, and these never end by themselves. */
  beforeApplicationShutdown(): void {
    this.#coalescer.stop();
    clearInterval(this.#ping);
    for (const listener of this.#all()) listener.close();
    this.#rooms.clear();
  }

  #emit(news: News): void {
    const event = this.#buffer.add(news.topic, news.data, news.audience);
    if (news.audience !== 'admin') this.#deliver(news.audience.subscriberId, event);
    if (news.audience === 'admin' || !news.audience.quiet) this.#deliver('admin', event);
  }

  #deliver(key: RoomKey, event: LiveEvent): void {
    for (const listener of this.#rooms.get(key)?.listeners ?? []) if (!listener.send(event.frame)) this.#forget(listener);
  }

  /** Somebody listens, or did so recently and may come back for what he missed. */
  #isWatched(key: RoomKey, now: number): boolean {
    const room = this.#rooms.get(key);
    return room !== undefined && (room.listeners.size > 0 || now - room.leftAt < replayMs);
  }

  /** Counts single news of a topic in this window, and says whether there are too many to pass on one by one. */
  #crowded(topic: Topic, now: number): boolean {
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + windowMs;
      this.#singles.clear();
    }
    const count = (this.#singles.get(topic) ?? 0) + 1;
    this.#singles.set(topic, count);
    return count > singlesPerWindow;
  }

  #all(): Listener[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.listeners]);
  }

  #forget(listener: Listener): void {
    const room = this.#rooms.get(keyOf(listener.viewer.role === 'admin' ? 'admin' : listener.viewer));
    if (!room?.listeners.delete(listener)) return;
    room.leftAt = Date.now();
    listener.close();
  }

  #pingAll(): void {
    const now = Date.now();
    for (const key of [...this.#rooms.keys()]) if (!this.#isWatched(key, now)) this.#rooms.delete(key);
    if (this.#rooms.size === 0) {
      clearInterval(this.#ping);
      this.#ping = undefined;
    }
    for (const listener of this.#all()) {
      if (listener.send(pingFrame)) void this.#check(listener);
      else this.#forget(listener);
    }
  }

  async #check(listener: Listener): Promise<void> {
    const allowed = await Promise.resolve(listener.stillAllowed?.() ?? true).catch(() => false);
    if (!allowed) this.#forget(listener);
  }
}

const keyOf = (audience: Audience): RoomKey => (audience === 'admin' ? 'admin' : audience.subscriberId);

function identity(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { id, callId, jobId, name } = data as Record<string, unknown>;
  return String(id ?? callId ?? jobId ?? name ?? '');
}
