import { writeFile } from 'node:fs/promises';
import type { AppCall } from '../calls/answer/app-call.ts';
import { fakePrompts } from '../calls/answer/testing.ts';
import { Call } from '../calls/call.ts';
import type { Endpoint, Playable, Played, Recorded, RecordOptions } from '../media/endpoint/endpoint.ts';
import { tones } from '../media/testing/sound.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import type { Caller } from '../routing/call-plan.ts';

/** What somebody does when he hears a prompt: presses keys, or hangs up. */
export type Reaction = readonly [prompt: string, does: string];
export const HANGS_UP = 'hangs up';

export interface Speech {
  readonly seconds: number;
  readonly ended: Recorded['ended'];
}

/** A caller by script: reacts to prompts in the order of his list, and speaks when it is his turn. */
export class ScriptedEndpoint {
  readonly heard: string[] = [];
  readonly #reactions: Reaction[];
  readonly #speeches: Speech[];
  readonly #hangUp: () => void;
  #typed = '';

  constructor(reactions: readonly Reaction[], speeches: readonly Speech[], hangUp: () => void) {
    this.#reactions = [...reactions];
    this.#speeches = [...speeches];
    this.#hangUp = hangUp;
  }

  /** What he was going to do and did not get to. */
  get left(): readonly Reaction[] {
    return this.#reactions;
  }

  async play(what: readonly Playable[], { interruptBy = '' } = {}): Promise<Played> {
    const names = what.flatMap((each) => ('file' in each ? [each.file] : []));
    this.heard.push(names.join(' '));
    const [prompt, does = ''] = this.#reactions[0] ?? [];
    if (prompt === undefined || !names.includes(prompt)) return { ended: 'done' };
    if (does === HANGS_UP) {
      this.#reactions.shift();
      this.#hangUp();
      return { ended: 'closed' };
    }
    if (!interruptBy.includes(does.charAt(0))) return { ended: 'done' };
    this.#reactions.shift();
    this.#typed = does.slice(1);
    return { ended: 'digit', digit: does.charAt(0) };
  }

  async collect(): Promise<string> {
    const typed = this.#typed;
    this.#typed = '';
    return typed.replace('#', '');
  }

  clearDigits(): void {
    this.#typed = '';
  }

  async record({ file }: RecordOptions): Promise<Recorded> {
    const speech = this.#speeches.shift();
    if (!speech) throw new Error('nobody speaks');
    await writeFile(file, wavFile(8000, 1, tones(8000, [700], speech.seconds * 1000)));
    this.heard.push('record');
    if (speech.ended === 'closed') this.#hangUp();
    return speech;
  }
}

export interface Script {
  readonly caller: Caller;
  readonly argument?: string;
  readonly reactions?: readonly Reaction[];
  readonly speeches?: readonly Speech[];
  readonly fromUser?: string;
}

/** A call to a service by somebody who follows a script. */
export class ScriptedCall {
  readonly endpoint: ScriptedEndpoint;
  readonly app: AppCall;
  refusal: string | undefined;
  readonly transfers: string[] = [];

  constructor({ caller, argument, reactions = [], speeches = [], fromUser = '5550100' }: Script) {
    const over = new AbortController();
    const endpoint = new ScriptedEndpoint(reactions, speeches, () => over.abort());
    const clocks = { mono: () => 0, wall: Date.now };
    const nobody = { changed: () => undefined, gatewayChanged: () => undefined, finished: () => undefined };
    const call = new Call({ sipCallId: 'x', caller, fromUser, fromName: 'Somebody', dialled: '1', startedAt: Date.now() }, clocks, nobody);
    this.endpoint = endpoint;
    this.app = {
      ...{ call, app: 'voicemail', argument, caller, language: 'en', prompts: fakePrompts, answered: true, hungUp: over.signal },
      endpoint: endpoint as unknown as Endpoint,
      answer: async () => true,
      early: async () => true,
      refuseWith: (code) => {
        this.refusal = code;
      },
      transfer: async (number) => {
        this.transfers.push(number);
        return false;
      },
    };
  }

  get heard(): string {
    return this.endpoint.heard.join(' | ');
  }
}
