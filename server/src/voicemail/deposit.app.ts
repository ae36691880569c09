import { Injectable } from '@nestjs/common';
import type { AppCall } from '../calls/answer/app-call.ts';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { DiskSpace } from '../disk-space/disk-space.ts';
import type { Playable } from '../media/endpoint/endpoint.ts';
import { readVoicemailArgument, type VoicemailWhy } from '../routing/call-plan.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { GreetingsService } from './greetings.service.ts';
import { MailboxApp } from './mailbox.app.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessagesService, type OpenMessage } from './messages.service.ts';
import { dialogue, Speaker, wantsAnother } from './speaker.ts';

/** Recordings of one message that somebody may make before he has to be content. */
const MAX_RECORDINGS = 3;

/** Takes a message for a subscriber who cannot be reached (M-25). */
@Injectable()
export class DepositApp {
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #disk: DiskSpace;
  readonly #boxes: MailboxesService;
  readonly #greetings: GreetingsService;
  readonly #messages: MessagesService;
  readonly #mailbox: MailboxApp;

  constructor(
    directory: Directory,
    settings: SettingsService,
    disk: DiskSpace,
    boxes: MailboxesService,
    greetings: GreetingsService,
    messages: MessagesService,
    mailbox: MailboxApp,
  ) {
    this.#directory = directory;
    this.#settings = settings;
    this.#disk = disk;
    this.#boxes = boxes;
    this.#greetings = greetings;
    this.#messages = messages;
    this.#mailbox = mailbox;
  }

  readonly run = async (call: AppCall): Promise<void> => {
    const wanted = readVoicemailArgument(call.argument);
    const owner = wanted && this.#directory.subscriberById(wanted.subscriberId);
    if (!owner) call.refuseWith('unknown-number');
    else if (await call.answer()) await dialogue(() => this.#talk(call, owner, wanted.why));
  };

  async #talk(call: AppCall, owner: Subscriber, why: VoicemailWhy): Promise<void> {
    const { language } = await this.#boxes.of(owner.id);
    const speaker = new Speaker(call, language);
    if (!this.#disk.hasRoom || (await this.#messages.isFull(owner.id))) {
      await speaker.play(speaker.say('vm-mailboxfull', 'vm-goodbye'));
      return;
    }
    const key = await speaker.play(await this.#greeting(speaker, owner, why), '#*');
    // The owner, calling himself from anywhere.
    if (key === '*') await this.#mailbox.enter(speaker, owner);
    else await this.#take(speaker, owner, why);
  }

  /** His own words if he spoke any, the temporary ones first; else ours, with his name or his number. */
  async #greeting(speaker: Speaker, { id, number }: Subscriber, why: VoicemailWhy): Promise<Playable[]> {
    const reason = why === 'busy' ? 'busy' : 'unavailable';
    for (const kind of ['temporary', reason] as const) {
      const file = await this.#greetings.find(id, kind);
      if (file !== undefined) return [{ file }];
    }
    const name = await this.#greetings.find(id, 'name');
    const who = name === undefined ? [...speaker.say('vm-theperson'), ...speaker.digits(number)] : [{ file: name }];
    return [...who, ...speaker.say(why === 'busy' ? 'vm-isonphone' : 'vm-isunavail', 'vm-intro')];
  }

  async #take(speaker: Speaker, owner: Subscriber, why: VoicemailWhy): Promise<void> {
    const message = await this.#messages.begin({ subscriberId: owner.id, callId: speaker.call.call.id, why, ...callerOf(speaker.call) });
    let kept = false;
    let hasRoom = true;
    try {
      hasRoom = await this.#record(speaker, message);
    } finally {
      // Whatever happened meanwhile: what was said is kept.
      kept = await this.#messages.finish(message);
    }
    await speaker.play(speaker.say(!hasRoom ? 'vm-mailboxfull' : kept ? 'vm-msgsaved' : 'vm-tooshort', 'vm-goodbye'));
  }

  /** @returns false when the disk did not take all of it */
  async #record(speaker: Speaker, { path }: OpenMessage): Promise<boolean> {
    const { voicemailMaxSeconds, voicemailSilenceSeconds, voicemailMinSeconds } = this.#settings.current;
    for (let recordings = 1; ; recordings++) {
      const recorded = await speaker.record({ file: path, maxSeconds: voicemailMaxSeconds, silenceSeconds: voicemailSilenceSeconds });
      if (recorded.ended !== 'digit') return recorded.ended !== 'failed';
      if (recordings === MAX_RECORDINGS) return true;
      if (recorded.seconds < voicemailMinSeconds) await speaker.play(speaker.say('vm-tooshort'));
      else if (!(await wantsAnother(speaker, path))) return true;
    }
  }
}

/** As the owner shall see him; nothing of who hides himself. */
function callerOf({ call, caller }: AppCall): { callerNumber: string; callerName: string } {
  if (caller.kind === 'subscriber') return { callerNumber: caller.subscriber.number, callerName: caller.subscriber.displayName };
  const { fromUser, fromName } = call.start;
  return /^(anonymous|unknown|unavailable|)$/i.test(fromUser)
    ? { callerNumber: '', callerName: '' }
    : { callerNumber: fromUser, callerName: fromName };
}
