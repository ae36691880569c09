import type { Micros } from '../money/money.ts';
import type { RateSnapshot } from './rate.ts';

export type CallDirection = 'internal' | 'outbound' | 'inbound';

/**
 * Who ended a call. `media-timeout`: no sound came from either side any more. `recovered`: nobody saw the end, the process stopped while the
 * call was talking.
 */
export const callEnds = ['caller', 'callee', 'credit', 'admin', 'session-timeout', 'media-timeout', 'error', 'recovered'] as const;
export type CallEnd = (typeof callEnds)[number];

/** One call as it is written down when it is over. Times are epoch ms. */
export interface CallRecord {
  /** Our own id of the call (UUID). */
  readonly callId: string;
  /** Call-ID of the caller's leg. */
  readonly sipCallId: string;
  readonly fromSubscriberId: number | null;
  readonly toSubscriberId: number | null;
  /** Account that pays; null = nobody. */
  readonly accountId: number | null;
  readonly fromUser: string;
  readonly dialled: string;
  readonly e164: string | null;
  readonly gatewayId: number | null;
  readonly direction: CallDirection;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number;
  /** 200 OK to BYE on the monotonic clock; 0 when not answered. */
  readonly talkMs: number;
  /** Final SIP status the caller got. */
  readonly status: number;
  readonly reason: string;
  readonly endedBy: CallEnd;
  /** Price that was quoted; null = not charged. For an authorised call the charging stores the version in force at the answer. */
  readonly rate: RateSnapshot | null;
  /** Rang at a subscriber who did not answer. */
  readonly missed: boolean;
  /** Stable code of a refusal (routing/refusals.ts). */
  readonly refusal: string | null;
  /** The service that answered it (directory/feature-code.ts); null: people, or nobody. */
  readonly app: string | null;
  readonly userAgent?: string;
}

/** A call that costs money and wants to start. */
export interface PaidCall {
  readonly callId: string;
  readonly accountId: number;
  readonly e164: string;
  /** The price quoted by the plan. */
  readonly rate: RateSnapshot;
  /** The payer's tariff, where the version in force at the answer is looked up; left out = the quoted rate stays. */
  readonly tariffId?: number;
  /** Longest talk, seconds; null = no limit. */
  readonly maxSeconds: number | null;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Kept in the journal, so that a CDR can be written after a crash. */
  readonly record: Pick<CallRecord, 'sipCallId' | 'fromSubscriberId' | 'fromUser' | 'dialled' | 'gatewayId' | 'direction' | 'userAgent'>;
}

/** An answered call that nobody pays, as the journal keeps it so that a CDR can be written after a crash. */
export interface UnpaidCall {
  readonly callId: string;
  readonly unpaid: Pick<
    CallRecord,
    | 'sipCallId'
    | 'fromSubscriberId'
    | 'toSubscriberId'
    | 'fromUser'
    | 'dialled'
    | 'e164'
    | 'gatewayId'
    | 'direction'
    | 'startedAt'
    | 'userAgent'
  > &
    // Journals of earlier versions do not have it.
    Partial<Pick<CallRecord, 'app'>>;
}

export type AuthoriseRefusal = 'no-credit' | 'daily-cap' | 'clock-not-set';
export type AuthoriseResult = { readonly ok: true } | { readonly ok: false; readonly code: AuthoriseRefusal };

/** Why a running call is cut. */
export type CutOffReason = 'credit' | 'daily-cap' | 'max-duration';

/** `mono`: ms of the clock given to the charging; `wall`: epoch ms; `gatewayId`: the gateway that answered, when it is not the first one. */
export interface AnsweredAt {
  readonly mono: number;
  readonly wall: number;
  readonly gatewayId?: number | null;
}

/** What a running paid call costs now. */
export interface RunningCall {
  readonly accountId: number;
  readonly rate: RateSnapshot;
  readonly runningCost: Micros;
  readonly held: Micros;
  /** Talk seconds that the hold pays for; 0 while it rings. */
  readonly paidSeconds: number;
}

/** What `calls` asks of the money side. All but `answered` is in memory and returns at once. */
export interface CallCharging {
  /** Before the call rings: holds the connect fee and the first increment. */
  authorise(call: PaidCall): AuthoriseResult;
  /** Resolves when the call journal has the answer on disk; the 200 OK goes to the caller after it. Calls not authorised resolve at once. */
  answered(callId: string, at: AnsweredAt): Promise<void>;
  /**
   * Any call was answered. Those that nobody pays go into the journal behind the call's back: the 200 OK does not wait for it.
   * @param call asked for only then
   */
  talking(callId: string, at: AnsweredAt, call: () => UnpaidCall['unpaid']): void;
  /** Exactly once a call, paid or not, answered or not. */
  finished(record: CallRecord): void;
  /** Assigned by call control: end this call on both sides now. */
  onCutOff: (callId: string, why: CutOffReason) => void;
  snapshot(callId: string): RunningCall | undefined;
}
