import { ZERO } from '../money/money.ts';
import type { AccountBook } from './account-book.ts';
import type {
  AnsweredAt,
  AuthoriseRefusal,
  AuthoriseResult,
  CallCharging,
  CallRecord,
  CutOffReason,
  PaidCall,
  RunningCall,
  UnpaidCall,
} from './call-record.ts';
import type { FinishedCall, JournalEntry } from './call-store.ts';
import type { RateSnapshot } from './rate.ts';
import { UnpaidJournal } from './unpaid-journal.ts';

/** The part of the SIP clock that is needed here; a fake one drives the specs. */
export interface ChargingClock {
  /** Monotonic ms. */
  now(): number;
  after(ms: number, run: () => void): () => void;
}

/** Where journal rows and call records go. */
export interface ChargingStore {
  open(entry: JournalEntry): Promise<void>;
  close(call: FinishedCall): Promise<void>;
  heartbeat(mono: number): Promise<void>;
  journalIds(): Promise<number[]>;
  drain(): Promise<void>;
}

export interface ChargingOptions {
  book: AccountBook;
  store: ChargingStore;
  clock: ChargingClock;
  /** The version of the payer's rate at an instant (epoch ms), for the answer; undefined = keep the quoted one. */
  rateAt?: (tariffId: number, e164: string, atMs: number) => RateSnapshot | undefined;
  /** A call record is on disk. */
  onClosed?: (call: FinishedCall) => void;
  /** A write failed and is tried again. */
  onFault?: (what: string, error: unknown) => void;
  heartbeatMs?: number;
}

const TICK_MS = 50;
const RETRY_MS = 1000;

/** What is known of a call between `authorise` and `finished`. */
interface OpenCall {
  call: PaidCall;
  /** Resolves when the journal row is on disk. */
  journal: Promise<void> | undefined;
  /** Set with `journal`. */
  journalId: number | null;
  /** The journal could not be written: the caller never got his 200 OK. */
  refused: boolean;
}

/** Charges calls to accounts: the account book decides in memory, the store follows on disk. */
export class AccountCharging implements CallCharging {
  readonly #o: ChargingOptions;
  readonly #open = new Map<string, OpenCall>();
  readonly #unpaid: UnpaidJournal;
  readonly #heartbeatMs: number;
  #nextHeartbeat = 0;
  #lastJournalId = 0;
  #stopTick: (() => void) | undefined;
  #heartbeat: Promise<void> | undefined;
  /** Calls whose record the disk refused. */
  readonly #failed: FinishedCall[] = [];
  #nextRetry = 0;
  /** Journal rows without a call at the last sweep: such a call may just have ended. */
  #suspects = new Set<number>();
  /** Why no new call may cost money now; running ones go on. */
  blocked: AuthoriseRefusal | undefined;
  onCutOff: (callId: string, why: CutOffReason) => void = () => {};

