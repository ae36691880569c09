import { type Micros, micros, ZERO } from '../money/money.ts';
import { Account, type AccountRow } from './account.ts';
import { Calendar, systemTimeZone } from './calendar-day.ts';
import type { AuthoriseResult, CutOffReason } from './call-record.ts';
import { type Due, DueList } from './due-list.ts';
import { affordableSeconds, price } from './price.ts';
import type { RateSnapshot } from './rate.ts';

/** A reservation for one call, from before it rings until it is settled or released. */
export interface CallHold extends Due {
  readonly callId: string;
  readonly account: Account;
  rate: RateSnapshot;
  readonly maxSeconds: number | undefined;
  /** Reserved now. */
  amount: Micros;
  /** Talk seconds that `amount` pays for; 0 while it rings. */
  paidSeconds: number;
  /** Monotonic ms; null while it rings. */
  answeredAt: number | null;
  /** Set when the money ended and the cut-off was asked for. */
  cut: CutOffReason | null;
}

export interface Settlement {
  account: Account;
  rate: RateSnapshot;
  /** Talk time that was charged: never past the last paid second. */
  talkMs: number;
  billedSeconds: number;
  cost: Micros;
}

/** A hold is extended this long before it runs out. */
const EXTEND_BEFORE_MS = 10_000;
const CUT_AGAIN_MS = 1000;

/**
 * All accounts in memory: the authority on what may be spent at call time. Every change is synchronous, so two calls can never reserve
 * the same money; a prepaid balance never goes below zero and a postpaid one never below its limit. The database follows (call-charging).
 * Times are monotonic ms but where said.
 */
export class AccountBook {
  readonly #accounts = new Map<number, Account>();
  readonly #bySubscriber = new Map<number, number>();
  readonly #holds = new Map<string, CallHold>();
  readonly #due = new DueList<CallHold>();
  readonly #calendar: Calendar;
  readonly #wall: () => number;
  readonly #sliceSeconds: number;
  #changed = new Set<Account>();
  /** Called from `tick` when a call has used up what it may spend. */
  onCutOff: (callId: string, why: CutOffReason) => void = () => {};
  /** Called when `onCutOff` threw; the call is asked for again a second later. */
  onFault: (callId: string, error: unknown) => void = () => {};

  /** @param sliceSeconds talk time reserved at a time. `wall`: epoch ms; with the calendar it picks the day of the daily cap. */
  constructor(o: { sliceSeconds?: number; wall?: () => number; calendar?: Calendar } = {}) {
    this.#sliceSeconds = o.sliceSeconds ?? 60;
    this.#wall = o.wall ?? Date.now;
    this.#calendar = o.calendar ?? new Calendar(systemTimeZone());
  }

  /** Adds an account, or takes over the changed terms of one; the balance of a known account is not touched (`post` does that). */
  upsert(row: AccountRow): void {
    const known = this.#accounts.get(row.id);
    if (known) {
      known.kind = row.kind;
      known.creditLimit = row.creditLimit;
      known.dailyCap = row.dailyCap;
      this.#changed.add(known);
      return;
    }
    this.#accounts.set(row.id, new Account(row));
    this.#bySubscriber.set(row.subscriberId, row.id);
  }

  get size(): number {
    return this.#accounts.size;
  }

  accountOf(subscriberId: number): number | undefined {
    return this.#bySubscriber.get(subscriberId);
  }

  /** @throws Error when there is no such account; so do all below that take an account id. */
  balance(accountId: number): Micros {
    return this.#account(accountId).balance;
  }

  held(accountId: number): Micros {
    return this.#account(accountId).held;
  }

  available(accountId: number): Micros {
    return this.#account(accountId).available;
  }

  /** What the daily cap leaves; null = no cap. */
  dailyLeft(accountId: number): Micros | null {
    return this.#account(accountId).dailyLeft(this.#today());
  }

  spentToday(accountId: number): Micros {
    return this.#account(accountId).spentOn(this.#today());
  }

  /** Counts charges of today that were posted before this process started. */
  countSpent(accountId: number, amount: Micros): void {
    this.#account(accountId).spend(amount, this.#today());
  }

  /** Open holds, ringing and talking. */
  holds(): Iterable<Readonly<CallHold>> {
    return this.#holds.values();
  }

