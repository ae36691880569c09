import { rm } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type AppCall, AppRegistry } from '../calls/answer/app-call.ts';
import type { Principal } from '../http/index.ts';
import type { Playable } from '../media/endpoint/endpoint.ts';
import { PromptsService } from './prompts.service.ts';

/** Who may replace what all others hear. */
export const RECORDING_GROUP = 'prompts';

const PAUSE: Playable = { silenceMs: 400 };
const TRIES = 3;
const LONGEST_SECONDS = 120;
const ANY_DIGIT = '0123456789*#';

/** Records a prompt over the phone, in the language of who calls: which one, speak, listen, keep. */
@Injectable()
export class PromptRecorderApp implements OnModuleInit {
  readonly #registry: AppRegistry;
  readonly #prompts: PromptsService;

  constructor(registry: AppRegistry, prompts: PromptsService) {
    this.#registry = registry;
    this.#prompts = prompts;
  }

  onModuleInit(): void {
    this.#registry.register('prompt-recorder', (call) => this.run(call));
  }

  async run(call: AppCall): Promise<void> {
    const { caller } = call;
    if (!(await call.answer())) return;
    if (caller.kind !== 'subscriber' || !caller.subscriber.groups.includes(RECORDING_GROUP)) {
      await this.#say(call, 'prompt-record-denied');
      return;
    }
    if (!this.#prompts.hasRoom) {
      await this.#say(call, 'prompt-record-full');
      return;
    }
    const name = await this.#which(call);
    if (name === undefined) return;
    const { id, number, displayName } = caller.subscriber;
    const actor: Principal = { kind: 'subscriber', subscriberId: id, number, name: displayName, sessionId: null };
    const draft = await this.#prompts.draft(call.language);
    try {
      const kept = await this.#record(call, draft);
      if (kept) await this.#prompts.adopt(call.language, name, draft, actor);
      await this.#say(call, kept ? 'prompt-record-kept' : 'prompt-record-unchanged');
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** The number of the prompt, as the page shows it; what is said now is played. */
  async #which(call: AppCall): Promise<string | undefined> {
    for (let left = TRIES; left > 0 && !call.hungUp.aborted; left--) {
      const number = await this.#ask(call, 'prompt-record-which', 4);
      const name = this.#prompts.named(number);
      if (name === undefined) {
        await this.#say(call, 'invalid');
        continue;
      }
      await call.endpoint.play([PAUSE, ...call.prompts.say(call.language, name), PAUSE], { interruptBy: ANY_DIGIT });
      return name;
    }
    return undefined;
  }

  /** @returns whether what is in the draft is to be kept */
  async #record(call: AppCall, draft: string): Promise<boolean> {
    const { endpoint, hungUp } = call;
    let choice = '3';
    for (let left = 3 * TRIES; left > 0 && !hungUp.aborted; left--) {
      if (choice === '3') {
        await this.#say(call, 'prompt-record-now');
        const options = { file: draft, maxSeconds: LONGEST_SECONDS, silenceSeconds: 8, terminators: ANY_DIGIT, beep: true };
        const { ended, seconds } = await endpoint.record(options);
        if (ended === 'failed' || ended === 'closed' || seconds < 0.2) return false;
      }
      if (choice === '2') await endpoint.play([{ file: draft }], { interruptBy: ANY_DIGIT });
      choice = await this.#ask(call, 'prompt-record-keep', 1);
      if (choice === '1') return true;
      if (choice === '*') return false;
    }
    return false;
  }

  async #ask(call: AppCall, name: string, max: number): Promise<string> {
    const { endpoint } = call;
    endpoint.clearDigits();
    const asked = endpoint.play([PAUSE, ...call.prompts.say(call.language, name)]);
    const typed = await endpoint.collect({ max, terminator: '#', firstMs: 6000, betweenMs: 3000 });
    endpoint.stop();
    await asked;
    return typed;
  }

  async #say(call: AppCall, name: string): Promise<void> {
    await call.endpoint.play([PAUSE, ...call.prompts.say(call.language, name)]);
  }
}
