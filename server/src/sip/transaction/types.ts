import type { BadRequest, SipRequest, SipResponse } from '../message/index.ts';
import type { Source, Target } from '../transport/types.ts';
import type { Clock } from './clock.ts';
import type { SipTimers } from './timers.ts';

/** The part of the transport layer that transactions use. */
export interface TransportPort {
  onMessage: (message: SipRequest | SipResponse, source: Source) => void;
  /** A request that can be answered, but not processed (RFC 3261 16.3 item 1). */
  onBadRequest: (request: SipRequest, status: BadRequest['status'], reason: string, source: Source) => void;
  sendRequest(request: SipRequest, target: Target, onError: (error: Error) => void): void;
  /** `to`: where the request came from. */
  sendResponse(response: SipResponse, to: Source, onError?: (error: Error) => void): void;
  /** What a Via (and a Record-Route or Contact) of ours says on the way to `target`. */
  viaFor(target: Target): { protocol: string; sentBy: string };
}

/** The transaction user's side of a request it sent: exactly one of the last two, or a final response, ends it. */
export interface ClientUser {
  /** Every provisional response, the first final one, and for an INVITE each 2xx that follows it (RFC 6026). */
  onResponse(response: SipResponse): void;
  /** Nothing final came in time; to be treated as a 408. */
  onTimeout(): void;
  /** The request could not be sent; to be treated as a 503. */
  onTransportError(error: Error): void;
}

export type ClientState = 'trying' | 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';
export type ServerState = 'trying' | 'proceeding' | 'completed' | 'accepted' | 'confirmed' | 'terminated';

export interface ClientTransaction {
  readonly state: ClientState;
  /** Cancels a pending INVITE: at once, or after the first provisional response (RFC 3261 9.1). No effect once it is answered. */
  cancel(headers?: readonly (readonly [string, string])[]): void;
  /** The user wants no more calls; later responses are absorbed. */
  detach(): void;
}

export interface ServerTransaction {
  readonly request: SipRequest;
  readonly state: ServerState;
  /** Tag that our responses put into To when the request has none. The same for every response of the transaction. */
  readonly localTag: string;
  /** True once a final response was given. */
  readonly answered: boolean;
  /** Sends a response. What the state does not allow any more (a second final response other than 2xx) is not sent. */
  respond(response: SipResponse): void;
  reply(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void;
  /**
   * Answers at once and keeps nothing (RFC 3261 8.2.7): no retransmission, an ACK goes by unnoticed. For what strangers can send in
   * any number, such as OPTIONS or requests without credentials. Only as the first response.
   */
  dismiss(status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void;
  /** A CANCEL came while no final response was given; set by the user. */
  onCancel?: () => void;
  /** Timer H: no ACK came for a final response other than 2xx. */
  onTimeout?: () => void;
  /** The ACK for a final response other than 2xx. */
  onAck?: (ack: SipRequest) => void;
  onTransportError?: (error: Error) => void;
  /** For a CANCEL: what it cancels; undefined when there is no such transaction. */
  readonly cancels?: Cancelled;
}

/** What a CANCEL finds: a transaction, or what is left of one that is over for its user. */
export type Cancelled = Pick<ServerTransaction, 'localTag' | 'answered' | 'onCancel'>;

/** What is kept under a key of the layer's tables: a transaction, or the little that its last state needs. */
export interface RequestSink {
  receive(request: SipRequest): void;
  /** What a CANCEL of this request means. */
  readonly cancelled?: Cancelled;
  /** An ACK belongs to the 2xx and goes to the user. */
  readonly passesAck?: boolean;
}

export interface ResponseSink {
  receive(response: SipResponse): void;
}

/** What a state machine needs from the layer. */
export interface ServerHost {
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly transport: TransportPort;
  /** Counts a response that leaves. */
  countReply(status: number): void;
  /** The request was refused: a copy of it, sent once more with credentials or over another way, is not a merged one. */
  settle(key: string): void;
  /** Puts `sink` in the place of the transaction for `ms`, then frees the key; the transaction itself may be collected from now on. */
  linger(key: string, sink: RequestSink, ms: number): void;
  /** Frees the key at once. */
  forget(key: string): void;
  /** Frees the key and answers without a transaction. */
  dismiss(key: string, request: SipRequest, status: number, reason?: string, headers?: readonly (readonly [string, string])[]): void;
}

export interface ClientHost {
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly transport: TransportPort;
  linger(key: string, sink: ResponseSink, ms: number): void;
  /** Starts the CANCEL's own transaction. */
  startCancel(cancel: SipRequest, target: Target): void;
}
