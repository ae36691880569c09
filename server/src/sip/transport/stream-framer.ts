import { attachBody, parseHead } from '../message/parse.ts';
import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';

const CR = 0x0d;
const LF = 0x0a;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);

export interface FramerSink {
  onMessage(message: SipRequest | SipResponse): void;
  /** A request that can be answered. After 513, or when its end cannot be told, onBroken follows. */
  onBadRequest(request: SipRequest, status: 400 | 505 | 413 | 513, reason: string): void;
  /** A double CRLF between messages, or a row of them: to be answered with one CRLF (RFC 5626 section 4.4.1). */
  onPing(): void;
  /** What comes next cannot be read: close. `garbage` when nothing before could be answered. */
  onBroken(garbage: boolean): void;
}

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 section 18.3). Holds at most one message and what came with it in
 * one piece; a message longer than `maxBytes` breaks the stream.
 */
export class StreamFramer {
  private readonly maxBytes: number;
  private readonly sink: FramerSink;
  /** Octets held back: `held` of `store`. It grows by doubling, so that a peer who sends octet by octet costs little. */
  private store = EMPTY;
  private held = 0;
  /** Up to here no end of head was found. */
  private searched = 0;
  /** Head already parsed, waiting for its body. */
  private head: { message: SipRequest | SipResponse; bodyStart: number; end: number } | undefined;
  private blankLines = 0;
  private broken = false;

  constructor(maxBytes: number, sink: FramerSink) {
    this.maxBytes = maxBytes;
    this.sink = sink;
  }

  /** True while part of a message is waiting for the rest. */
  get incomplete(): boolean {
    return this.held > 0;
  }

  push(chunk: Buffer): void {
    if (this.broken) return;
    let input = chunk;
    if (this.held > 0) {
      this.hold(chunk);
      if (!this.ready()) return;
      // Messages keep slices of what they are cut from, so the store is given away, not used again.
      input = this.store.subarray(0, this.held);
      this.store = EMPTY;
      this.held = 0;
    }
    const rest = this.cut(input);
    if (!this.broken && rest < input.length) this.hold(rest === 0 ? input : input.subarray(rest));
  }

  /** Cheap look whether a message can be complete, before anything is copied. */
  private ready(): boolean {
    if (this.head) return this.held >= this.head.end;
    if (this.store[0] === CR && (this.held === 1 || this.store[1] === LF)) return this.held > 1;
    if (this.held > this.maxBytes) return true;
    const found = this.store.subarray(0, this.held).indexOf(END_OF_HEAD, Math.max(0, this.searched - 3));
    this.searched = this.held;
    return found >= 0;
  }

  /** Delivers every whole message; returns where the rest begins. */
  private cut(input: Buffer): number {
    let start = 0;
    while (!this.broken && start < input.length) {
      if (!this.head) {
        const afterBlank = this.skipBlankLines(input, start);
        if (afterBlank !== start) {
          start = afterBlank;
          continue;
        }
        if (input[start] === CR && start + 1 === input.length) return start;
        const headEnd = input.indexOf(END_OF_HEAD, start);
        if (headEnd < 0) {
          if (input.length - start > this.maxBytes) this.fail(true);
          return start;
        }
        this.readHead(input, start, headEnd);
        continue;
      }
      const end = start + this.head.end;
      if (input.length < end) return start;
      const { message, bodyStart } = this.head;
      this.head = undefined;
      this.sink.onMessage(attachBody(message, input.subarray(start, end), bodyStart));
      start = end;
    }
    return start;
  }

  private readHead(input: Buffer, start: number, headEnd: number): void {
    const bodyStart = headEnd + 4 - start;
    const result = parseHead(input.toString('latin1', start, headEnd));
    if (!result.ok) {
      // After a head that was not understood it is unsafe to guess where the next message begins.
      const request = result.kind === 'bad-request' ? result.message : undefined;
      if (result.kind === 'bad-request' && request) this.sink.onBadRequest(request, result.status, result.reason);
      this.fail(request === undefined);
      return;
    }
    const message = result.message;
    // Content-Length is mandatory on streams; a message without it and without a body is common and harmless.
    const end = bodyStart + (message.contentLength ?? 0);
    if (end > this.maxBytes) {
      if (message.kind === 'request') this.sink.onBadRequest(message, 513, 'Message Too Large');
      this.fail(message.kind === 'response');
      return;
    }
    this.head = { message, bodyStart, end };
  }

  private skipBlankLines(input: Buffer, start: number): number {
    let i = start;
    let pinged = false;
    while (input[i] === CR && input[i + 1] === LF) {
      i += 2;
      this.blankLines++;
      if (this.blankLines === 2) {
        this.blankLines = 0;
        pinged = true;
      }
    }
    if (pinged) this.sink.onPing();
    if (i < input.length && input[i] !== CR) this.blankLines = 0;
    return i;
  }

  private hold(bytes: Buffer): void {
    const needed = this.held + bytes.length;
    if (needed > this.store.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.store.length * 2, 1024));
      this.store.copy(larger, 0, 0, this.held);
      this.store = larger;
    }
    bytes.copy(this.store, this.held);
    if (this.held === 0) this.searched = 0;
    this.held = needed;
  }

  private fail(garbage: boolean): void {
    this.broken = true;
    this.head = undefined;
    this.held = 0;
    this.store = EMPTY;
    this.sink.onBroken(garbage);
  }
}
