/** What the main thread and the services worker say to each other. */
import type { PortRange } from '../ports/port-pool.ts';
import type {
  CollectOptions,
  EndpointOrder,
  MediaServicesStats,
  Playable,
  Played,
  PlayOptions,
  Recorded,
  RecordOptions,
} from './endpoint.ts';

export interface ServicesWorkerData {
  readonly range: PortRange;
}

/** What the worker knows of itself. */
export type HostStats = Omit<MediaServicesStats, 'ports' | 'losses'>;

/** What is asked of the worker, and what it answers. */
export interface ServiceAnswers {
  open: boolean;
  answer: Uint8Array | undefined;
  offer: Uint8Array;
  accept: boolean;
  play: Played;
  collect: string;
  record: Recorded;
  join: undefined;
  playIntoRoom: undefined;
  stats: HostStats;
}

interface Asked<T extends keyof ServiceAnswers> {
  readonly type: T;
  readonly request: number;
}

export type ServiceRequest = (
  | (Asked<'open'> & { readonly order: EndpointOrder })
  | (Asked<'answer'> & { readonly sdp: Uint8Array })
  | (Asked<'accept'> & { readonly sdp: Uint8Array })
  | Asked<'offer'>
  | (Asked<'play'> & { readonly what: readonly Playable[]; readonly options: PlayOptions })
  | (Asked<'collect'> & { readonly options: CollectOptions })
  | (Asked<'record'> & { readonly options: RecordOptions })
  | (Asked<'join'> & { readonly room: string; readonly muted: boolean })
) & { readonly endpoint: string };

/** What needs no answer. */
export type ServiceOrder = (
  | { readonly type: 'clearDigits' | 'echo' | 'leave' | 'stop' | 'close' }
  | { readonly type: 'mute'; readonly on: boolean }
  | { readonly type: 'digit'; readonly digit: string }
) & { readonly endpoint: string };

export type ServiceCommand =
  | ServiceRequest
  | ServiceOrder
  | (Asked<'playIntoRoom'> & { readonly room: string; readonly what: readonly Playable[] })
  | Asked<'stats'>;

/** What a question of this kind says besides its kind and number. */
export type Details<T extends keyof ServiceAnswers> = Omit<Extract<ServiceCommand, { type: T; request: number }>, 'type' | 'request'>;

export type ServiceReport =
  | { readonly type: 'done'; readonly request: number; readonly answer: ServiceAnswers[keyof ServiceAnswers] }
  | { readonly type: 'failed'; readonly request: number; readonly why: string }
  | { readonly type: 'digit'; readonly endpoint: string; readonly digit: string }
  | { readonly type: 'silence'; readonly endpoint: string; readonly seconds: number }
  /** Something went wrong in this one: it is closed. */
  | { readonly type: 'lost'; readonly endpoint: string; readonly why: string }
  | { readonly type: 'speaking'; readonly room: string; readonly endpoints: readonly string[] }
  | { readonly type: 'fault'; readonly what: string }
  /** Every second: it lives. */
  | { readonly type: 'alive' };
