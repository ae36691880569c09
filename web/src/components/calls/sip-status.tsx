import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { type Texts, useTexts } from '#app/i18n/index.ts';

/** The SIP codes that have a text of their own (RFC 3261 section 21 and its family). */
export const knownStatus = [
  100, 180, 181, 182, 183, 199, 200, 202, 204, 300, 301, 302, 305, 380, 400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 412, 413, 414,
  415, 416, 417, 420, 421, 422, 423, 424, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 484, 485, 486, 487,
  488, 489, 491, 493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 600, 603, 604, 606, 607, 608,
] as const;

const classes = [1, 2, 3, 4, 5, 6] as const;
export type StatusClass = (typeof classes)[number];

/** 4 for 404; what is no SIP status counts as a failed server. */
export const classOf = (status: number): StatusClass => classes.find((each) => each === Math.floor(status / 100)) ?? 5;

/** A SIP status in words; a code nobody wrote a text for is named by its class. */
export function statusText(status: number, { maybe, t }: Texts): string {
  return maybe(`sip.${status}`) ?? t(`sipClass.${classOf(status)}`);
}

/** What to do about it. */
export function statusAdvice(status: number, { maybe, t }: Texts): string {
  return maybe(`sipDo.${status}`) ?? t(`sipClassDo.${classOf(status)}`);
}

export const statusTone = (status: number): Tone =>
  status < 200
    ? 'info'
    : status < 300
      ? 'ok'
      : status < 400
        ? 'info'
        : status === 486 || status === 487 || status === 480
          ? 'plain'
          : 'bad';

export interface Outcome {
  status: number;
  refusal: string | null;
  answered: boolean;
  /** The service that answered. */
  app?: string | null;
}

/** How a call went, in a word or two. Our own refusal says more than the SIP code it was sent with. */
export function outcomeText({ status, refusal, answered, app }: Outcome, texts: Texts): string {
  if (answered) return (app ? texts.maybe(`app.${app}`) : undefined) ?? texts.t('call.answered');
  return (refusal === null ? undefined : texts.maybe(`refusal.${refusal}`)) ?? statusText(status, texts);
}

export function OutcomeBadge(props: Outcome) {
  const texts = useTexts();
  return (
    <Badge tone={props.answered ? (props.app ? 'info' : 'ok') : statusTone(props.status)} className="max-w-full">
      <span className="truncate">{outcomeText(props, texts)}</span>
    </Badge>
  );
}
