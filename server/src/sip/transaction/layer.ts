import { createResponse, type SipRequest, type SipResponse, SipSyntaxError } from '../message/index.ts';
import { token } from '../token.ts';
import type { Target } from '../transport/types.ts';
import { InviteClientTransaction } from './client-invite.ts';
import { NonInviteClientTransaction } from './client-non-invite.ts';
import type { Clock } from './clock.ts';
import { Expiry } from './expiry.ts';
import { clientKey, MAGIC_COOKIE, mergeKey, serverKey } from './keys.ts';
import { InviteServerTransaction } from './server-invite.ts';
import { NonInviteServerTransaction } from './server-non-invite.ts';
import { type LayerStats, newStats } from './stats.ts';
import { DEFAULT_TIMERS, type SipTimers } from './timers.ts';
import type {
  Cancelled,
  ClientHost,
  ClientTransaction,
  ClientUser,
  RequestSink,
  ResponseSink,
  ServerHost,
  ServerTransaction,
  TransportPort,
} from './types.ts';

export interface TransactionLayerOptions {
  transport: TransportPort;
  clock: Clock;
  timers?: Partial<SipTimers>;
  /** A fault in the transaction user's code; the request concerned is answered with 500. */
  onFault?: (error: unknown) => void;
}

export interface SendOptions {
  /** Appended to the branch; a proxy puts its loop detection value here (RFC 3261 16.6 item 8). */
  branchTail?: string;
  /** Instead of a new one: that of the ACK that is sent once more, or one that the answer is told by. */
  branch?: string;
}

interface Stored {
  sink: RequestSink;
  merge: string | undefined;
}

/** RFC 3261 17: matches messages to transactions, makes new ones, absorbs retransmissions. */
export class TransactionLayer {
  readonly stats: LayerStats = newStats();
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly transport: TransportPort;
  /** Every new request but ACK. */
  onRequest: (request: SipRequest, transaction: ServerTransaction) => void = (_, transaction) => transaction.reply(503);
  /** An ACK that belongs to no transaction: the one for a 2xx. */
  onAck: (ack: SipRequest) => void = () => {};
  /** Takes the response to a request of sendOnce; false when it is none. */
  onLooseResponse: (response: SipResponse) => boolean = () => false;
  /** A response that belongs to no request of ours, or to none any more. */
  onStrayResponse: (response: SipResponse) => void = () => {};
  readonly #onFault: (error: unknown) => void;
  readonly #server = new Map<string, Stored>();
  readonly #merged = new Map<string, string>();
  readonly #client = new Map<string, ResponseSink>();
  readonly #tagSalt = token(8);
  readonly #serverHost: ServerHost;
  readonly #clientHost: ClientHost;
  readonly #serverExpiry: Expiry;
  readonly #clientExpiry: Expiry;

