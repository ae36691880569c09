import type { RelayOrder, RelaySessionStats, Side } from '../engine.ts';
import type { PortRange } from '../ports/port-pool.ts';
import type { Totals } from './leg.ts';

/** What a worker of the relay is started with. */
export interface RelayWorkerData {
  readonly range: PortRange;
}

/** To a worker. `call` names a session, `request` what an answer belongs to. Session descriptions go as text: a byte a character. */
export type RelayCommand =
  | { readonly type: 'open'; readonly call: number; readonly request: number; readonly order: RelayOrder }
  | PassCommand
  | { readonly type: 'answered'; readonly call: number }
  | { readonly type: 'play'; readonly call: number; readonly to: Side; readonly files: readonly string[] }
  | { readonly type: 'stats'; readonly call: number; readonly request: number }
  /** Answered with the last figures once all is closed, its recording too. */
  | { readonly type: 'close'; readonly call: number; readonly request: number };

export interface PassCommand {
  readonly type: 'pass';
  readonly call: number;
  readonly request: number;
  readonly from: Side;
  readonly sdp: string;
  readonly kind: 'offer' | 'answer';
}

/** From a worker. */
export type RelayReport =
  | { readonly type: 'done'; readonly request: number; readonly result: RelayResult }
  | { readonly type: 'silence'; readonly call: number; readonly seconds: number }
  /** Something the operator should know; the call goes on. */
  | { readonly type: 'fault'; readonly what: string }
  | { readonly type: 'figures'; readonly figures: WorkerFigures };

export type RelayResult =
  | { readonly opened: boolean }
  | { readonly sdp: string }
  /** It cannot be relayed (488). */
  | { readonly refused: string }
  | { readonly failed: string }
  | { readonly stats: RelaySessionStats };

/** Of one worker since its start; sent every second, which also says that it lives. */
export interface WorkerFigures extends Readonly<Totals> {
  readonly sessions: number;
}
