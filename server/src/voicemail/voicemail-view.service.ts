import { Injectable } from '@nestjs/common';
import { Directory } from '../directory/directory.ts';
import type { Subscriber } from '../directory/types.ts';
import { type Principal, problem, timeOf, timeOrNull } from '../http/index.ts';
import { MailService } from '../mail/mail.service.ts';
import { PromptBook } from '../media/prompts/prompt-book.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { GreetingsService } from './greetings.service.ts';
import { MailboxesService } from './mailboxes.service.ts';
import type { VoicemailMessageEntity } from './message.entity.ts';
import { MessageCounts } from './message-counts.ts';
import { MessagesService } from './messages.service.ts';
import type { MailboxPatch, MailboxView, MyVoicemail, MyVoicemailPatch } from './voicemail.schemas.ts';

/** A mailbox as its pages show and change it. */
@Injectable()
export class VoicemailViews {
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #subscribers: SubscribersService;
  readonly #boxes: MailboxesService;
  readonly #messages: MessagesService;
  readonly #counts: MessageCounts;
  readonly #greetings: GreetingsService;
  readonly #mail: MailService;
  readonly #prompts: PromptBook;

  constructor(
    directory: Directory,
    settings: SettingsService,
    subscribers: SubscribersService,
    boxes: MailboxesService,
    messages: MessagesService,
    counts: MessageCounts,
    greetings: GreetingsService,
    mail: MailService,
    prompts: PromptBook,
  ) {
    this.#directory = directory;
    this.#settings = settings;
    this.#subscribers = subscribers;
    this.#boxes = boxes;
    this.#messages = messages;
    this.#counts = counts;
    this.#greetings = greetings;
    this.#mail = mail;
    this.#prompts = prompts;
  }

  async mine(subscriberId: number): Promise<MyVoicemail> {
    const owner = this.#owner(subscriberId);
    const { language, mailMessages, attachRecording, deleteAfterMailing } = await this.#boxes.stored(subscriberId);
    const codeFor = (argument: string | null) =>
      this.#directory.featureCodes.all().find((code) => code.enabled && code.feature === 'mailbox' && code.argument === argument)?.code ??
      null;
    return {
      ...(await this.#usage(subscriberId)),
      ...{ language, mailMessages, attachRecording, deleteAfterMailing },
      ...switchesOf(owner),
      doNotDisturb: owner.doNotDisturb,
      email: owner.email,
      canMail: this.#settings.smtpUrl !== null,
      languages: this.#prompts.languages(),
      code: codeFor(null),
      otherCode: codeFor('other'),
      greetings: await this.#greetings.list(subscriberId),
    };
  }

  async changeMine(subscriberId: number, patch: MyVoicemailPatch, actor: Principal): Promise<MyVoicemail> {
    const { takesMessages, doNotDisturb, ...own } = patch;
    if (own.language && !this.#prompts.languages().includes(own.language))
      throw problem(400, 'invalid', `There are no spoken words in ${own.language}.`);
    const switches = { ...(takesMessages !== undefined && { takesMessages }), ...(doNotDisturb !== undefined && { doNotDisturb }) };
    if (Object.keys(switches).length > 0) await this.#subscribers.updateProfile(subscriberId, switches, actor);
    if (Object.keys(own).length > 0) await this.#boxes.change(subscriberId, own, actor);
    return this.mine(subscriberId);
  }

  async forAdmin(subscriberId: number): Promise<MailboxView> {
    const owner = this.#owner(subscriberId);
    const { maxMessages, maxMinutes, retentionDays, mailMessages } = await this.#boxes.stored(subscriberId);
    return {
      ...(await this.#usage(subscriberId)),
      ...switchesOf(owner),
      ...{ mailMessages, ownMaxMessages: maxMessages, ownMaxMinutes: maxMinutes, ownRetentionDays: retentionDays },
    };
  }

  async changeByAdmin(subscriberId: number, patch: MailboxPatch, actor: Principal): Promise<MailboxView> {
    this.#owner(subscriberId);
    const { takesMessages, ...own } = patch;
    if (takesMessages !== undefined) await this.#subscribers.updateProfile(subscriberId, { takesMessages }, actor);
    if (Object.keys(own).length > 0) await this.#boxes.change(subscriberId, own, actor);
    return this.forAdmin(subscriberId);
  }

  /** With how far their mails have come. */
  async shown(rows: readonly VoicemailMessageEntity[]) {
    const progress = await this.#mail.progressOf(rows.flatMap(({ mailId }) => (mailId === null ? [] : [mailId])));
    return rows.map((row) => {
      const mail = row.mailId === null ? undefined : progress.get(row.mailId);
      return {
        ...row,
        receivedAt: timeOf(row.receivedAt),
        deletedAt: timeOrNull(row.deletedAt),
        mail: mail ? { ...mail, nextAttemptAt: timeOrNull(mail.nextAttemptAt) } : null,
      };
    });
  }

  async #usage(subscriberId: number) {
    const { hasPin, maxMessages, maxSeconds, retentionDays } = await this.#boxes.of(subscriberId);
    const { newMessages = 0, savedMessages = 0 } = this.#counts.of(subscriberId) ?? {};
    const { seconds: usedSeconds } = await this.#messages.usage(subscriberId);
    return { newMessages, savedMessages, usedSeconds, maxMessages, maxSeconds, hasPin, retentionDays };
  }

  #owner(subscriberId: number): Subscriber {
    const owner = this.#directory.subscriberById(subscriberId);
    if (!owner) throw problem(404, 'not-found', 'There is no such subscriber.');
    return owner;
  }
}

const switchesOf = ({ groups, takesMessages }: Subscriber) => ({ permitted: groups.includes('voicemail'), takesMessages });