  constructor(options: ChargingOptions) {
    this.#o = options;
    this.#heartbeatMs = options.heartbeatMs ?? 5000;
    this.#unpaid = new UnpaidJournal({
      open: (entry) => options.store.open(entry),
      nextId: () => ++this.#lastJournalId,
      onFault: (error) => options.onFault?.('a call that nobody pays could not be written into the journal', error),
    });
    options.book.onCutOff = (callId, why) => this.onCutOff(callId, why);
    options.book.onFault = (callId, error) => options.onFault?.(`call ${callId} could not be cut off and is tried again`, error);
  }

  /** Starts the slices, the cut-offs and the heartbeat. */
  start(): void {
    const tick = () => {
      this.#stopTick = this.#o.clock.after(TICK_MS, tick);
      const now = this.#o.clock.now();
      this.#o.book.tick(now);
      this.#unpaid.tick(now);
      if (now >= this.#nextHeartbeat) this.#beat(now);
      if (this.#failed.length > 0 && now >= this.#nextRetry) this.#retry(now);
    };
    this.#nextHeartbeat = this.#o.clock.now() + this.#heartbeatMs;
    this.#stopTick = this.#o.clock.after(TICK_MS, tick);
  }

  /** Stops ticking, and returns when everything that was finished is on disk. Calls that still talk are closed at the next start, charged up to now. */
  async stop(): Promise<void> {
    this.#stopTick?.();
    this.#stopTick = undefined;
    await this.#heartbeat;
    const now = this.#o.clock.now();
    this.#retry(now);
    this.#unpaid.tick(Number.POSITIVE_INFINITY);
    await this.#o.store.drain();
    if (this.#talking) await this.#o.store.heartbeat(now);
  }

  authorise(call: PaidCall): AuthoriseResult {
    if (this.blocked !== undefined) return { ok: false, code: this.blocked };
    const result = this.#o.book.authorise(call);
    if (result.ok) this.#open.set(call.callId, { call, journal: undefined, journalId: null, refused: false });
    return result;
  }

  /** @throws when the journal cannot be written: the call must not be answered then */
  answered(callId: string, at: AnsweredAt): Promise<void> {
    const open = this.#open.get(callId);
    if (!open || open.journal !== undefined) return open?.journal ?? Promise.resolve();
    const { call } = open;
    const rate = call.tariffId === undefined ? undefined : this.#o.rateAt?.(call.tariffId, call.e164, at.wall);
    this.#o.book.answered(callId, at.mono, rate);
    const record = at.gatewayId === undefined ? call.record : { ...call.record, gatewayId: at.gatewayId };
    open.call = { ...call, record, rate: this.#o.book.hold(callId)?.rate ?? call.rate };
    this.#lastJournalId += 1;
    open.journalId = this.#lastJournalId;
    const written = this.#o.store.open({ id: open.journalId, answeredMono: at.mono, answeredAt: at.wall, call: open.call });
    open.journal = written.catch((error: unknown) => {
      open.refused = true;
      throw error;
    });
    return open.journal;
  }

  talking(callId: string, at: AnsweredAt, call: () => UnpaidCall['unpaid']): void {
    if (!this.#open.has(callId)) this.#unpaid.answered({ callId, unpaid: call() }, at);
  }

  finished(record: CallRecord): void {
    const open = this.#open.get(record.callId);
    if (!open) {
      this.#closeUnpaid({ record, cost: ZERO, billedSeconds: 0, journalId: null });
      return;
    }
    this.#open.delete(record.callId);
    const finished = this.#settle(record, open);
    // The journal row must be there before it is taken away.
    if (open.journal !== undefined) {
      open.journal.then(
        () => this.#close(finished),
        () => this.#close({ ...finished, journalId: null }),
      );
    } else this.#close(finished);
  }

  #closeUnpaid(call: FinishedCall): void {
    const row = this.#unpaid.take(call.record.callId);
    // The journal row must be there before it is taken away.
    if (row) void row.written.then((written) => this.#close(written ? { ...call, journalId: row.id } : call));
    else this.#close(call);
  }

  /** Is there a call that a heartbeat says something of? */
  get #talking(): boolean {
    return this.#open.size > 0 || this.#unpaid.size > 0;
  }

  snapshot(callId: string): RunningCall | undefined {
    const hold = this.#o.book.hold(callId);
    if (!hold) return undefined;
    const runningCost = this.#o.book.runningCost(callId, this.#o.clock.now());
    return { accountId: hold.account.id, rate: hold.rate, runningCost, held: hold.amount, paidSeconds: hold.paidSeconds };
  }

  /**
   * Compares the journal with the calls that are talking.
   * @returns `unwritten`: call records the disk has refused up to now; `orphans`: journal rows that belonged to no call in this sweep and in
   * the one before (the next start closes them)
   */
  async sweep(): Promise<{ talking: number; unwritten: number; orphans: number }> {
    await this.#o.store.drain();
    const onDisk = await this.#o.store.journalIds();
    const open = new Set([...[...this.#open.values()].map((call) => call.journalId), ...this.#unpaid.ids()]);
    for (const { journalId } of this.#failed) open.add(journalId);
    const without = onDisk.filter((id) => !open.has(id));
    const orphans = without.filter((id) => this.#suspects.has(id)).length;
    this.#suspects = new Set(without);
    open.delete(null);
    return { talking: open.size, unwritten: this.#failed.length, orphans };
  }

  #settle(record: CallRecord, { call, journalId, refused }: OpenCall): FinishedCall {
    const { accountId } = call;
    // Hung up in the millisecond of the answer is answered all the same; a call that could not be written down is not charged.
    const talk = record.answeredAt === null || refused ? 0 : Math.max(1, record.talkMs);
    const charged = talk > 0 ? this.#o.book.settle(call.callId, talk) : undefined;
    if (!charged) {
      this.#o.book.release(call.callId);
      return { record: { ...record, accountId, rate: call.rate }, cost: ZERO, billedSeconds: 0, journalId };
    }
    const { cost, billedSeconds, rate, talkMs } = charged;
    return { record: { ...record, accountId, rate, talkMs }, cost, billedSeconds, journalId };
  }

  #close(call: FinishedCall): void {
    this.#o.store.close(call).then(
      () => this.#o.onClosed?.(call),
      (error: unknown) => {
        // The memory has charged it already, so the disk must follow: full disks are emptied, locks end.
        this.#failed.push(call);
        this.#o.onFault?.(`the record of call ${call.record.callId} could not be written and is tried again`, error);
      },
    );
  }

  #retry(now: number): void {
    this.#nextRetry = now + RETRY_MS;
    for (const call of this.#failed.splice(0)) this.#close(call);
  }

  #beat(now: number): void {
    this.#nextHeartbeat = now + this.#heartbeatMs;
    if (!this.#talking || this.#heartbeat !== undefined) return;
    this.#heartbeat = this.#o.store
      .heartbeat(now)
      .catch((error: unknown) => this.#o.onFault?.('the heartbeat could not be written', error))
      .finally(() => {
        this.#heartbeat = undefined;
      });
  }
}
