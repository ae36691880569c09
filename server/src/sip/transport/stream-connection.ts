import type { Socket } from 'node:net';
import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import { StreamFramer } from './stream-framer.ts';
import type { Endpoint, Flow, Protocol } from './types.ts';

export interface StreamLimits {
  /** Longest message. */
  maxMessageBytes: number;
  /** What a peer may leave unread before he is cut off. */
  maxUnsentBytes: number;
  /** Open connections in all, and with one address. */
  maxConnections: number;
  maxPerAddress: number;
  /** Milliseconds to connect; for a message to become whole; for a new connection to bring its first one; of silence; to drain. */
  connectMs: number;
  messageMs: number;
  firstMessageMs: number;
  idleMs: number;
  drainMs: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  maxMessageBytes: 65_536,
  maxUnsentBytes: 1_048_576,
  maxConnections: 4_096,
  maxPerAddress: 512,
  connectMs: 10_000,
  messageMs: 10_000,
  firstMessageMs: 30_000,
  // A phone that keeps its connection open sends at least its next REGISTER within the hour.
  idleMs: 3_700_000,
  drainMs: 3_000,
};

export interface ConnectionSink {
  onMessage(message: SipRequest | SipResponse, connection: StreamConnection): void;
  onBadRequest(request: SipRequest, status: 400 | 505 | 413 | 513, reason: string, connection: StreamConnection): void;
  onPing(): void;
  onGarbage(): void;
  onSent(error: Error | null): void;
  onClose(connection: StreamConnection): void;
}

export interface ConnectionOptions {
  id: string;
  protocol: Protocol;
  remote: Endpoint;
  local: Endpoint;
  limits: StreamLimits;
  sink: ConnectionSink;
  now: () => number;
  /** The event after which the socket may be written to (a TLS handshake of ours); undefined: at once. */
  readyOn?: 'secureConnect';
  /** Puts the fault of the socket in words. */
  explain?: (error: Error) => Error;
}

const PONG = Buffer.from('\r\n');

interface Queued {
  bytes: Buffer;
  done: (error?: Error | null) => void;
}

/** One TCP connection that carries SIP, opened by either side. */
export class StreamConnection implements Flow {
  readonly id: string;
  readonly protocol: Protocol;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  private readonly socket: Socket;
  private readonly limits: StreamLimits;
  private readonly sink: ConnectionSink;
  private readonly now: () => number;
  private readonly framer: StreamFramer;
  private readonly openedAt: number;
  private lastInputAt: number;
  /** When the message now being received began. */
  private partialSince: number | undefined;
  private hadMessage = false;
  private endingSince: number | undefined;
  /** What waits for the handshake; undefined once it is over. */
  private waiting: Queued[] | undefined;
  private fault: Error | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.id = options.id;
    this.protocol = options.protocol;
    this.remote = options.remote;
    this.local = options.local;
    this.limits = options.limits;
    this.sink = options.sink;
    this.now = options.now;
    this.openedAt = this.lastInputAt = options.now();
    this.framer = new StreamFramer(options.limits.maxMessageBytes, {
      onMessage: (message) => {
        this.hadMessage = true;
        this.partialSince = undefined;
        this.sink.onMessage(message, this);
      },
      onBadRequest: (request, status, reason) => this.sink.onBadRequest(request, status, reason, this),
      onPing: () => {
        this.sink.onPing();
        if (this.alive) this.socket.write(PONG);
      },
      onBroken: (garbage) => {
        if (garbage) this.sink.onGarbage();
        this.end();
      },
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk) => this.receive(chunk));
    // 'close' follows every error; the error itself reaches those who were sending through their callbacks.
    socket.on('error', (error) => {
      this.fault ??= options.explain?.(error) ?? error;
    });
    socket.on('close', () => {
      this.failWaiting();
      this.sink.onClose(this);
    });
    if (options.readyOn === undefined) return;
    this.waiting = [];
    socket.once(options.readyOn, () => {
      const ready = this.waiting ?? [];
      this.waiting = undefined;
      for (const { bytes, done } of ready) this.socket.write(bytes, done);
    });
  }

  get alive(): boolean {
    return this.endingSince === undefined && this.socket.writable;
  }

  send(bytes: Buffer, onError?: (error: Error) => void): void {
    const done = (error?: Error | null) => {
      this.sink.onSent(error ?? null);
      if (error) onError?.(error);
    };
    if (!this.alive) {
      process.nextTick(done, new Error('the connection is closed'));
      return;
    }
    if (this.unsentBytes + bytes.length > this.limits.maxUnsentBytes) {
      this.socket.destroy();
      process.nextTick(done, new Error('the peer does not read'));
      return;
    }
    if (this.waiting) this.waiting.push({ bytes, done });
    else this.socket.write(bytes, done);
  }

  /** Closes when one of the time limits has passed; called every second or so. */
  checkTime(now: number): void {
    const limits = this.limits;
    if (this.endingSince !== undefined) {
      if (now - this.endingSince > limits.drainMs) this.socket.destroy();
    } else if (this.socket.connecting || this.waiting) {
      if (now - this.openedAt > limits.connectMs) this.socket.destroy(new Error('no connection in time'));
    } else if (
      (this.partialSince !== undefined && now - this.partialSince > limits.messageMs) ||
      (!this.hadMessage && now - this.openedAt > limits.firstMessageMs) ||
      now - this.lastInputAt > limits.idleMs
    ) {
      this.end();
    }
  }

  /** Sends what is queued, then closes; what still comes in is thrown away. */
  end(): void {
    if (this.endingSince !== undefined) return;
    this.endingSince = this.now();
    // After the answers to what was read just now, which are written in this same turn.
    setImmediate(() => this.socket.end());
  }

  destroy(): void {
    this.endingSince ??= this.now();
    this.socket.destroy();
  }

  private get unsentBytes(): number {
    return this.socket.writableLength + (this.waiting ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  private failWaiting(): void {
    const failed = this.waiting ?? [];
    this.waiting = undefined;
    for (const { done } of failed) done(this.fault ?? new Error('the connection is closed'));
  }

  private receive(chunk: Buffer): void {
    if (this.endingSince !== undefined) return;
    this.lastInputAt = this.now();
    this.framer.push(chunk);
    if (this.framer.incomplete) this.partialSince ??= this.lastInputAt;
    else this.partialSince = undefined;
  }
}
