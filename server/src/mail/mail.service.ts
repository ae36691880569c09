import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { DataSource, In, LessThanOrEqual, Not } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { problem } from '../http/index.ts';
import { Environment } from '../settings/environment.ts';
import type { MailTemplateName } from '../settings/settings.schema.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { attachmentOf, isTooLarge, notAttached } from './attachment.ts';
import { type MailState, OutboxMailEntity } from './outbox.entity.ts';
import { htmlOf, type MailValues, renderMail } from './templates.ts';

const MINUTE = 60_000;
/** Wait after the first, second ... failed attempt; after the last one the mail is given up. */
const BACK_OFF_MS = [1, 5, 15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
const BATCH = 50;
const DAY = 24 * 60 * MINUTE;
/** So long a mail can be read after it was sent; one that was not, after it was written. Its links have run out long before. */
const SENT_KEPT_MS = 30 * DAY;
const UNSENT_KEPT_MS = 90 * DAY;

export interface MailOrder<T extends MailTemplateName> {
  readonly to: string;
  readonly template: T;
  readonly language: 'en' | 'es';
  readonly values: MailValues[T];
  /** A file below the data folder, and its name in the mail. */
  readonly attachment?: { readonly file: string; readonly name: string };
}

/** How far a mail has come. */
export interface MailProgress {
  readonly state: MailState;
  readonly lastError: string | null;
  /** Epoch ms; null unless it is queued. */
  readonly nextAttemptAt: number | null;
}

/** An SMTP error may repeat the login; the password is not in it, but long server texts are. */
const shortError = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/** Mails by way of the outbox. */
@Injectable()
export class MailService implements BeforeApplicationShutdown {
  readonly #log = new Logger('Mail');
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #settings: SettingsService;
  readonly #dataDir: string;
  readonly #sentListeners = new Set<(mailId: number, attached: boolean) => void>();
  #transport: { url: string; mailer: Transporter } | undefined;
  #delivery: Promise<{ sent: number; failed: number }> | undefined;
  #again = false;
  #stopping = false;

  constructor(uow: UnitOfWork, reader: DataSource, settings: SettingsService, environment: Environment) {
    this.#dataDir = environment.dataDir;
    this.#uow = uow;
    this.#reader = reader;
    this.#settings = settings;
  }

  /** Puts a mail into the outbox, in the write under way if there is one, and sends it soon after the commit. @returns its id */
  async enqueue<T extends MailTemplateName>(order: MailOrder<T>): Promise<number> {
    const settings = this.#settings.current;
    const mail = renderMail(order.template, order.language, order.values, settings, this.#settings.webOrigin);
    return this.#uow.write(async (m) => {
      const now = Date.now();
      const row = await m.save(
        m.create(OutboxMailEntity, {
          recipient: order.to,
          template: order.template,
          language: order.language,
          subject: mail.subject.slice(0, 300),
          text: mail.text,
          attachmentFile: order.attachment?.file ?? null,
          attachmentName: order.attachment?.name ?? null,
          state: this.#settings.smtpUrl ? 'queued' : 'kept',
          attempts: 0,
          nextAttemptAt: now,
          lastError: null,
          createdAt: now,
          sentAt: null,
        }),
      );
      this.#uow.afterCommit(() => this.#soon());
      return row.id;
    });
  }

  /** How far these mails have come. */
  async progressOf(ids: readonly number[]): Promise<Map<number, MailProgress>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#reader.getRepository(OutboxMailEntity).find({
      select: { id: true, state: true, lastError: true, nextAttemptAt: true },
      where: { id: In([...ids]) },
    });
    return new Map(
      rows.map(({ id, state, lastError, nextAttemptAt }) => [
        id,
        { state, lastError, nextAttemptAt: state === 'queued' ? nextAttemptAt : null },
      ]),
    );
  }

  /** Told of every mail that the mail server has taken, and whether its file went along. */
  onSent(listener: (mailId: number, attached: boolean) => void): void {
    this.#sentListeners.add(listener);
  }

  /** Tries a mail again that was kept or given up. @throws ProblemError 404, 409 */
  async retry(id: number): Promise<OutboxMailEntity> {
    const row = await this.#reader.getRepository(OutboxMailEntity).findOneBy({ id });
    if (!row) throw problem(404, 'not-found', 'There is no such mail.');
    if (row.state === 'sent') throw problem(409, 'already-sent', 'This mail has been sent.');
    await this.retryAll([id]);
    return this.#reader.getRepository(OutboxMailEntity).findOneByOrFail({ id });
  }

  /** Tries these mails again; those that were sent stay so. @returns how many are on their way. @throws ProblemError 409 */
  async retryAll(ids: readonly number[]): Promise<number> {
    if (!this.#settings.smtpUrl) throw problem(409, 'no-mail-server', 'No mail server is set. Name one in the settings first.');
    return this.#uow.write(async (m) => {
      const again = { state: 'queued' as const, attempts: 0, nextAttemptAt: Date.now() };
      const { affected } = await m.update(OutboxMailEntity, { id: In([...ids]), state: Not('sent') }, again);
      this.#uow.afterCommit(() => this.#soon());
      return affected ?? 0;
    });
  }

  /**
   * Sends what is due; also run by a job. Calls at the same time share one delivery.
   * @returns how many left and how many attempts failed
   */
  deliverDue(): Promise<{ sent: number; failed: number }> {
    if (this.#delivery !== undefined) {
      this.#again = true;
      return this.#delivery;
    }
    this.#delivery = this.#deliver().finally(() => {
      this.#delivery = undefined;
      if (this.#again) {
        this.#again = false;
        this.#soon();
      }
    });
    return this.#delivery;
  }

  /** For a job: forgets old mails; none that is still to be tried. @returns how many */
  async removeOld(now = Date.now()): Promise<number> {
    return this.#uow.write(async (m) => {
      const sent = await m.delete(OutboxMailEntity, { state: 'sent', sentAt: LessThanOrEqual(now - SENT_KEPT_MS) });
      const others = await m.delete(OutboxMailEntity, { state: In(['kept', 'failed']), createdAt: LessThanOrEqual(now - UNSENT_KEPT_MS) });
      return (sent.affected ?? 0) + (others.affected ?? 0);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#delivery?.catch(() => undefined);
    this.#transport?.mailer.close();
  }

  #soon(): void {
    if (this.#stopping || !this.#settings.smtpUrl) return;
    setImmediate(() => {
      this.deliverDue().catch((error: unknown) => this.#log.error(`The outbox cannot be read: ${shortError(error)}`));
    });
  }

  async #deliver(): Promise<{ sent: number; failed: number }> {
    const url = this.#settings.smtpUrl;
    const counts = { sent: 0, failed: 0 };
    if (!url) return counts;
    const due = await this.#reader
      .getRepository(OutboxMailEntity)
      .find({ where: { state: 'queued', nextAttemptAt: LessThanOrEqual(Date.now()) }, order: { id: 'ASC' }, take: BATCH });
    if (due.length === BATCH) this.#again = true;
    for (const mail of due) {
      if (this.#stopping) break;
      counts[(await this.#send(mail, url)) ? 'sent' : 'failed']++;
    }
    return counts;
  }

  async #send(mail: OutboxMailEntity, url: string): Promise<boolean> {
    const { operatorName, mailFrom, sipDomain } = this.#settings.current;
    try {
      const mailer = await this.#mailer(url);
      const attachment = await attachmentOf(mail, this.#dataDir);
      const text = attachment === 'left-out' ? `${mail.text}\n\n${notAttached(mail.language)}` : mail.text;
      await mailer.sendMail({
        from: { name: operatorName, address: mailFrom ?? `dialtone@${sipDomain}` },
        to: mail.recipient,
        subject: mail.subject,
        text,
        html: htmlOf(text),
        ...(typeof attachment === 'object' && { attachments: [attachment] }),
      });
      await this.#uow.write((m) =>
        m.update(OutboxMailEntity, { id: mail.id }, { state: 'sent', sentAt: Date.now(), attempts: mail.attempts + 1, lastError: null }),
      );
      for (const listener of this.#sentListeners) listener(mail.id, typeof attachment === 'object');
      return true;
    } catch (error) {
      const wait = BACK_OFF_MS[mail.attempts];
      const next = wait === undefined ? { state: 'failed' as const } : { nextAttemptAt: Date.now() + wait };
      // What the other side finds too large goes without the file next time: the mail still says what there is.
      const smaller = mail.attachmentFile !== null && isTooLarge(error) ? { attachmentName: null } : {};
      this.#log.warn(`Mail ${mail.id} was not sent (attempt ${mail.attempts + 1}): ${shortError(error)}`);
      await this.#uow.write((m) =>
        m.update(OutboxMailEntity, { id: mail.id }, { ...next, ...smaller, attempts: mail.attempts + 1, lastError: shortError(error) }),
      );
      return false;
    }
  }

  async #mailer(url: string): Promise<Transporter> {
    // Loaded with the first mail: a server that sends none keeps the memory.
    const { createTransport } = await import('nodemailer');
    if (this.#transport?.url !== url) {
      this.#transport?.mailer.close();
      const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
      this.#transport = { url, mailer: createTransport({ url, ...timeouts }) };
    }
    return this.#transport.mailer;
  }
}
