/**
 * One server-sent event stream, read by fetch instead of EventSource: EventSource hides the status (an expired session looks like a
 * broken line) and forgets the last event id when it is made anew.
 */

export type LiveStatus = 'off' | 'connecting' | 'live' | 'reconnecting' | 'refused';

export interface LiveEvent {
  id: string;
  topic: string;
  data: unknown;
}

export interface StreamOptions {
  url: string;
  onEvent: (event: LiveEvent) => void;
  onStatus: (status: LiveStatus) => void;
  fetch?: typeof fetch;
  /** The server sends a comment each 15 s; after this silence the line counts as dead. */
  silenceMs?: number;
  /** First and longest wait before the next try. */
  waitMs?: readonly [number, number];
}

/** Cuts a stream of text into events (WHATWG HTML, server-sent events). */
export class EventParser {
  #rest = '';
  #id = '';
  #topic = '';
  #data: string[] = [];

  push(text: string): LiveEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): LiveEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#topic = value;
    else if (name === 'id') this.#id = value;
    return undefined;
  }

  #dispatch(): LiveEvent | undefined {
    const [topic, lines] = [this.#topic || 'message', this.#data];
    this.#topic = '';
    this.#data = [];
    if (lines.length === 0) return undefined;
    return { id: this.#id, topic, data: parse(lines.join('\n')) };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export class EventStream {
  readonly #options: StreamOptions;
  #lastId = '';
  #attempt = 0;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  status: LiveStatus = 'off';

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Begins anew; what was missed before is not asked for. */
  start(): void {
    this.stop();
    this.#lastId = '';
    this.#attempt = 0;
    this.#set('connecting');
    void this.#connect();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = undefined;
    this.#set('off');
  }

  /** Tries at once, when the line is known to be back. */
  hurry(): void {
    if (this.status !== 'reconnecting') return;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    void this.#connect();
  }

  #set(status: LiveStatus): void {
    if (this.status === status) return;
    this.status = status;
    this.#options.onStatus(status);
  }

  async #connect(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => abort.abort(), this.#options.silenceMs ?? 40_000);
    };
    heard();
    try {
      const response = await (this.#options.fetch ?? fetch)(this.#options.url, {
        headers: { accept: 'text/event-stream', ...(this.#lastId ? { 'last-event-id': this.#lastId } : {}) },
        signal: abort.signal,
        cache: 'no-store',
      });
      if (response.status === 401 || response.status === 403) {
        if (this.#abort === abort) this.#set('refused');
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      this.#attempt = 0;
      this.#set('live');
      await this.#read(response.body, heard);
    } catch {
      // A broken line, a restart or our own abort: all lead to the next try below.
    } finally {
      clearTimeout(silence);
    }
    if (this.#abort !== abort) return;
    this.#later();
  }

  async #read(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        if (event.id) this.#lastId = event.id;
        this.#options.onEvent(event);
      }
    }
  }

  #later(): void {
    const [first, longest] = this.#options.waitMs ?? [500, 8000];
    const wait = Math.min(longest, first * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#set('reconnecting');
    this.#timer = setTimeout(() => void this.#connect(), wait * (0.75 + Math.random() / 2));
  }
}
