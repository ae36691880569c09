import type { Playable } from '../../media/endpoint/endpoint.ts';
import type { App, AppCall, AppRegistry } from './app-call.ts';

const PAUSE: Playable = { silenceMs: 500 };

const say = ({ prompts, language }: AppCall, name: string) => prompts.say(language, name);

/** Echo test (M-24: 613): a short introduction, then everything comes back. */
const echo: App = async (call) => {
  if (!(await call.answer())) return;
  const { endpoint, hungUp } = call;
  await endpoint.play([PAUSE, ...say(call, 'demo-echotest')], { interruptBy: '0123456789*#' });
  if (hungUp.aborted) return;
  const done = new Promise<void>((resolve) => {
    endpoint.onDigit = (digit) => digit === '#' && resolve();
  });
  endpoint.echo();
  await Promise.race([done, untilHungUp(hungUp)]);
  endpoint.stop();
  if (!hungUp.aborted) await endpoint.play(say(call, 'demo-echodone'));
};

/** Reads back the number that the call comes from (M-24: 958), twice. */
const numberReadback: App = async (call) => {
  const { prompts, language } = call;
  const { caller, fromUser } = call.call.start;
  const number = caller.kind === 'subscriber' ? caller.subscriber.number : fromUser;
  if (!(await call.answer())) return;
  const digits = prompts.digits(language, number);
  await call.endpoint.play([PAUSE, ...say(call, 'your-number-is'), ...digits, PAUSE, PAUSE, ...digits, PAUSE, ...say(call, 'vm-goodbye')]);
};

/** Demo announcement (O-133: *100): answer, play, hang up. */
const demo: App = async (call) => {
  if (await call.answer()) await call.endpoint.play([PAUSE, ...say(call, 'demo-congrats'), PAUSE]);
};

/** Music until the caller hangs up. */
const music: App = async (call) => {
  if (await call.answer()) await call.endpoint.play(say(call, 'music'), { loop: true });
};

export function registerSimpleApps(registry: AppRegistry): void {
  registry.register('echo', echo);
  registry.register('number-readback', numberReadback);
  registry.register('demo', demo);
  registry.register('music', music);
}

function untilHungUp(hungUp: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (hungUp.aborted) resolve();
    else hungUp.addEventListener('abort', () => resolve(), { once: true });
  });
}
