import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { addressKey, fieldProblem, problem, RateLimiter, type SubscriberPrincipal, tooMany } from '../http/index.ts';
import { MailService } from '../mail/mail.service.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { EmailChangeEntity } from './email-change.entity.ts';
import { LoginService } from './login.service.ts';
import { MeService } from './me.service.ts';
import { type Account, linkStampOf, principalOf } from './sessions.service.ts';
import { hashToken, newToken } from './tokens.ts';

const HOUR = 3_600_000;
const VALID_HOURS = 24;

/** A subscriber's own change of his e-mail address: with his password, and only when somebody reads the mail sent to the new one. */
@Injectable()
export class EmailChangesService {
  readonly #uow: UnitOfWork;
  readonly #subscribers: SubscribersService;
  readonly #me: MeService;
  readonly #login: LoginService;
  readonly #mail: MailService;
  readonly #settings: SettingsService;
  readonly #audit: AuditService;
  readonly #perAccount = new RateLimiter({ limit: 5, windowMs: HOUR });
  readonly #perTarget = new RateLimiter({ limit: 3, windowMs: HOUR });
  readonly #confirms = new RateLimiter({ limit: 20, windowMs: HOUR / 6 });

  constructor(
    uow: UnitOfWork,
    subscribers: SubscribersService,
    meService: MeService,
    login: LoginService,
    mail: MailService,
    settings: SettingsService,
    audit: AuditService,
  ) {
    this.#uow = uow;
    this.#subscribers = subscribers;
    this.#me = meService;
    this.#login = login;
    this.#mail = mail;
    this.#settings = settings;
    this.#audit = audit;
  }

  /**
   * Sends the link to the new address. Whether somebody else has that address is not told: its owner learns it when he opens the link.
   * @throws ProblemError 403 password-wrong, 400 for the address he has already, 429
   */
  async request(actor: SubscriberPrincipal, email: string, password: string): Promise<void> {
    const account = await this.#me.account(actor);
    if (account.kind !== 'subscriber') throw problem(403, 'not-allowed', 'Only a subscriber has this page.');
    if (!(await this.#login.confirm(account, password))) {
      const message = 'The password is wrong.';
      throw problem(403, 'password-wrong', message, [{ field: 'password', code: 'password-wrong', message }]);
    }
    const { subscriber } = account;
    if (email === subscriber.email) throw fieldProblem('email', 'unchanged', 'This is your e-mail address already.');
    const wait = this.#perAccount.take(String(subscriber.id)) || this.#perTarget.take(email);
    if (wait > 0) throw tooMany(wait, 'Too many mails were asked for. Try again later.');
    const token = newToken();
    const now = Date.now();
    await this.#uow.write(async (m) => {
      await m.delete(EmailChangeEntity, { subscriberId: subscriber.id }); // the newest link counts
      await m.insert(EmailChangeEntity, {
        tokenHash: hashToken(token),
        subscriberId: subscriber.id,
        email,
        stamp: linkStampOf(account),
        createdAt: now,
        expiresAt: now + VALID_HOURS * HOUR,
      });
      const link = `${this.#settings.webOrigin}/confirm-email#token=${token}`;
      const values = { name: subscriber.displayName, number: subscriber.number, link, hours: VALID_HOURS };
      await this.#mail.enqueue({ to: email, template: 'email-confirm', language: subscriber.language, values });
      await this.#audit.record(actor, 'subscriber.email-ask', 'subscriber', subscriber.id, undefined, { email });
    });
  }

  /**
   * Makes the address his, and tells the old one.
   * @returns the new address
   * @throws ProblemError 410 link-invalid, 409 email-taken, 429
   */
  async confirm(token: string, address: string): Promise<string> {
    const wait = this.#confirms.take(addressKey(address));
    if (wait > 0) throw tooMany(wait, 'Too many attempts. Try again later.');
    const invalid = problem(410, 'link-invalid', 'This link has been used or is too old. Ask for a new one.');
    return this.#uow.write(async (m) => {
      const change = await m.findOneBy(EmailChangeEntity, { tokenHash: hashToken(token) });
      if (!change || change.expiresAt <= Date.now()) throw invalid;
      const subscriber = await this.#subscribers.loginSubject(change.subscriberId);
      const account: Account | null = subscriber && { kind: 'subscriber', subscriber };
      if (!subscriber || !account || linkStampOf(account) !== change.stamp) throw invalid;
      const { email } = change;
      if (await this.#subscribers.emailTaken(email))
        throw problem(409, 'email-taken', 'Another account has this e-mail address. Give that one up first, or use another address.');
      await m.delete(EmailChangeEntity, { id: change.id });
      await this.#subscribers.updateProfile(subscriber.id, { email }, principalOf(account, null));
      if (subscriber.email) {
        const values = { name: subscriber.displayName, number: subscriber.number, email };
        await this.#mail.enqueue({ to: subscriber.email, template: 'email-changed', language: subscriber.language, values });
      }
      return email;
    });
  }

  /** For a job. @returns how many */
  async removeExpired(now = Date.now()): Promise<number> {
    const result = await this.#uow.write((m) => m.delete(EmailChangeEntity, { expiresAt: LessThan(now) }));
    return result.affected ?? 0;
  }
}
