/** Who may see an event: administrators only, or one subscriber (administrators see his events too, unless it is `quiet`). */
export type Audience = 'admin' | { subscriberId: number; quiet?: true };

/** Who listens to a stream. */
export type Viewer = { role: 'admin' } | { role: 'subscriber'; subscriberId: number };

export interface LiveEvent {
  readonly sequence: number;
  readonly topic: string;
  readonly audience: Audience;
  /** The event as it goes over the wire, encoded once for all listeners. */
  readonly frame: string;
}

/** One frame of the event stream format (HTML, section 9.2.5). `data` is JSON, which holds no bare line break. */
export function encodeFrame(id: string | undefined, topic: string, data: unknown): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${topic}\ndata: ${JSON.stringify(data ?? null)}\n\n`;
}

/** A comment: keeps proxies and the browser's idle timers awake, carries nothing. */
export const pingFrame = ': ping\n\n';

export function mayView(viewer: Viewer, audience: Audience): boolean {
  if (viewer.role === 'admin') return audience === 'admin' || !audience.quiet;
  return audience !== 'admin' && audience.subscriberId === viewer.subscriberId;
}

/**
 * The last events, for listeners that come back with a Last-Event-ID. Ids are `<epoch>-<sequence>`: the epoch names this run of the
 * server, so an id of an earlier run is known to be lost and answered by `resync`.
 */
export class ReplayBuffer {
  readonly #epoch: string;
  readonly #capacity: number;
  readonly #events: LiveEvent[] = [];
  #sequence = 0;

  constructor(epoch: string, capacity: number) {
    this.#epoch = epoch;
    this.#capacity = capacity;
  }

  /** The id a listener would have to name to miss nothing from here on. */
  get lastId(): string {
    return `${this.#epoch}-${this.#sequence}`;
  }

  add(topic: string, data: unknown, audience: Audience): LiveEvent {
    const sequence = ++this.#sequence;
    const event: LiveEvent = { sequence, topic, audience, frame: encodeFrame(`${this.#epoch}-${sequence}`, topic, data) };
    this.#events.push(event);
    // Cut in blocks: shifting a long array one by one at a thousand events a second is not free.
    if (this.#events.length > this.#capacity * 2) this.#events.splice(0, this.#events.length - this.#capacity);
    return event;
  }

  /** Everything after `lastId`, or undefined when that is not known any more (other run, or too long ago). */
  since(lastId: string): LiveEvent[] | undefined {
    const dash = lastId.lastIndexOf('-');
    const sequence = Number(lastId.slice(dash + 1));
    if (dash < 0 || lastId.slice(0, dash) !== this.#epoch || !Number.isSafeInteger(sequence)) return undefined;
    if (sequence > this.#sequence || sequence < 0) return undefined;
    const oldest = this.#events[0]?.sequence ?? this.#sequence + 1;
    if (sequence + 1 < oldest) return undefined;
    return this.#events.slice(sequence + 1 - oldest);
  }
}
