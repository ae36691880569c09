import type { RateSnapshot } from '../billing/rate.ts';
import type { AppName } from '../directory/feature-code.ts';
import type { Gateway, Subscriber } from '../directory/types.ts';
import type { Micros } from '../money/money.ts';
import type { RefusalCode } from './refusals.ts';

/** Who asks for the call, as the pipeline has proved it. */
export type Caller =
  | { readonly kind: 'subscriber'; readonly subscriber: Subscriber }
  | { readonly kind: 'gateway'; readonly gateway: Gateway }
  /** Nobody we know, as at a call from the internet to one of our subscribers. */
  | { readonly kind: 'stranger' };

/** One contact binding as routing needs it. */
export interface ContactTarget {
  /** Contact URI as the phone registered it. */
  readonly uri: string;
  /** 0 to 1000 (q of 0.000 to 1.000): higher rings first. */
  readonly q: number;
}

/** What an account can still spend; amounts in micro-units. */
export interface Credit {
  readonly accountId: number;
  /** Balance + credit limit - holds. */
  readonly available: Micros;
  /** Daily cap - spent today - holds; null = no cap. */
  readonly dailyLeft: Micros | null;
}

/** Everything that is known of the request. All reads are passed in: planning does no I/O and has no clock. */
export interface CallContext<T extends ContactTarget = ContactTarget> {
  readonly from: Caller;
  /** User part of the Request-URI, decoded. */
  readonly dialled: string;
  /** Served domain of the Request-URI. */
  readonly domain: string;
  readonly method?: 'INVITE' | 'MESSAGE';
  /** Wall clock, epoch ms: picks the rate version. */
  readonly now: number;
  /** Contacts of this subscriber's AOR. */
  readonly bindings: (subscriberId: number) => readonly T[];
  /** Calls that this subscriber is making now, ringing ones included, this one not. */
  readonly activeCalls: (subscriberId: number) => number;
  readonly gatewayCalls: (gatewayId: number) => number;
  /** False while a gateway is to be avoided (O-125). */
  readonly gatewayHealthy: (gatewayId: number) => boolean;
  /** undefined: the subscriber has no account. */
  readonly credit: (subscriberId: number) => Credit | undefined;
}

/** One decision in words: `code` is translated, `params` fill it in. */
export interface Step {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface PriceQuote {
  /** The payer's tariff, where the look-up began. */
  readonly tariffId: number;
  readonly rate: RateSnapshot;
}

/** What follows when a stage does not end in an answered call: the index of another stage, or a refusal. */
export type Next = { readonly stage: number } | { readonly refuse: RefusalCode };

/** Proxy to the phones of a subscriber; media goes directly. */
export interface Ring<T extends ContactTarget = ContactTarget> {
  readonly kind: 'ring';
  readonly subscriberId: number;
  readonly aor: string;
  /** Groups rung one after the other, each group's contacts at the same time. */
  readonly targets: readonly (readonly T[])[];
  readonly ringSeconds: number;
  readonly onBusy?: Next;
  readonly onNoAnswer?: Next;
  readonly onNotRegistered?: Next;
  readonly onRefused?: Next;
}

/** Back-to-back to gateways, in order. */
export interface Bridge {
  readonly kind: 'bridge';
  readonly gateways: readonly { readonly gatewayId: number; readonly requestUser: string }[];
  /** null: not charged. */
  readonly price: PriceQuote | null;
  /** Subscriber who pays. */
  readonly payerId: number;
  readonly maxSeconds: number | null;
  /** Seconds that the payer's credit lasts at this price; null when nothing limits them. */
  readonly affordableSeconds: number | null;
  readonly onFailed?: Next;
}

/** Answer here (calls/answer): echo test, conference, voicemail ... */
export interface App {
  readonly kind: 'app';
  readonly app: AppName;
  /** What the service is told: the room of a conference, `<subscriberId>:<why>` for voicemail (see `voicemailArgument`). */
  readonly argument?: string;
}

/** Why a call came to a mailbox: it decides the greeting. */
export type VoicemailWhy = 'busy' | 'no-answer' | 'not-registered' | 'do-not-disturb';

export const voicemailArgument = (subscriberId: number, why: VoicemailWhy): string => `${subscriberId}:${why}`;

/** Reads what `voicemailArgument` wrote. */
export function readVoicemailArgument(argument: string | undefined): { subscriberId: number; why: VoicemailWhy } | undefined {
  const match = /^(\d+):(busy|no-answer|not-registered|do-not-disturb)$/.exec(argument ?? '');
  return match ? { subscriberId: Number(match[1]), why: match[2] as VoicemailWhy } : undefined;
}

export interface Redirect {
  readonly kind: 'redirect';
  readonly contacts: readonly string[];
}

export interface Reject {
  readonly kind: 'reject';
  readonly status: number;
  /** SIP reason phrase. */
  readonly reason: string;
  readonly code: RefusalCode;
  /** A sentence that says what to do. */
  readonly text: string;
}

export type Stage<T extends ContactTarget = ContactTarget> = Ring<T> | Bridge | App | Redirect | Reject;

/** What shall happen to a call, as data: it can be printed, tested without a network, and carried out by `calls`. */
export interface CallPlan<T extends ContactTarget = ContactTarget> {
  /** Digits of an international number. */
  readonly e164?: string;
  /** Name of the destination from the rate, or the display name of the subscriber. */
  readonly destination?: string;
  /** Subscriber that is called, if it is one. */
  readonly toSubscriberId?: number;
  readonly stages: readonly Stage<T>[];
  readonly explanation: readonly Step[];
}
