import type { AppCall } from '../calls/answer/app-call.ts';
import type { Playable, Recorded, RecordOptions } from '../media/endpoint/endpoint.ts';

/** The other side has hung up, or the call was lost: whatever was to come next does not. */
export class CallOver extends Error {}

const ANY = '0123456789*#';
const PATIENCE_MS = 5_000;
const BETWEEN_MS = 3_000;
/** How often a menu is said to somebody who does not press anything. */
const TIMES = 3;

/** A spoken dialogue over one call, in one language. Everything throws CallOver once the call is over. */
export class Speaker {
  readonly call: AppCall;
  readonly language: string;

  constructor(call: AppCall, language: string) {
    this.call = call;
    this.language = language;
  }

  /** Prompts by name, one after the other. */
  say(...names: string[]): Playable[] {
    return names.flatMap((name) => this.call.prompts.say(this.language, name));
  }

  number(value: number): readonly Playable[] {
    return this.call.prompts.number(this.language, value);
  }

  digits(text: string): readonly Playable[] {
    return this.call.prompts.digits(this.language, text);
  }

  /** Plays to the end, or to one of the keys. @returns the key; undefined: it was played to the end */
  async play(what: readonly Playable[], keys = ''): Promise<string | undefined> {
    const played = await this.call.endpoint.play(what, keys === '' ? {} : { interruptBy: keys });
    if (played.ended === 'closed' || this.call.hungUp.aborted) throw new CallOver();
    return played.digit;
  }

  /** Says the choices until one of the keys is pressed. @returns the key; undefined: nothing was, again and again */
  async ask(choices: readonly Playable[], keys: string): Promise<string | undefined> {
    for (let time = 0; time < TIMES; time++) {
      const key = (await this.play(choices, ANY)) ?? (await this.#collect(1, PATIENCE_MS));
      if (key !== '' && keys.includes(key)) return key;
      if (key !== '') await this.play(this.say('vm-pls-try-again'));
    }
    return undefined;
  }

  /** Digits, ended by # or by waiting. What was typed during the question counts. */
  async askDigits(question: readonly Playable[], max: number): Promise<string> {
    this.call.endpoint.clearDigits();
    // Ended by the first digit, which belongs to the answer.
    const first = (await this.play(question, ANY)) ?? '';
    if (first === '#') return '';
    return first + (await this.#collect(max - first.length, first === '' ? PATIENCE_MS : BETWEEN_MS));
  }

  async record(options: Omit<RecordOptions, 'terminators' | 'beep'>): Promise<Recorded> {
    return this.call.endpoint.record({ ...options, terminators: '#', beep: true });
  }

  async #collect(max: number, firstMs: number): Promise<string> {
    const digits = await this.call.endpoint.collect({ max, terminator: '#', firstMs, betweenMs: BETWEEN_MS });
    if (this.call.hungUp.aborted) throw new CallOver();
    return digits;
  }
}

/** After a recording: keep it, hear it, or speak once more. Who hangs up or presses nothing keeps it. */
export async function wantsAnother(speaker: Speaker, file: string): Promise<boolean> {
  for (;;) {
    const key = await speaker.ask(speaker.say('vm-review'), '123');
    if (key !== '2') return key === '3';
    await speaker.play([{ file }], '123#');
  }
}

/** Runs a dialogue; that the call is over ends it, and is no fault. */
export async function dialogue(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CallOver)) throw error;
  }
}
