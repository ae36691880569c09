import type { Directory } from '../../directory/directory.ts';
import type { AppName } from '../../directory/feature-code.ts';
import type { RefusalCode } from '../../routing/refusals.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { Call } from '../call.ts';
import { descriptionOf } from '../media/session-body.ts';
import { isAnnounced, minutesLeft, refusalAnnouncement } from './announcements.ts';
import type { AnswerService } from './answer-service.ts';
import type { App, AppRegistry } from './app-call.ts';
import type { AnswerJob } from './ports.ts';

/** Announcements at once, in all: they are a courtesy and leave the ports to calls. */
const MOST_ANNOUNCEMENTS = 100;

interface Caught {
  readonly call: Call;
  /** The caller's one server transaction. */
  readonly tx: ServerTransaction;
}

/** Starts services and announcements for the executor. */
export class AppStage {
  readonly #answers: AnswerService;
  readonly #registry: AppRegistry;
  readonly #directory: Directory;
  #announcing = 0;

  constructor(answers: AnswerService, registry: AppRegistry, directory: Directory) {
    this.#answers = answers;
    this.#registry = registry;
    this.#directory = directory;
  }

  /** @returns false when there is no such service, or nothing can be answered now. */
  start(at: Caught, app: AppName, argument: string | undefined, onFailed: AnswerJob['onFailed']): boolean {
    const run = this.#registry.get(app);
    if (!run || !this.#answers.ready) return false;
    at.call.kind = 'app';
    at.call.app = app;
    this.#answers.start({ ...at, app, argument, language: this.#languageOf(at.call), run, onFailed });
    return true;
  }

  /**
   * Tells the caller why in early media, for which nobody pays; the refusal follows with `then`.
   * @returns false when there is to be no announcement
   */
  announceRefusal(at: Caught, code: RefusalCode, then: AnswerJob['onFailed']): boolean {
    return isAnnounced(code) && this.#announce(at, refusalAnnouncement(code), then);
  }

  /** Tells the caller how long his credit lasts before the gateway is called; `then` goes on. */
  announceTimeLeft(at: Caught, seconds: number | null, then: AnswerJob['onFailed']): boolean {
    const below = this.#directory.settings.minutesLeftBelow * 60;
    return seconds !== null && seconds < below && this.#announce(at, minutesLeft(seconds), then);
  }

  #announce(at: Caught, run: App, then: AnswerJob['onFailed']): boolean {
    const { call, tx } = at;
    const { announcements } = this.#directory.settings;
    const { caller } = call.start;
    // Without an offer there is no early media; strangers get no more of us than they must.
    if (!announcements || caller.kind === 'stranger' || !descriptionOf(tx.request)) return false;
    if (!this.#answers.ready || this.#announcing >= MOST_ANNOUNCEMENTS) return false;
    this.#announcing++;
    const onFailed: AnswerJob['onFailed'] = (failure) => {
      this.#announcing--;
      then(failure);
    };
    this.#answers.start({ ...at, app: 'announcement', language: this.#languageOf(call), run, onFailed });
    return true;
  }

  #languageOf({ start, toSubscriberId }: Call): string {
    const callee = toSubscriberId === null ? undefined : this.#directory.subscriberById(toSubscriberId);
    const whose = start.caller.kind === 'subscriber' ? start.caller.subscriber : callee;
    return whose ? this.#directory.promptLanguages.of(whose) : this.#directory.settings.language;
  }
}
