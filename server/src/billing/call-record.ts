import type { Micros } from '../money/money.ts';
import type { RateSnapshot } from './price.ts';

export type CallDirection = 'internal' | 'outbound' | 'inbound';

export type CallEnd = 'caller' | 'callee' | 'credit' | 'admin' | 'session-timeout' | 'error' | 'recovered';

/** One call as it is written down when it is over. Times are epoch ms. */
export interface CallRecord {
  /** Our own id of the call (UUID). */
  readonly callId: string;
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
  /** Price in force when it was answered; null = not charged. */
  readonly rate: RateSnapshot | null;
  /** Rang at a subscriber who did not answer. */
  readonly missed: boolean;
  /** Stable code of a refusal (routing/refusals.ts). */
  readonly refusal: string | null;
  readonly userAgent?: string;
}

/** A call that costs money and wants to start. */
export interface PaidCall {
  readonly callId: string;
  readonly accountId: number;
  readonly e164: string;
  readonly rate: RateSnapshot;
  /** Longest talk, seconds; null = no limit. */
  readonly maxSeconds: number | null;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Kept in the journal, so that a CDR can be written after a crash. */
  readonly record: Pick<CallRecord, 'sipCallId' | 'fromSubscriberId' | 'fromUser' | 'dialled' | 'gatewayId' | 'direction'>;
}

export type AuthoriseResult = { readonly ok: true } | { readonly ok: false; readonly code: 'no-credit' | 'daily-cap' };

export type CutOffReason = 'credit' | 'daily-cap' | 'max-duration';

/** What `calls` asks of the money side. All but `answered` is in memory and returns at once. */
export interface CallCharging {
  authorise(call: PaidCall): AuthoriseResult;
  /** Resolves when the call journal has the answer on disk; the 200 OK goes to the caller after it. `mono`: monotonic ms, `wall`: epoch ms. */
  answered(callId: string, at: { mono: number; wall: number }): Promise<void>;
  /** Exactly once a call, paid or not, answered or not. */
  finished(record: CallRecord): void;
  onCutOff: (callId: string, why: CutOffReason) => void;
  snapshot(callId: string): { readonly runningCost: Micros; readonly held: Micros } | undefined;
}
