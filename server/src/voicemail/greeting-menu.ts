import { Injectable } from '@nestjs/common';
import type { Subscriber } from '../directory/types.ts';
import { ProblemError } from '../http/index.ts';
import { GreetingsService, MAX_GREETING_SECONDS } from './greetings.service.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { type Speaker, wantsAnother } from './speaker.ts';
import type { GreetingKind } from './voicemail-files.ts';

const kinds: Readonly<Record<string, { kind: GreetingKind; prompt: string }>> = {
  1: { kind: 'unavailable', prompt: 'vm-rec-unv' },
  2: { kind: 'busy', prompt: 'vm-rec-busy' },
  3: { kind: 'name', prompt: 'vm-rec-name' },
};

/** Greetings, name and PIN, changed over the phone. */
@Injectable()
export class GreetingMenu {
  readonly #greetings: GreetingsService;
  readonly #boxes: MailboxesService;

  constructor(greetings: GreetingsService, boxes: MailboxesService) {
    this.#greetings = greetings;
    this.#boxes = boxes;
  }

  async run(speaker: Speaker, owner: Subscriber): Promise<void> {
    for (;;) {
      const key = await speaker.ask(speaker.say('vm-options'), '12345*');
      const spoken = kinds[key ?? ''];
      if (spoken) await this.#record(speaker, owner.id, spoken.kind, spoken.prompt);
      else if (key === '4') await this.#temporary(speaker, owner.id);
      else if (key === '5') await this.#pin(speaker, owner);
      else return;
    }
  }

  async #record(speaker: Speaker, subscriberId: number, kind: GreetingKind, prompt: string): Promise<void> {
    const draft = await this.#greetings.draft(subscriberId, kind);
    try {
      do {
        await speaker.play(speaker.say(prompt));
        const { seconds } = await speaker.record({ file: draft, maxSeconds: MAX_GREETING_SECONDS, silenceSeconds: 5 });
        if (seconds === 0) return;
      } while (await wantsAnother(speaker, draft));
      await this.#greetings.adopt(subscriberId, kind, draft);
    } finally {
      // Who hangs up before he has said yes keeps the greeting he had.
      await this.#greetings.discard(draft);
    }
    await speaker.play(speaker.say('vm-msgsaved'));
  }

  async #temporary(speaker: Speaker, subscriberId: number): Promise<void> {
    const active = (await this.#greetings.find(subscriberId, 'temporary')) !== undefined;
    const key = await speaker.ask(speaker.say(active ? 'vm-tempgreeting2' : 'vm-tempgreeting'), active ? '12*' : '1*');
    if (key === '1') await this.#record(speaker, subscriberId, 'temporary', 'vm-rec-temp');
    if (key !== '2') return;
    await this.#greetings.remove(subscriberId, 'temporary');
    await speaker.play(speaker.say('vm-tempremoved'));
  }

  async #pin(speaker: Speaker, owner: Subscriber): Promise<void> {
    const pin = await speaker.askDigits(speaker.say('vm-newpassword'), 10);
    if (pin === '') return;
    const again = await speaker.askDigits(speaker.say('vm-reenterpassword'), 10);
    await speaker.play(speaker.say(again === pin ? await this.#setPin(owner, pin) : 'vm-mismatch'));
  }

  /** @returns the prompt that says how it went */
  async #setPin({ id, number, displayName }: Subscriber, pin: string): Promise<string> {
    try {
      await this.#boxes.setPin(id, pin, { kind: 'subscriber', subscriberId: id, number, name: displayName, sessionId: null });
      return 'vm-passchanged';
    } catch (error) {
      if (error instanceof ProblemError) return 'vm-invalid-password';
      throw error;
    }
  }
}
