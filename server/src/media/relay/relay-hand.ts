import { type RelayOrder, type RelaySession, type RelaySessionStats, type RelaySideStats, SdpRefused, type Side } from '../engine.ts';
import type { PortRange } from '../ports/port-pool.ts';
import { SupervisedWorker, workerFile } from '../supervisor/supervised-worker.ts';
import type { RelayCommand, RelayReport, RelayResult, RelayWorkerData, WorkerFigures } from './messages.ts';

/** A worker says every second that it lives. */
const SILENCE_SECONDS = 10;

type Asking<T extends RelayCommand = RelayCommand> = T extends { request: number } ? Omit<T, 'request'> : never;

interface Waiting {
  readonly call: number;
  readonly resolve: (result: RelayResult) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of one worker of the relay. The worker starts with the first call. */
export class RelayHand {
  losses = 0;
  #figures: WorkerFigures = { sessions: 0, portsOpen: 0, packets: 0, bytes: 0, strangers: 0 };
  /** Of workers that died: totals never go back. */
  #before = { packets: 0, bytes: 0, strangers: 0 };
  readonly #range: PortRange;
  readonly #onFault: (what: string) => void;
  readonly #sessions = new Map<number, BuiltInSession>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: SupervisedWorker<RelayCommand, RelayReport> | undefined;
  #lastCall = 0;
  #lastRequest = 0;
  #closed = false;

  constructor(range: PortRange, onFault: (what: string) => void) {
    this.#range = range;
    this.#onFault = onFault;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  get isAlive(): boolean {
    return this.#worker?.alive === true;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  get figures(): WorkerFigures {
    const { packets, bytes, strangers } = this.#before;
    const now = this.#figures;
    return { ...now, packets: now.packets + packets, bytes: now.bytes + bytes, strangers: now.strangers + strangers };
  }

  /** Undefined: it has no ports left, or its worker is being started again. */
  async open(order: RelayOrder): Promise<RelaySession | undefined> {
    if (this.#closed) return undefined;
    this.#worker ??= new SupervisedWorker<RelayCommand, RelayReport>({
      file: workerFile('relay', import.meta.url),
      workerData: { range: this.#range } satisfies RelayWorkerData,
      silenceSeconds: SILENCE_SECONDS,
      onMessage: (report) => this.#hear(report),
      onLost: (why) => this.#lost(why),
    });
    if (!this.isAlive) return undefined;
    this.#lastCall += 1;
    const session = new BuiltInSession(this, this.#lastCall);
    this.#sessions.set(session.call, session);
    const result = await this.ask({ type: 'open', call: session.call, order }).catch(() => undefined);
    if (result && 'opened' in result && result.opened) return session;
    this.#sessions.delete(session.call);
    return undefined;
  }

  /** Rejects when the worker dies. */
  ask(command: Asking): Promise<RelayResult> {
    return new Promise((resolve, reject) => {
      if (!this.#worker || !this.isAlive) {
        reject(new Error('The relay is gone'));
        return;
      }
      this.#lastRequest += 1;
      const request = this.#lastRequest;
      this.#waiting.set(request, { call: command.call, resolve, reject });
      this.#worker.post({ ...command, request } as RelayCommand);
    });
  }

  answered(call: number): void {
    this.#worker?.post({ type: 'answered', call });
  }

  play(call: number, to: Side, files: readonly string[]): void {
    this.#worker?.post({ type: 'play', call, to, files });
  }

  /** The session is over: nothing more is told to it. */
  forget(call: number): void {
    this.#sessions.delete(call);
  }

  /** Ends the worker as a fault would. */
  kill(why: string): void {
    this.#worker?.kill(why);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.close();
    this.#fail('The relay was closed');
    this.#sessions.clear();
  }

  #hear(report: RelayReport): void {
    switch (report.type) {
      case 'done': {
        const waiting = this.#waiting.get(report.request);
        this.#waiting.delete(report.request);
        waiting?.resolve(report.result);
        break;
      }
      case 'silence':
        this.#sessions.get(report.call)?.onSilence(report.seconds);
        break;
      case 'fault':
        this.#onFault(report.what);
        break;
      case 'figures':
        this.#figures = report.figures;
    }
  }

  #lost(why: string): void {
    this.losses += 1;
    const { packets, bytes, strangers } = this.figures;
    this.#before = { packets, bytes, strangers };
    this.#figures = { sessions: 0, portsOpen: 0, packets: 0, bytes: 0, strangers: 0 };
    const lost = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#fail('The relay is gone');
    this.#onFault(`lost with ${lost.length} calls, starts again: ${why}`);
    for (const session of lost) session.onLost(why);
  }

  #fail(why: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(why));
  }
}

const NOTHING: RelaySideStats = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, strangers: 0, invalid: 0 };

class BuiltInSession implements RelaySession {
  onSilence: (seconds: number) => void = () => undefined;
  onLost: (why: string) => void = () => undefined;
  readonly call: number;
  readonly #hand: RelayHand;
  #last: RelaySessionStats = { caller: NOTHING, callee: NOTHING };
  /** Once closed: settles when the recording is whole. */
  #closing: Promise<void> | undefined;

  constructor(hand: RelayHand, call: number) {
    this.#hand = hand;
    this.call = call;
  }

  async pass(from: Side, sdp: Buffer, kind: 'offer' | 'answer'): Promise<Buffer> {
    const result = await this.#hand.ask({ type: 'pass', call: this.call, from, sdp: sdp.toString('latin1'), kind });
    if ('sdp' in result) return Buffer.from(result.sdp, 'latin1');
    throw 'refused' in result ? new SdpRefused(result.refused) : new Error('failed' in result ? result.failed : 'The relay is gone');
  }

  answered(): void {
    this.#hand.answered(this.call);
  }

  play(to: Side, files: readonly string[]): void {
    this.#hand.play(this.call, to, files);
  }

  close(): void {
    if (this.#closing !== undefined) return;
    this.#hand.forget(this.call);
    this.#closing = this.#learn('close');
  }

  async stats(): Promise<RelaySessionStats> {
    await (this.#closing ?? this.#learn('stats'));
    return this.#last;
  }

  /** What the worker says last stays true when it dies. */
  async #learn(type: 'stats' | 'close'): Promise<void> {
    const result = await this.#hand.ask({ type, call: this.call }).catch(() => undefined);
    if (result && 'stats' in result) this.#last = result.stats;
  }
}
