import type { Micros } from '../../money/money.ts';
import type { App } from './app-call.ts';

export interface BalancePorts {
  /** What the next call of this subscriber may cost; undefined: he has no account. */
  readonly available: (subscriberId: number) => Micros | undefined;
  /** ISO 4217. */
  readonly currency: () => string;
}

/** Reads out what a subscriber has left, to his own phone only. */
export const balanceReadout =
  ({ available, currency }: BalancePorts): App =>
  async (call) => {
    const { caller, prompts, language } = call;
    const left = caller.kind === 'subscriber' ? available(caller.subscriber.id) : undefined;
    if (left === undefined) {
      call.refuseWith('not-permitted');
      return;
    }
    if (!(await call.answer())) return;
    const amount = prompts.money(language, left, currency());
    const say = (name: string) => prompts.say(language, name);
    await call.endpoint.play([{ silenceMs: 500 }, ...say('your-balance-is'), ...amount, { silenceMs: 500 }, ...say('vm-goodbye')]);
  };
