import { newCallId } from '../billing/call-id.ts';
import type { CallDirection, CallEnd, CallRecord, UnpaidCall } from '../billing/call-record.ts';
import type { RateSnapshot } from '../billing/rate.ts';
import type { AppName } from '../directory/feature-code.ts';
import type { MediaPolicy } from '../directory/types.ts';
import type { Caller } from '../routing/call-plan.ts';
import type { RefusalCode } from '../routing/refusals.ts';
import type { CallMedia } from './media/call-media.ts';

export type CallState = 'setup' | 'ringing' | 'talking' | 'ended';

/** What is known of a call when its INVITE comes in. */
export interface CallStart {
  readonly sipCallId: string;
  readonly caller: Caller;
  /** User part of the caller's From. */
  readonly fromUser: string;
  readonly fromName: string;
  readonly dialled: string;
  readonly userAgent?: string;
  /** Epoch ms. */
  readonly startedAt: number;
}

/** How a call ended. */
export interface CallOutcome {
  /** Final SIP status that the caller got for his INVITE. */
  readonly status: number;
  readonly reason: string;
  readonly endedBy: CallEnd;
  readonly refusal?: RefusalCode;
}

/** What a call tells while it lives; ActiveCalls listens. */
export interface CallWatcher {
  changed(call: Call): void;
  /** The gateway whose line it takes has changed. */
  gatewayChanged(call: Call, before: number | null): void;
  finished(call: Call, record: CallRecord): void;
}

/** The clock of talk time and the clock of the calendar; both in ms. */
export interface CallClocks {
  readonly mono: () => number;
  readonly wall: () => number;
}

/**
 * One call from INVITE to its CDR, whichever way it goes. The stages move it on; it is written down exactly once, by the first `finish`.
 */
export class Call {
  readonly id: string;
  readonly start: CallStart;
  /** Set as soon as the plan is known. */
  toSubscriberId: number | null = null;
  e164: string | null = null;
  destination: string | null = null;
  accountId: number | null = null;
  rate: RateSnapshot | null = null;
  /** What carries the call: proxied between phones, back-to-back with a gateway, or answered here. */
  kind: 'ring' | 'bridge' | 'app' | 'none' = 'none';
  /** The service that answers it here. */
  app: AppName | null = null;
  /** Ends the call on both sides; set by the stage that carries it. */
  hangup: (by: CallEnd, reason: string) => void = () => undefined;
  /** Seconds that the credit of the one who pays lasts, as planned; null: nothing limits them. */
  creditSeconds: number | null = null;
  /** Set while its media passes through us. */
  media: CallMedia | undefined;
  /** May it come to that? */
  mediaPolicy: MediaPolicy = 'when-needed';
  readonly #clocks: CallClocks;
  readonly #watcher: CallWatcher;
  #state: CallState = 'setup';
  #gatewayId: number | null;
  #rang = false;
  #answeredAt: { readonly mono: number; readonly wall: number } | undefined;

  constructor(start: CallStart, clocks: CallClocks, watcher: CallWatcher) {
    this.id = newCallId(start.startedAt);
    this.start = start;
    this.#clocks = clocks;
    this.#watcher = watcher;
    this.#gatewayId = start.caller.kind === 'gateway' ? start.caller.gateway.id : null;
  }

  get state(): CallState {
    return this.#state;
  }

  get fromSubscriberId(): number | null {
    return this.start.caller.kind === 'subscriber' ? this.start.caller.subscriber.id : null;
  }

  get direction(): CallDirection {
    if (this.start.caller.kind !== 'subscriber') return 'inbound';
    const leaves = this.kind === 'bridge' || this.e164 !== null || (this.kind === 'ring' && this.toSubscriberId === null);
    return leaves ? 'outbound' : 'internal';
  }

  get gatewayId(): number | null {
    return this.#gatewayId;
  }

  /** Epoch ms. */
  get answeredAt(): number | null {
    return this.#answeredAt?.wall ?? null;
  }

  /** Milliseconds of talk until now. */
  get talkMs(): number {
    return this.#answeredAt ? Math.max(0, this.#clocks.mono() - this.#answeredAt.mono) : 0;
  }

  /** A line of this gateway is taken; the one before it is free again. */
  useGateway(gatewayId: number): void {
    const before = this.#gatewayId;
    if (before === gatewayId) return;
    this.#gatewayId = gatewayId;
    this.#watcher.gatewayChanged(this, before);
  }

  /** Its media passes through this relay, and no other. */
  useMedia(media: CallMedia): void {
    if (this.media !== media) this.media?.close();
    this.media = media;
  }

  /** Its media passes through us no more. */
  dropMedia(): void {
    this.media?.close();
    this.media = undefined;
  }

  /** A phone rings. */
  ringing(): void {
    this.#rang = true;
    if (this.#state !== 'setup') return;
    this.#state = 'ringing';
    this.#watcher.changed(this);
  }

  /** The callee's 200 OK has come. Returns when, for the charging; the first one counts. */
  answered(): { readonly mono: number; readonly wall: number } {
    if (this.#answeredAt) return this.#answeredAt;
    this.#answeredAt = { mono: this.#clocks.mono(), wall: this.#clocks.wall() };
    if (this.#state !== 'ended') {
      this.#state = 'talking';
      this.media?.answered();
      this.#watcher.changed(this);
    }
    return this.#answeredAt;
  }

  /** The call is over. Only the first word counts: a second one returns undefined and changes nothing. */
  finish(outcome: CallOutcome): CallRecord | undefined {
    if (this.#state === 'ended') return undefined;
    const talkMs = Math.round(this.talkMs);
    this.#state = 'ended';
    const record = this.#record(outcome, talkMs);
    this.media?.close();
    this.#watcher.finished(this, record);
    return record;
  }

  /** What is known of it while it talks. */
  summary(): UnpaidCall['unpaid'] {
    const { start } = this;
    return {
      sipCallId: start.sipCallId,
      fromSubscriberId: this.fromSubscriberId,
      toSubscriberId: this.toSubscriberId,
      fromUser: start.fromUser,
      dialled: start.dialled,
      e164: this.e164,
      gatewayId: this.#gatewayId,
      direction: this.direction,
      app: this.app,
      startedAt: start.startedAt,
      ...(start.userAgent !== undefined && { userAgent: start.userAgent }),
    };
  }

  /** It rang, or would have rung had his phone been on, and nobody took it; what his mailbox took, he missed (M-25). */
  #isMissed(refusal: RefusalCode | undefined): boolean {
    if (this.toSubscriberId === null) return false;
    if (this.app === 'voicemail') return true;
    return !this.#answeredAt && (this.#rang || refusal === 'not-registered' || refusal === 'do-not-disturb');
  }

  #record({ status, reason, endedBy, refusal }: CallOutcome, talkMs: number): CallRecord {
    return {
      ...this.summary(),
      callId: this.id,
      accountId: this.accountId,
      answeredAt: this.#answeredAt?.wall ?? null,
      // Not the wall clock, which may have been set while they talked: what is charged and what is shown must agree.
      endedAt: this.#answeredAt ? this.#answeredAt.wall + talkMs : this.#clocks.wall(),
      talkMs,
      status,
      reason,
      endedBy,
      rate: this.rate,
      missed: this.#isMissed(refusal),
      app: this.app,
      refusal: refusal ?? null,
    };
  }
}
