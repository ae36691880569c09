import type { AppName } from '../../directory/feature-code.ts';
import type { Translator } from '../../media/chain/chained-relay.ts';
import type { EndpointOrder, MediaServices } from '../../media/endpoint/endpoint.ts';
import type { Caller } from '../../routing/call-plan.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import type { Locator } from '../../sip/proxy/index.ts';
import type { ServerTransaction, TransactionLayer } from '../../sip/transaction/index.ts';
import type { Call } from '../call.ts';
import type { Flows } from '../dialog/caller-way.ts';
import type { Leg } from '../dialog/leg.ts';
import type { SessionTimes, StageFailure } from '../stage.ts';
import type { AnsweredCall } from './answered-call.ts';
import type { App, AppRegistry, Prompts } from './app-call.ts';

/** What the answering side is given by the node. */
export interface AnswerPorts {
  readonly transactions: TransactionLayer;
  /** Finds where requests to callers go. */
  readonly locator: Locator;
  readonly flows: Flows;
  readonly media: MediaServices;
  /** Takes encryption, ICE and other codecs off a caller's media; undefined: nobody does. */
  readonly translator?: () => Translator | undefined;
  readonly prompts: Prompts;
  readonly session: () => SessionTimes;
  /** Longest call; null = no limit. */
  readonly maxCallSeconds: () => number | null;
  /** Where our media for the sender of this INVITE is, and how his is reached. */
  readonly mediaOf: (invite: SipRequest, caller: Caller) => Omit<EndpointOrder, 'callId'>;
  readonly log: (message: string, error?: unknown) => void;
}

/** What the node is given to answer calls with. */
export interface ServiceParts {
  readonly media: MediaServices;
  readonly prompts: Prompts;
  readonly registry: AppRegistry;
}

/** One call to be answered here. */
export interface AnswerJob {
  readonly call: Call;
  /** The caller's INVITE; it has no final response yet. */
  readonly tx: ServerTransaction;
  readonly app: AppName;
  readonly argument?: string;
  readonly language: string;
  readonly run: App;
  /** The call ended without being answered; `refusal` says why when it was the service that did not want it. */
  readonly onFailed: (failure: StageFailure) => void;
}

/** Where requests inside dialogs find their call. */
export interface AnsweredCalls {
  add(leg: Leg, call: AnsweredCall): void;
  remove(leg: Leg): void;
}
