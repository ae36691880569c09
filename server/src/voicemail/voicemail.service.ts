import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AppRegistry } from '../calls/answer/app-call.ts';
import { MessageWaiting } from '../calls/mwi/message-waiting.ts';
import { MailService } from '../mail/mail.service.ts';
import { DepositApp } from './deposit.app.ts';
import { MailboxApp } from './mailbox.app.ts';
import { MessageCounts } from './message-counts.ts';
import { MessagesService } from './messages.service.ts';

/** Ties the mailboxes to calls, phones and mail. */
@Injectable()
export class VoicemailService implements OnModuleInit, OnApplicationBootstrap {
  readonly #log = new Logger('Voicemail');
  readonly #apps: AppRegistry;
  readonly #waiting: MessageWaiting;
  readonly #counts: MessageCounts;
  readonly #messages: MessagesService;
  readonly #mail: MailService;
  readonly #deposit: DepositApp;
  readonly #mailbox: MailboxApp;

  constructor(
    apps: AppRegistry,
    waiting: MessageWaiting,
    counts: MessageCounts,
    messages: MessagesService,
    mail: MailService,
    deposit: DepositApp,
    mailbox: MailboxApp,
  ) {
    this.#apps = apps;
    this.#waiting = waiting;
    this.#counts = counts;
    this.#messages = messages;
    this.#mail = mail;
    this.#deposit = deposit;
    this.#mailbox = mailbox;
  }

  /** Before the first SIP message is read: phones ask for their messages as soon as they can. */
  async onModuleInit(): Promise<void> {
    await this.#counts.load();
    this.#waiting.summaryOf = (id) => this.#counts.of(id);
    this.#counts.onChange((id) => this.#waiting.changed(id));
    this.#apps.register('voicemail', this.#deposit.run);
    this.#apps.register('mailbox', this.#mailbox.run);
    this.#mail.onSent((mailId, attached) => {
      if (attached)
        this.#messages.mailed(mailId).catch((error: unknown) => this.#log.error(`A mailed message could not be deleted: ${error}`));
    });
  }

  /** After everybody has been loaded: what a former process left open needs to know whose it is. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#messages.recover();
  }
}
