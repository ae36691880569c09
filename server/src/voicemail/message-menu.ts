import { Injectable } from '@nestjs/common';
import type { Playable } from '../media/endpoint/endpoint.ts';
import { SettingsService } from '../settings/settings.service.ts';
import type { VoicemailMessageEntity } from './message.entity.ts';
import { MessagesService } from './messages.service.ts';
import { CallOver, type Speaker } from './speaker.ts';
import { VoicemailFiles } from './voicemail-files.ts';

const KEYS = '345679*#';

/** Hearing one message after the other. The keys are those that the recorded words name (Asterisk's). */
@Injectable()
export class MessageMenu {
  readonly #messages: MessagesService;
  readonly #files: VoicemailFiles;
  readonly #settings: SettingsService;

  constructor(messages: MessagesService, files: VoicemailFiles, settings: SettingsService) {
    this.#messages = messages;
    this.#files = files;
    this.#settings = settings;
  }

  /** @param messages in the order to hear them; a change of their state is kept in here. @param canCall offer to call back */
  async run(speaker: Speaker, messages: VoicemailMessageEntity[], canCall: boolean): Promise<void> {
    for (let at = 0; ; ) {
      const message = messages[at] as VoicemailMessageEntity;
      const key = await this.#hear(speaker, message, position(speaker, at, messages.length));
      if (message.state === 'new') await this.#mark(message, 'saved');
      const left = await this.#choose(speaker, message, { at, count: messages.length, canCall, key });
      if (left === 'leave') return;
      const next = at + left;
      if (next < 0) await speaker.play(speaker.say('vm-nomore'));
      else if (next >= messages.length) {
        await speaker.play(speaker.say('vm-nomore'));
        return;
      } else at = next;
    }
  }

  #hear(speaker: Speaker, { subscriberId, file }: VoicemailMessageEntity, before: readonly Playable[]): Promise<string | undefined> {
    return speaker.play([...before, { file: this.#files.message(subscriberId, file) }], KEYS);
  }

  /** What is to be done with this message, until another one is wanted. @returns how far away that is */
  async #choose(
    speaker: Speaker,
    message: VoicemailMessageEntity,
    { at, count, canCall, key: first }: { at: number; count: number; canCall: boolean; key: string | undefined },
  ): Promise<number | 'leave'> {
    for (let key = first; ; key = undefined) {
      const deleted = message.state === 'deleted';
      const choices = [
        ...(at > 0 ? ['vm-prev'] : []),
        'vm-repeat',
        ...(at < count - 1 ? ['vm-next'] : []),
        deleted ? 'vm-undelete' : 'vm-delete',
        ...(deleted ? [] : ['vm-savemessage']),
        'vm-advopts',
        'vm-helpexit',
      ];
      key ??= await speaker.ask(speaker.say(...choices), KEYS);
      switch (key) {
        case '3':
          await this.#more(speaker, message, canCall);
          break;
        case '4':
          return -1;
        case '5':
          return 0;
        case '6':
          return 1;
        case '7':
          await this.#mark(message, deleted ? 'saved' : 'deleted');
          await speaker.play(speaker.say(deleted ? 'vm-undeleted' : 'vm-deleted'));
          break;
        case '9':
          await this.#mark(message, 'saved');
          await speaker.play(speaker.say('vm-saved'));
          break;
        case '*':
          break;
        default:
          return 'leave';
      }
    }
  }

  /** Who left it and when; calling him back. */
  async #more(speaker: Speaker, message: VoicemailMessageEntity, canCall: boolean): Promise<void> {
    const callable = canCall && /^\+?\d+$/.test(message.callerNumber);
    const names = [...(callable ? ['vm-tocallback'] : []), 'vm-tohearenv', 'vm-star-cancel'];
    const key = await speaker.ask(speaker.say(...names), callable ? '23*' : '3*');
    if (key === '3') await speaker.play(this.#envelope(speaker, message), KEYS);
    if (key !== '2') return;
    // The phone makes the call itself, at its own price, and leaves this one.
    if (await speaker.call.transfer(message.callerNumber)) throw new CallOver();
    await speaker.play(speaker.say('vm-pls-try-again'));
  }

  #envelope(speaker: Speaker, { callerNumber, receivedAt }: VoicemailMessageEntity): Playable[] {
    const { prompts } = speaker.call;
    const from =
      callerNumber === '' ? speaker.say('vm-unknown-caller') : [...speaker.say('vm-from-phonenumber'), ...speaker.digits(callerNumber)];
    return [...speaker.say('vm-received'), ...prompts.date(speaker.language, receivedAt, this.#settings.current.timeZone), ...from];
  }

  async #mark(message: VoicemailMessageEntity, state: 'saved' | 'deleted'): Promise<void> {
    await this.#messages.setState(message.subscriberId, message.id, state);
    message.state = state;
  }
}

/** "First message", "message two", "last message". */
function position(speaker: Speaker, at: number, count: number): Playable[] {
  if (at === 0) return speaker.say('vm-first', 'vm-message');
  if (at === count - 1) return speaker.say('vm-last', 'vm-message');
  return [...speaker.say('vm-message'), ...speaker.number(at + 1)];
}
