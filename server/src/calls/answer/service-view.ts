import type { Endpoint } from '../../media/endpoint/endpoint.ts';
import type { AppCall, Prompts } from './app-call.ts';
import type { AnswerJob } from './ports.ts';

/** What the call itself does for its service. */
export interface CallActs extends Pick<AppCall, 'answer' | 'early' | 'refuseWith' | 'transfer'> {
  isTalking(): boolean;
}

/** The call as its service sees it. */
export function serviceView(job: AnswerJob, prompts: Prompts, endpoint: Endpoint, hungUp: AbortSignal, acts: CallActs): AppCall {
  const { call, app, argument, language } = job;
  return {
    ...{ call, app, argument, language, endpoint, prompts, hungUp, caller: call.start.caller },
    get answered() {
      return acts.isTalking();
    },
    answer: () => acts.answer(),
    early: () => acts.early(),
    refuseWith: (code) => acts.refuseWith(code),
    transfer: (number) => acts.transfer(number),
  };
}
