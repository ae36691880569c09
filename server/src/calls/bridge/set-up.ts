import type { Subscriber } from '../../directory/types.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import type { Call } from '../call.ts';
import type { BridgeJob, GatewayLeg, StageFailure } from '../stage.ts';

/**
 * The job of a call, shared by everybody who works on it. An answered call lasts for minutes; the caller's INVITE, the plan and what else
 * only setting it up took must not.
 */
export class SetUp implements BridgeJob {
  readonly call: Call;
  readonly maxSeconds: number | null;
  #job: BridgeJob | undefined;

  constructor(job: BridgeJob) {
    this.call = job.call;
    this.maxSeconds = job.maxSeconds;
    this.#job = job;
  }

  get tx(): ServerTransaction {
    return this.#unanswered.tx;
  }

  get caller(): Subscriber | undefined {
    return this.#unanswered.caller;
  }

  get legs(): readonly GatewayLeg[] {
    return this.#unanswered.legs;
  }

  get onFailed(): (failure: StageFailure) => void {
    return this.#unanswered.onFailed;
  }

  /** The caller has his answer: nobody will ask for more than the call itself. */
  done(): void {
    this.#job = undefined;
  }

  get #unanswered(): BridgeJob {
    if (!this.#job) throw new Error('the caller has his answer already');
    return this.#job;
  }
}
