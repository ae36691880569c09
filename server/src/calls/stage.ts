import type { CallCharging, CallEnd } from '../billing/call-record.ts';
import type { Gateway, Subscriber } from '../directory/types.ts';
import type { RefusalCode } from '../routing/refusals.ts';
import type { SipResponse } from '../sip/message/index.ts';
import type { Locator } from '../sip/proxy/index.ts';
import type { ServerTransaction, TransactionLayer } from '../sip/transaction/index.ts';
import type { Call } from './call.ts';
import type { Flows } from './dialog/caller-way.ts';
import type { Relays } from './media/relays.ts';

/** How a stage that did not bring an answered call ended. The caller has no final response yet. */
export interface StageFailure {
  readonly why: 'busy' | 'no-answer' | 'not-registered' | 'refused' | 'failed' | 'cancelled';
  readonly status: number;
  readonly reason: string;
  /** Response of the other side to pass on, when there is one. */
  readonly response?: SipResponse;
  readonly endedBy?: CallEnd;
  readonly refusal?: RefusalCode;
}

/** A running stage. An answered call belongs to the stage until it is over: it calls `call.finish`. */
export interface StageHandle {
  /** The caller cancelled, or the call is to be ended before it is answered. `onFailed` follows with 'cancelled'. */
  cancel(by: CallEnd): void;
}

/** A gateway ready to be called. */
export interface GatewayLeg {
  readonly gateway: Gateway;
  /** User part of the Request-URI. */
  readonly requestUser: string;
}

/** What the bridge needs to know for one call. The money has been reserved. */
export interface BridgeJob {
  readonly call: Call;
  /** The caller's INVITE; no final response was given yet, 100 was. */
  readonly tx: ServerTransaction;
  /** undefined when the caller is no subscriber. */
  readonly caller: Subscriber | undefined;
  readonly legs: readonly GatewayLeg[];
  readonly maxSeconds: number | null;
  readonly onFailed: (failure: StageFailure) => void;
}

/** Session timer (RFC 4028), in seconds. */
export interface SessionTimes {
  /** Interval we ask both sides for: at half of it a lost BYE shows. */
  readonly seconds: number;
  /** The shortest interval we accept, 90 at least. */
  readonly minSeconds: number;
}

/** What the bridge is given by the node. */
export interface BridgePorts {
  readonly transactions: TransactionLayer;
  readonly charging: CallCharging;
  /** Finds where requests to gateways and along routes go. */
  readonly locator: Locator;
  readonly flows: Flows;
  readonly relays: Relays;
  /** A gateway timed out or answered 503 (O-125), or it answered at all. */
  /** `fault`: why nothing could be sent to it. */
  readonly gatewayFailed: (gatewayId: number, status: number, fault?: string) => void;
  readonly gatewayWorked: (gatewayId: number) => void;
  /** Has it a line left? Asked again when its turn comes, as other calls may have taken it since the plan was made. */
  readonly gatewayFree: (gateway: Gateway) => boolean;
  /** Our domain, for the From towards gateways. */
  readonly domain: () => string;
  readonly session: () => SessionTimes;
}
