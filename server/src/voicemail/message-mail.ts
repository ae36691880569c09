import { Injectable } from '@nestjs/common';
import { Directory } from '../directory/directory.ts';
import type { Language } from '../http/index.ts';
import { MailService } from '../mail/mail.service.ts';
import { SettingsService } from '../settings/settings.service.ts';
import type { Mailbox } from './mailboxes.service.ts';
import type { VoicemailMessageEntity } from './message.entity.ts';
import { VoicemailFiles } from './voicemail-files.ts';

const hidden: Readonly<Record<Language, string>> = { en: 'a hidden number', es: 'un número oculto' };

/** Sends messages by mail (M-25). The outbox keeps what the mail server does not take, and all of it while there is none. */
@Injectable()
export class MessageMail {
  readonly #mail: MailService;
  readonly #directory: Directory;
  readonly #settings: SettingsService;
  readonly #files: VoicemailFiles;

  constructor(mail: MailService, directory: Directory, settings: SettingsService, files: VoicemailFiles) {
    this.#mail = mail;
    this.#directory = directory;
    this.#settings = settings;
    this.#files = files;
  }

  /**
   * Belongs inside the write that stores the message.
   * @returns the id in the outbox; null when he has no address, or wants no mail
   */
  async enqueue(message: VoicemailMessageEntity, box: Mailbox, newMessages: number): Promise<number | null> {
    const owner = this.#directory.subscriberById(message.subscriberId);
    if (!owner?.email || !box.mailMessages) return null;
    const { language } = owner;
    const { timeZone } = this.#settings.current;
    const { callerNumber, callerName } = message;
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(message.receivedAt);
    // 2026-11-21 16.05: sorts by itself, and no system minds its signs.
    const stamp = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(message.receivedAt);
    const file = this.#files.relative(message.subscriberId, message.file);
    const name = `${stamp.replace(':', '.')} ${callerNumber || '-'}.wav`;
    return this.#mail.enqueue({
      to: owner.email,
      template: 'voicemail',
      language,
      values: {
        name: owner.displayName || owner.number,
        number: owner.number,
        caller: callerNumber === '' ? hidden[language] : callerName === '' ? callerNumber : `${callerName} (${callerNumber})`,
        date,
        duration: minutesAndSeconds(message.seconds),
        newMessages,
        link: `${this.#settings.webOrigin}/my/voicemail?message=${message.id}`,
      },
      ...(box.attachRecording && { attachment: { file, name } }),
    });
  }
}

/** 1:05 */
export const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;
