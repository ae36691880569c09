import type { RefusalCode } from '../../routing/refusals.ts';
import type { App } from './app-call.ts';

/** Refusals that a phone says well enough by itself, or that come of the media being gone. */
const SILENT = new Set<RefusalCode>(['address-incomplete', 'foreign-domain', 'no-media', 'media-down']);

export const isAnnounced = (code: RefusalCode): boolean => !SILENT.has(code);

/** Says why in early media; the call is refused after it. */
export const refusalAnnouncement =
  (code: RefusalCode): App =>
  async (call) => {
    call.refuseWith(code);
    if (await call.early()) await call.endpoint.play([PAUSE, ...call.prompts.say(call.language, `refusal-${code}`)]);
  };

/** Says how long the credit lasts, in early media: to the second where that matters. */
export const minutesLeft =
  (seconds: number): App =>
  async (call) => {
    const { prompts, language } = call;
    const minutes = Math.floor(seconds / 60);
    const say = (name: string) => prompts.say(language, name);
    const left = minutes < 2 ? prompts.duration(language, seconds) : [...prompts.number(language, minutes), ...say('minutes-left-after')];
    if (await call.early()) await call.endpoint.play([PAUSE, ...say('minutes-left-before'), ...left]);
  };

/** Phones need a moment to open their early media; the first word would be lost. */
const PAUSE = { silenceMs: 300 };
