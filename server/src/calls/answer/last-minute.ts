import type { AccountBook } from '../../billing/account-book.ts';
import type { CallCharging } from '../../billing/call-record.ts';
import { affordableSeconds } from '../../billing/price.ts';
import type { Playable } from '../../media/endpoint/endpoint.ts';
import { micros } from '../../money/money.ts';
import type { Clock } from '../../sip/transaction/index.ts';
import type { ActiveCalls } from '../active-calls.ts';
import type { Call } from '../call.ts';

/** Said when so much is left; a little more, as it takes its time to say. */
const WARN_MS = 62_000;
/** Money may come or go in between: another call of the same account, a top-up. */
const LOOK_MS = 30_000;
/** Whoever was told how much is left before the call does not want to hear it again so soon after. */
const JUST_TOLD_MS = 15_000;

export interface LastMinutePorts {
  readonly calls: ActiveCalls;
  readonly charging: Pick<CallCharging, 'snapshot'>;
  readonly accounts: Pick<AccountBook, 'available' | 'dailyLeft'>;
  readonly clock: Clock;
  readonly enabled: () => boolean;
  /** Was he told before the call that he has so much left? */
  readonly toldBefore: (call: Call, leftMs: number) => boolean;
  /** "You have one minute left." */
  readonly words: (call: Call) => readonly Playable[];
}

/** Tells callers whose media passes through us that their credit lasts one more minute. */
export class LastMinute {
  readonly #ports: LastMinutePorts;

  constructor(ports: LastMinutePorts) {
    this.#ports = ports;
    const watched = new WeakSet<Call>();
    ports.calls.onChange(({ call }) => {
      if (call.state !== 'talking' || call.rate === null || !call.media || !ports.enabled() || watched.has(call)) return;
      watched.add(call);
      const left = this.#leftMs(call);
      if (left > WARN_MS + JUST_TOLD_MS || !ports.toldBefore(call, left)) this.#watch(call);
    });
  }

  #watch(call: Call): void {
    if (call.state !== 'talking') return;
    const left = this.#leftMs(call);
    if (left > WARN_MS) {
      this.#ports.clock.after(Math.min(LOOK_MS, left - WARN_MS), () => this.#watch(call));
      return;
    }
    const files = this.#ports.words(call).flatMap((what) => ('file' in what ? [what.file] : []));
    if (files.length > 0) call.media?.say('caller', files);
  }

  /** What the account pays for from now on. */
  #leftMs(call: Call): number {
    const running = this.#ports.charging.snapshot(call.id);
    if (!running) return Number.POSITIVE_INFINITY;
    const { accounts } = this.#ports;
    const free = Math.min(accounts.available(running.accountId), accounts.dailyLeft(running.accountId) ?? Number.MAX_SAFE_INTEGER);
    const lasts = affordableSeconds(running.rate, micros(running.held + Math.max(0, free)));
    return lasts.ok ? lasts.seconds * 1000 - call.talkMs : 0;
  }
}
