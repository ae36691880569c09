import type { AppName } from '../../directory/feature-code.ts';
import type { Endpoint } from '../../media/endpoint/endpoint.ts';
import type { PromptBook } from '../../media/prompts/prompt-book.ts';
import type { Caller } from '../../routing/call-plan.ts';
import type { RefusalCode } from '../../routing/refusals.ts';
import type { Call } from '../call.ts';

/** What a service says: prompts by language and name. Names are those of the core sounds (`vm-intro`, `digits/1`). */
export type Prompts = Pick<PromptBook, 'say' | 'number' | 'digits' | 'duration' | 'date' | 'money' | 'languages'>;

/** A call that the server answers itself, as a service sees it. */
export interface AppCall {
  readonly call: Call;
  readonly app: AppName;
  /** Conference room, `<subscriberId>:<why>` (readVoicemailArgument), or what the feature code says. */
  readonly argument: string | undefined;
  readonly caller: Caller;
  /** Of the subscriber who calls, else of the one who is called, else of the server. */
  readonly language: string;
  readonly endpoint: Endpoint;
  readonly prompts: Prompts;
  readonly answered: boolean;
  /** Aborted when the call is over, whoever ended it. Plays, collects and recordings end by themselves then. */
  readonly hungUp: AbortSignal;
  /** 200 OK. False: the caller is gone, or the call cannot be answered. Resolves at once when it is answered already. */
  answer(): Promise<boolean>;
  /** 183 with early media: nobody pays and the call is not answered. False: gone, or early media is not possible (no offer). */
  early(): Promise<boolean>;
  /** The final response of a call that `run` leaves unanswered; 480 when this was not called. */
  refuseWith(code: RefusalCode): void;
  /**
   * Asks the caller's phone to call this number (REFER, RFC 3515), as for "call back": the phone makes a call of its own, with its own
   * price and CDR, and this one ends. False: the phone does not want to, or it is no subscriber's.
   */
  transfer(number: string): Promise<boolean>;
}

export type App = (call: AppCall) => Promise<void>;

/**
 * The services by name. Feature folders register theirs when their module starts; calls knows none of them. When `run` returns, the call
 * is hung up if it was answered, else refused.
 */
export class AppRegistry {
  readonly #apps = new Map<AppName, App>();

  register(name: AppName, run: App): void {
    if (this.#apps.has(name)) throw new Error(`${name} is registered already`);
    this.#apps.set(name, run);
  }

  get(name: AppName): App | undefined {
    return this.#apps.get(name);
  }
}