  constructor(options: TransactionLayerOptions) {
    const { transport, clock } = options;
    const timers = { ...DEFAULT_TIMERS, ...options.timers };
    this.clock = clock;
    this.timers = timers;
    this.transport = transport;
    this.#onFault = options.onFault ?? (() => {});
    this.#serverExpiry = new Expiry(clock, (key) => this.#forgetServer(key));
    this.#clientExpiry = new Expiry(clock, (key) => this.#client.delete(key));
    this.#serverHost = {
      clock,
      timers,
      transport,
      countReply: (status) => this.#countReply(status),
      settle: (key) => this.#settleServer(key),
      linger: (key, sink, ms) => this.#lingerServer(key, sink, ms),
      forget: (key) => this.#forgetServer(key),
      dismiss: (key, request, status, reason, headers) => {
        this.#forgetServer(key);
        this.replyStateless(request, status, reason, headers);
      },
    };
    this.#clientHost = {
      clock,
      timers,
      transport,
      linger: (key, sink, ms) => this.#lingerClient(key, sink, ms),
      startCancel: (cancel, target) => this.#startCancel(cancel, target),
    };
    transport.onMessage = (message) => this.#receive(message);
    transport.onBadRequest = (request, status, reason) => this.#refuse(request, status, reason);
  }

  /** Server transactions that are held, those that only absorb retransmissions included. */
  get serverActive(): number {
    return this.#server.size;
  }

  get clientActive(): number {
    return this.#client.size;
  }

  /** Puts our Via on top of `request` and sends it in a transaction of its own. */
  send(request: SipRequest, target: Target, user: ClientUser, options?: SendOptions): ClientTransaction {
    const branch = this.#addVia(request, target, options);
    const key = clientKey(branch, request.method);
    const made =
      request.method === 'INVITE'
        ? new InviteClientTransaction(this.#clientHost, key, request, target, user)
        : new NonInviteClientTransaction(this.#clientHost, key, request, target, user);
    this.#client.set(key, made);
    this.stats.requestsSent++;
    made.start();
    return made;
  }

  /** Sends the ACK for a 2xx: a transaction-less request with a branch of its own (RFC 3261 13.2.2.4), which is returned. */
  sendAck(ack: SipRequest, target: Target, options?: SendOptions): string {
    // Should it fail, the 2xx will come again.
    return this.sendOnce(ack, target, options);
  }

  /**
   * Sends a request once, without a transaction that would repeat it or remember it. Returns the branch that its answer, if one comes, is
   * given to `onLooseResponse` with.
   */
  sendOnce(request: SipRequest, target: Target, options?: SendOptions): string {
    const branch = this.#addVia(request, target, options);
    this.transport.sendRequest(request, target, () => undefined);
    return branch;
  }

  /** Answers without a transaction, once, with a To tag that is the same for a retransmission (RFC 3261 8.2.7). */
  replyStateless(request: SipRequest, status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void {
    if (request.method === 'ACK') return;
    this.#countReply(status);
    const toTag = status > 100 ? this.#statelessTag(request) : undefined;
    this.transport.sendResponse(createResponse(request, status, reason, { toTag, headers }), request.source!);
  }

  #statelessTag(request: SipRequest): string {
    const branch = request.topVia?.branch ?? '';
    let hash = 0;
    const text = this.#tagSalt + branch;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    return `${this.#tagSalt}${(hash >>> 0).toString(36)}`;
  }

  #addVia(request: SipRequest, target: Target, options?: SendOptions): string {
    const branch = options?.branch ?? `${MAGIC_COOKIE}${token(16)}${options?.branchTail ?? ''}`;
    const { protocol, sentBy } = this.transport.viaFor(target);
    request.prepend('Via', `SIP/2.0/${protocol} ${sentBy};branch=${branch};rport`);
    return branch;
  }

  #receive(message: SipRequest | SipResponse): void {
    try {
      if (message.kind === 'request') this.#receiveRequest(message);
      else this.#receiveResponse(message);
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) this.#onFault(error);
      this.stats.malformed++;
      if (message.kind === 'request') this.#refuse(message, error instanceof SipSyntaxError ? 400 : 500);
    }
  }

  #receiveRequest(request: SipRequest): void {
    const via = request.topVia;
    if (!via) throw new SipSyntaxError('no Via');
    const method = request.method;
    const key = serverKey(request, via, method === 'ACK' ? 'INVITE' : method);
    const known = this.#server.get(key);
    if (known) {
      if (method !== 'ACK') this.stats.retransmissionsAbsorbed++;
      if (method === 'ACK' && known.sink.passesAck) this.#passAck(request);
      else known.sink.receive(request);
      return;
    }
    if (method === 'ACK') {
      this.#passAck(request);
      return;
    }
    const merge = method === 'CANCEL' || request.to.tag !== undefined ? undefined : mergeKey(request);
    if (merge !== undefined && this.#merged.has(merge)) {
      // RFC 3261 8.2.2.2: the same request over another way.
      this.replyStateless(request, 482, 'Merged request');
      return;
    }
    this.#open(request, key, merge, method === 'CANCEL' ? this.#cancelled(request) : undefined);
  }

  #open(request: SipRequest, key: string, merge: string | undefined, cancels: Cancelled | undefined): void {
    const transaction =
      request.method === 'INVITE'
        ? new InviteServerTransaction(this.#serverHost, key, request)
        : new NonInviteServerTransaction(this.#serverHost, key, request, cancels);
    this.#server.set(key, { sink: transaction, merge });
    if (merge !== undefined) this.#merged.set(merge, key);
    this.stats.requestsReceived++;
    try {
      this.onRequest(request, transaction);
    } catch (error) {
      this.#onFault(error);
      transaction.reply(500);
    }
  }

  #passAck(ack: SipRequest): void {
    this.stats.acksReceived++;
    this.onAck(ack);
  }

  #cancelled(cancel: SipRequest): Cancelled | undefined {
    return this.#server.get(serverKey(cancel, cancel.topVia!, 'INVITE'))?.sink.cancelled;
  }

  #receiveResponse(response: SipResponse): void {
    const branch = response.topVia?.branch;
    const sink = branch === undefined ? undefined : this.#client.get(clientKey(branch, response.cseq.method));
    this.stats.responsesReceived++;
    if (sink) sink.receive(response);
    else if (!this.onLooseResponse(response)) {
      this.stats.strayResponses++;
      this.onStrayResponse(response);
    }
  }

  #refuse(request: SipRequest, status: number, reason?: string): void {
    try {
      this.replyStateless(request, status, reason);
    } catch {
      // Not even answerable.
      this.stats.malformed++;
    }
  }

  #startCancel(cancel: SipRequest, target: Target): void {
    // RFC 3261 9.1: the CANCEL has the branch of its INVITE, thus no Via of its own is added.
    const key = clientKey(cancel.topVia!.branch!, 'CANCEL');
    const made = new NonInviteClientTransaction(this.#clientHost, key, cancel, target, INDIFFERENT);
    this.#client.set(key, made);
    this.stats.requestsSent++;
    made.start();
  }

  #settleServer(key: string): void {
    const stored = this.#server.get(key);
    if (stored?.merge === undefined) return;
    this.#merged.delete(stored.merge);
    stored.merge = undefined;
  }

  #lingerServer(key: string, sink: RequestSink, ms: number): void {
    const stored = this.#server.get(key);
    if (!stored) return;
    stored.sink = sink;
    this.#serverExpiry.after(ms, key);
  }

  #forgetServer(key: string): void {
    this.#settleServer(key);
    this.#server.delete(key);
  }

  #lingerClient(key: string, sink: ResponseSink, ms: number): void {
    if (ms === 0) this.#client.delete(key);
    else {
      this.#client.set(key, sink);
      this.#clientExpiry.after(ms, key);
    }
  }

  #countReply(status: number): void {
    this.stats.replies[Math.floor(status / 100)]!++;
  }
}

/** What becomes of a CANCEL tells nothing: the INVITE's own final response counts. */
const INDIFFERENT: ClientUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };
