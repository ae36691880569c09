import type { CallEnd, CallRecord } from '../billing/call-record.ts';
import { Call, type CallClocks, type CallStart, type CallWatcher } from './call.ts';

export interface CallChange {
  readonly action: 'started' | 'changed' | 'ended';
  readonly call: Call;
  /** Set when it has ended. */
  readonly record?: CallRecord;
}

/** The calls that are going on. A call is in it from its INVITE until it is written down. */
export class ActiveCalls {
  readonly #clocks: CallClocks;
  readonly #finished: (record: CallRecord) => void;
  readonly #calls = new Map<string, Call>();
  readonly #bySubscriber = new Map<number, Set<Call>>();
  readonly #byGateway = new Map<number, number>();
  readonly #listeners = new Set<(change: CallChange) => void>();

  readonly #watcher: CallWatcher = {
    changed: (call) => this.#tell({ action: 'changed', call }),
    gatewayChanged: (call, before) => {
      this.#countGateway(before, -1);
      this.#countGateway(call.gatewayId, 1);
    },
    finished: (call, record) => this.#close(call, record),
  };

  /** @param finished takes the record of each call, once. */
  constructor(clocks: CallClocks, finished: (record: CallRecord) => void) {
    this.#clocks = clocks;
    this.#finished = finished;
  }

  open(start: CallStart): Call {
    const call = new Call(start, this.#clocks, this.#watcher);
    this.#calls.set(call.id, call);
    const { fromSubscriberId } = call;
    if (fromSubscriberId !== null) {
      const own = this.#bySubscriber.get(fromSubscriberId);
      if (own) own.add(call);
      else this.#bySubscriber.set(fromSubscriberId, new Set([call]));
    }
    this.#countGateway(call.gatewayId, 1);
    this.#tell({ action: 'started', call });
    return call;
  }

  get size(): number {
    return this.#calls.size;
  }

  list(): Iterable<Call> {
    return this.#calls.values();
  }

  get(id: string): Call | undefined {
    return this.#calls.get(id);
  }

  /** Calls that this subscriber makes or is rung by. */
  *ofSubscriber(subscriberId: number): Iterable<Call> {
    for (const call of this.#calls.values()) if (call.fromSubscriberId === subscriberId || call.toSubscriberId === subscriberId) yield call;
  }

  /** Calls that this subscriber makes, ringing ones included. */
  countOf(subscriberId: number): number {
    return this.#bySubscriber.get(subscriberId)?.size ?? 0;
  }

  /** Lines of this gateway that are taken, both directions. */
  countOfGateway(gatewayId: number): number {
    return this.#byGateway.get(gatewayId) ?? 0;
  }

  /** Ends a call on both sides; false when there is no such call. */
  hangup(id: string, by: CallEnd, reason: string): boolean {
    const call = this.#calls.get(id);
    call?.hangup(by, reason);
    return call !== undefined;
  }

  onChange(listener: (change: CallChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #close(call: Call, record: CallRecord): void {
    this.#calls.delete(call.id);
    const { fromSubscriberId } = call;
    if (fromSubscriberId !== null) {
      const own = this.#bySubscriber.get(fromSubscriberId);
      own?.delete(call);
      if (own?.size === 0) this.#bySubscriber.delete(fromSubscriberId);
    }
    this.#countGateway(call.gatewayId, -1);
    this.#finished(record);
    this.#tell({ action: 'ended', call, record });
  }

  #countGateway(gatewayId: number | null, by: 1 | -1): void {
    if (gatewayId === null) return;
    const count = this.countOfGateway(gatewayId) + by;
    if (count > 0) this.#byGateway.set(gatewayId, count);
    else this.#byGateway.delete(gatewayId);
  }

  #tell(change: CallChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
