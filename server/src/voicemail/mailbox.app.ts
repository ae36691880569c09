import { Injectable } from '@nestjs/common';
import type { AppCall } from '../calls/answer/app-call.ts';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { RateLimiter } from '../http/index.ts';
import { GreetingMenu } from './greeting-menu.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { MessageMenu } from './message-menu.ts';
import { MessagesService } from './messages.service.ts';
import { dialogue, Speaker } from './speaker.ts';
import { spokenCounts } from './spoken-counts.ts';

const TRIES = 3;
const QUARTER_HOUR = 15 * 60_000;

/** The own mailbox over the phone: from the own phone as it is, from any other one with number and PIN (M-24, O-133). */
@Injectable()
export class MailboxApp {
  readonly #directory: Directory;
  readonly #boxes: MailboxesService;
  readonly #messages: MessagesService;
  readonly #messageMenu: MessageMenu;
  readonly #greetingMenu: GreetingMenu;
  /** Wrong PINs, by mailbox and by who tries: neither one mailbox nor all of them can be tried through. */
  readonly #byMailbox = new RateLimiter({ limit: 6, windowMs: QUARTER_HOUR });
  readonly #byCaller = new RateLimiter({ limit: 12, windowMs: QUARTER_HOUR });

  constructor(
    directory: Directory,
    boxes: MailboxesService,
    messages: MessagesService,
    messageMenu: MessageMenu,
    greetingMenu: GreetingMenu,
  ) {
    this.#directory = directory;
    this.#boxes = boxes;
    this.#messages = messages;
    this.#messageMenu = messageMenu;
    this.#greetingMenu = greetingMenu;
  }

  readonly run = async (call: AppCall): Promise<void> => {
    const { caller, argument } = call;
    const own = caller.kind === 'subscriber' && argument === undefined ? caller.subscriber : undefined;
    if (own && !own.groups.includes('voicemail')) {
      call.refuseWith('not-permitted');
      return;
    }
    if (!(await call.answer())) return;
    await dialogue(async () => {
      if (own) await this.#open(await this.#speaker(call, own), own, true);
      else await this.enter(new Speaker(call, call.language));
    });
  };

  /** Lets somebody in who knows a number and its PIN. @param owner whose mailbox it is about, when that is known already */
  async enter(speaker: Speaker, owner?: Subscriber): Promise<void> {
    for (let tried = 0; tried < TRIES; tried++) {
      const number = owner?.number ?? (await speaker.askDigits(speaker.say('vm-login'), 20));
      const pin = await speaker.askDigits(speaker.say('vm-password'), 10);
      const found = owner ?? this.#subscriberOf(number, speaker.call);
      if (await this.#isRight(speaker.call, number, found, pin)) {
        if (found) await this.#open(await this.#speaker(speaker.call, found), found, false);
        return;
      }
      await speaker.play(speaker.say('vm-incorrect'));
    }
    await speaker.play(speaker.say('vm-goodbye'));
  }

  /** Who is held back hears the same as who is wrong, after the same time. */
  async #isRight(call: AppCall, number: string, owner: Subscriber | undefined, pin: string): Promise<boolean> {
    const {
      caller,
      call: { start },
    } = call;
    const who = caller.kind === 'subscriber' ? `subscriber ${caller.subscriber.id}` : `${caller.kind} ${start.fromUser}`;
    const box = owner ? `subscriber ${owner.id}` : number;
    const held = [this.#byMailbox.take(box), this.#byCaller.take(who)].some((wait) => wait > 0);
    const open = owner?.status === 'active' && owner.groups.includes('voicemail');
    const right = (await this.#boxes.isPin(open ? owner.id : undefined, pin)) && !held;
    if (right) {
      this.#byMailbox.forget(box);
      this.#byCaller.refund(who);
    }
    return right;
  }

  #subscriberOf(number: string, { caller }: AppCall): Subscriber | undefined {
    const domain = caller.kind === 'subscriber' ? caller.subscriber.domain : this.#directory.settings.domain;
    const alias = this.#directory.alias(number, domain) ?? this.#directory.did(number);
    return this.#directory.subscriber(number, domain) ?? (alias ? this.#directory.subscriberById(alias.subscriberId ?? -1) : undefined);
  }

  async #speaker(call: AppCall, { id }: Subscriber): Promise<Speaker> {
    return new Speaker(call, (await this.#boxes.of(id)).language);
  }

  /** @param atHome it is his own phone: only from there calls are made that he pays for. A PIN is not enough for that. */
  async #open(speaker: Speaker, owner: Subscriber, atHome: boolean): Promise<void> {
    for (;;) {
      const [messages] = await this.#messages.list(owner.id);
      const fresh = messages.filter(({ state }) => state === 'new').reverse();
      const saved = messages.filter(({ state }) => state === 'saved').reverse();
      const choices = [...spokenCounts(speaker, fresh.length, saved.length), { silenceMs: 300 }];
      if (fresh.length > 0) choices.push(...speaker.say('vm-onefor', 'vm-INBOX', 'vm-messages'));
      if (saved.length > 0) choices.push(...speaker.say('vm-press', 'digits/2', 'vm-for', 'vm-Old', 'vm-messages'));
      choices.push(...speaker.say('mailbox-keys'));
      const key = await speaker.ask(choices, `${fresh.length > 0 ? '1' : ''}${saved.length > 0 ? '2' : ''}0#`);
      if (key === '1' || key === '2') await this.#messageMenu.run(speaker, key === '1' ? fresh : saved, atHome);
      else if (key === '0') await this.#greetingMenu.run(speaker, owner);
      else break;
    }
    await speaker.play(speaker.say('vm-goodbye'));
  }
}
