import { Injectable, Logger } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { addressKey, problem, RateLimiter, tooMany } from '../http/index.ts';
import { MailService } from '../mail/mail.service.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { AdminsService } from './admins.service.ts';
import { MeService } from './me.service.ts';
import { PasswordResetEntity } from './session.entity.ts';
import { type Account, linkStampOf } from './sessions.service.ts';
import { hashToken, newToken } from './tokens.ts';

const MINUTE = 60_000;
const VALID_MINUTES = 60;

/** A forgotten password: a link by mail, single use. Nobody learns from the answer whether an account exists. */
@Injectable()
export class PasswordResetsService {
  readonly #log = new Logger('PasswordResets');
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #admins: AdminsService;
  readonly #subscribers: SubscribersService;
  readonly #me: MeService;
  readonly #mail: MailService;
  readonly #settings: SettingsService;
  readonly #requests = new RateLimiter({ limit: 10, windowMs: 60 * MINUTE });
  readonly #perAccount = new RateLimiter({ limit: 3, windowMs: 60 * MINUTE });
  readonly #confirms = new RateLimiter({ limit: 20, windowMs: 10 * MINUTE });

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    admins: AdminsService,
    subscribers: SubscribersService,
    me: MeService,
    mail: MailService,
    settings: SettingsService,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#admins = admins;
    this.#subscribers = subscribers;
    this.#me = me;
    this.#mail = mail;
    this.#settings = settings;
  }

  /** @param login as in the login form */
  async request(login: string, address: string): Promise<void> {
    const wait = this.#requests.take(addressKey(address)) || this.#perAccount.take(login.toLowerCase());
    if (wait > 0) throw tooMany(wait, 'Too many requests for a new password. Try again later.');
    const account = await this.#find(login);
    const person = account?.kind === 'admin' ? account.admin : account?.subscriber;
    if (!account || !person?.email) return;
    const token = newToken();
    const now = Date.now();
    const email = person.email;
    const name = account.kind === 'admin' ? account.admin.name : account.subscriber.displayName;
    // Not awaited by the answer: the time it takes would tell that the account exists.
    setImmediate(() => {
      void this.#uow
        .write(async (m) => {
          await m.insert(PasswordResetEntity, {
            tokenHash: hashToken(token),
            adminId: account.kind === 'admin' ? account.admin.id : null,
            subscriberId: account.kind === 'subscriber' ? account.subscriber.id : null,
            stamp: linkStampOf(account),
            createdAt: now,
            expiresAt: now + VALID_MINUTES * MINUTE,
            usedAt: null,
          });
          const link = `${this.#settings.webOrigin}/reset#token=${token}`;
          await this.#mail.enqueue({
            to: email,
            template: 'password-reset',
            language: person.language,
            values: { name, link, minutes: VALID_MINUTES },
          });
        })
        .catch((error: unknown) => this.#log.error(`A password reset was not written: ${String(error)}`));
    });
  }

  /** @throws ProblemError 410 link-invalid */
  async confirm(token: string, password: string, address: string): Promise<void> {
    const wait = this.#confirms.take(addressKey(address));
    if (wait > 0) throw tooMany(wait, 'Too many attempts. Try again later.');
    const invalid = problem(410, 'link-invalid', 'This link has been used or is too old. Ask for a new one.');
    const reset = await this.#reader.getRepository(PasswordResetEntity).findOneBy({ tokenHash: hashToken(token) });
    if (!reset || reset.usedAt !== null || reset.expiresAt <= Date.now()) throw invalid;
    const account = await this.#accountOf(reset);
    if (!account || linkStampOf(account) !== reset.stamp) throw invalid;
    const used = await this.#uow.write(async (m) => {
      const now = Date.now();
      const own = await m.update(PasswordResetEntity, { id: reset.id, usedAt: IsNull() }, { usedAt: now });
      // Other links that wait in his mailbox must not change the new password again.
      const { adminId, subscriberId } = reset;
      const sameAccount = adminId === null ? { subscriberId: subscriberId ?? -1 } : { adminId };
      await m.update(PasswordResetEntity, { ...sameAccount, usedAt: IsNull() }, { usedAt: now });
      return own.affected ?? 0;
    });
    if (used === 0) throw invalid;
    await this.#me.setPassword(account, password, 'system');
  }

  /** For a job. @returns how many */
  async removeExpired(now = Date.now()): Promise<number> {
    const result = await this.#uow.write((m) => m.delete(PasswordResetEntity, { expiresAt: LessThan(now) }));
    return result.affected ?? 0;
  }

  async #find(login: string): Promise<Account | undefined> {
    const admin = (await this.#admins.byLogin(login)) ?? (await this.#admins.byEmail(login));
    if (admin) return { kind: 'admin', admin };
    const subscriber = await this.#subscribers.findForLogin(login);
    return subscriber ? { kind: 'subscriber', subscriber } : undefined;
  }

  async #accountOf(reset: PasswordResetEntity): Promise<Account | undefined> {
    if (reset.adminId !== null) {
      const admin = await this.#admins.byId(reset.adminId);
      return admin ? { kind: 'admin', admin } : undefined;
    }
    const subscriber = reset.subscriberId === null ? null : await this.#subscribers.loginSubject(reset.subscriberId);
    return subscriber ? { kind: 'subscriber', subscriber } : undefined;
  }
}