  hold(callId: string): Readonly<CallHold> | undefined {
    return this.#holds.get(callId);
  }

  /** The accounts whose balance, holds or terms changed since the last call of this. */
  takeChanged(): Iterable<Account> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  /** Reserves the connect fee and the first increment, before the call rings. */
  authorise(request: { callId: string; accountId: number; rate: RateSnapshot; maxSeconds?: number | null }): AuthoriseResult {
    const account = this.#accounts.get(request.accountId);
    if (!account) return { ok: false, code: 'no-credit' };
    // A call that goes on by another stage of its plan is quoted anew.
    if (this.#holds.get(request.callId)?.answeredAt === null) this.release(request.callId);
    if (this.#holds.has(request.callId)) throw new Error('this call is answered already');
    const { rate } = request;
    const maxSeconds = request.maxSeconds ?? undefined;
    if (!affordableSeconds(rate, account.available, maxSeconds).ok) return { ok: false, code: 'no-credit' };
    const dailyLeft = account.dailyLeft(this.#today());
    if (dailyLeft !== null && !affordableSeconds(rate, dailyLeft, maxSeconds).ok) return { ok: false, code: 'daily-cap' };
    const hold: CallHold = {
      callId: request.callId,
      account,
      rate,
      maxSeconds,
      amount: ZERO,
      paidSeconds: 0,
      answeredAt: null,
      cut: null,
      dueAt: -1,
    };
    this.#holds.set(hold.callId, hold);
    this.#reserve(hold, firstCost(rate));
    return { ok: true };
  }

  /**
   * The callee answered: reserves the first slice, or what the account can pay of it.
   * @param rate the version in force at the answer, when it is another than the quoted one
   */
  answered(callId: string, at: number, rate?: RateSnapshot): boolean {
    const hold = this.#holds.get(callId);
    if (!hold || hold.answeredAt !== null) return false;
    // A version that came into force while it rang is used if it can be paid; the quoted price is covered in any case.
    if (rate && affordableSeconds(rate, this.#funds(hold), hold.maxSeconds).ok) hold.rate = rate;
    hold.answeredAt = at;
    const target = Math.max(hold.rate.freeSeconds + hold.rate.firstIncrement, this.#sliceSeconds);
    this.#payUntil(hold, target);
    this.#schedule(hold, at);
    return true;
  }

  /** Extends slices and asks for cut-offs that are due. Call it every 50 ms or so. */
  tick(now: number): void {
    for (const hold of this.#due.take(now)) {
      const before = hold.paidSeconds;
      this.#payUntil(hold, before + this.#sliceSeconds);
      const end = this.#paidEnd(hold);
      if (hold.paidSeconds === before && now >= end) {
        this.#cutOff(hold, now);
      } else this.#schedule(hold, now);
    }
  }

  /** One call that cannot be ended must not keep the others of this tick from being cut. */
  #cutOff(hold: CallHold, now: number): void {
    hold.cut = this.#whyCut(hold);
    try {
      this.onCutOff(hold.callId, hold.cut);
    } catch (error) {
      this.#due.set(hold, now + CUT_AGAIN_MS);
      this.onFault(hold.callId, error);
    }
  }

  /**
   * The call is over: charges it, and releases the rest of its hold.
   * @param talkMs as measured; what came after the last paid second of a cut call is not charged.
   */
  settle(callId: string, talkMs: number): Settlement | undefined {
    const hold = this.#holds.get(callId);
    if (!hold) return undefined;
    const { account, rate } = hold;
    let charged = hold.cut ? Math.min(talkMs, hold.paidSeconds * 1000) : talkMs;
    let { billedSeconds, cost } = price(rate, charged);
    if (cost > hold.amount) {
      // The process was too busy to extend in time. Never charge what the account does not have.
      const funds = this.#funds(hold);
      if (cost > funds) {
        const affordable = affordableSeconds(rate, funds, hold.maxSeconds);
        charged = affordable.ok ? Math.min(charged, affordable.seconds * 1000) : 0;
        ({ billedSeconds, cost } = price(rate, charged));
      }
    }
    this.#close(hold);
    account.balance = micros(account.balance - cost);
    account.spend(cost, this.#today());
    return { account, rate, talkMs: charged, billedSeconds, cost };
  }

  /** The call ended without an answer: the whole hold is free again. */
  release(callId: string): void {
    const hold = this.#holds.get(callId);
    if (hold) this.#close(hold);
  }

  /** What the call has cost up to now. */
  runningCost(callId: string, now: number): Micros {
    const hold = this.#holds.get(callId);
    if (!hold || hold.answeredAt === null) return ZERO;
    return price(hold.rate, Math.max(1, Math.min(now - hold.answeredAt, hold.paidSeconds * 1000))).cost;
  }

  /** Sets money aside for a debit that is being written; false when the account does not have it. `amount` > 0. */
  setAside(accountId: number, amount: Micros): boolean {
    const account = this.#account(accountId);
    if (account.available < amount) return false;
    account.held = micros(account.held + amount);
    this.#changed.add(account);
    return true;
  }

  /** Gives back what `setAside` took: before `post`, or when the write failed. */
  giveBack(accountId: number, amount: Micros): void {
    const account = this.#account(accountId);
    account.held = micros(account.held - amount);
    this.#changed.add(account);
  }

  /** Takes over a ledger entry that is committed. */
  post(accountId: number, amount: Micros): void {
    const account = this.#account(accountId);
    account.balance = micros(account.balance + amount);
    this.#changed.add(account);
  }

  #account(accountId: number): Account {
    const account = this.#accounts.get(accountId);
    if (!account) throw new Error(`no account ${accountId}`);
    return account;
  }

  #today(): number {
    return this.#calendar.dayOf(this.#wall()).date;
  }

  /** What this call may cost in all: its hold and what is free. Never less than the hold, which was granted. */
  #funds(hold: CallHold): Micros {
    const free = Math.min(hold.account.available, hold.account.dailyLeft(this.#today()) ?? Number.MAX_SAFE_INTEGER);
    return micros(hold.amount + Math.max(0, free));
  }

  /** Extends the hold so that it pays for `seconds` of talk, or for as many as the account can. Never shortens it. */
  #payUntil(hold: CallHold, seconds: number): void {
    const affordable = affordableSeconds(hold.rate, this.#funds(hold), hold.maxSeconds);
    if (!affordable.ok) return;
    const wanted = Math.min(seconds, affordable.seconds);
    if (wanted <= hold.paidSeconds) return;
    const { billedSeconds, cost } = price(hold.rate, wanted * 1000);
    // An increment that has begun is paid to its end.
    hold.paidSeconds = Math.min(affordable.seconds, Math.max(wanted, billedSeconds > 0 ? hold.rate.freeSeconds + billedSeconds : 0));
    if (cost > hold.amount) this.#reserve(hold, cost);
  }

  #reserve(hold: CallHold, amount: Micros): void {
    hold.account.held = micros(hold.account.held + amount - hold.amount);
    hold.amount = amount;
    this.#changed.add(hold.account);
  }

  #close(hold: CallHold): void {
    this.#due.clear(hold);
    this.#holds.delete(hold.callId);
    this.#reserve(hold, ZERO);
  }

  #paidEnd(hold: CallHold): number {
    return (hold.answeredAt ?? 0) + hold.paidSeconds * 1000;
  }

  /** Next look at this hold: 10 s before it runs out, and when that is past or brought nothing, at its end. */
  #schedule(hold: CallHold, now: number): void {
    const end = this.#paidEnd(hold);
    this.#due.set(hold, end - EXTEND_BEFORE_MS > now ? end - EXTEND_BEFORE_MS : end);
  }

  #whyCut(hold: CallHold): CutOffReason {
    const most = affordableSeconds(hold.rate, micros(Number.MAX_SAFE_INTEGER), hold.maxSeconds);
    if (most.ok && most.seconds <= hold.paidSeconds) return 'max-duration';
    const byBalance = affordableSeconds(hold.rate, micros(hold.amount + Math.max(0, hold.account.available)), hold.maxSeconds);
    return byBalance.ok && byBalance.seconds > hold.paidSeconds ? 'daily-cap' : 'credit';
  }
}

/** The connect fee and the first increment: what the shortest call that is not free costs. */
function firstCost(rate: RateSnapshot): Micros {
  return price(rate, Math.max(rate.freeSeconds, rate.graceSeconds) * 1000 + 1).cost;
}
