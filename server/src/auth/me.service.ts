import { Injectable } from '@nestjs/common';
import { type Principal, problem } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { AdminsService } from './admins.service.ts';
import type { Me, MePatch } from './auth.schema.ts';
import { LoginService } from './login.service.ts';
import { hashPassword } from './passwords.ts';
import { type Account, lacksSecondFactor } from './sessions.service.ts';

const NO_SUBSCRIBER = { subscriberId: null, number: null, domain: null, status: null } as const;

/** The account of whoever is logged in. */
@Injectable()
export class MeService {
  readonly #admins: AdminsService;
  readonly #subscribers: SubscribersService;
  readonly #login: LoginService;
  readonly #settings: SettingsService;

  constructor(admins: AdminsService, subscribers: SubscribersService, login: LoginService, settings: SettingsService) {
    this.#admins = admins;
    this.#subscribers = subscribers;
    this.#login = login;
    this.#settings = settings;
  }

  describe(account: Account): Me {
    if (account.kind === 'admin') {
      const { id, login, name, email, language } = account.admin;
      const secondFactorNeeded = lacksSecondFactor(account, this.#settings.current);
      return { ...NO_SUBSCRIBER, role: 'admin', name, login, email, language, adminId: id, secondFactorNeeded };
    }
    const s = account.subscriber;
    const own = { subscriberId: s.id, number: s.number, domain: s.domain, status: s.status };
    const { email, language } = s;
    return { role: 'subscriber', name: s.displayName, login: s.number, email, language, adminId: null, ...own, secondFactorNeeded: false };
  }

  async of(principal: Principal): Promise<Me> {
    if (principal.kind === 'admin' && principal.adminId === null) {
      const { login, name } = principal;
      const own = { email: null, language: 'en' as const, adminId: null, secondFactorNeeded: false };
      return { ...NO_SUBSCRIBER, role: 'admin', name, login, ...own };
    }
    return this.describe(await this.account(principal));
  }

  /** @throws ProblemError 409 for the command line, which is nobody's account */
  async account(principal: Principal): Promise<Account> {
    if (principal.kind === 'admin') {
      const admin = principal.adminId === null ? null : await this.#admins.byId(principal.adminId);
      if (!admin) throw problem(409, 'no-own-account', 'The admin token has no account of its own; log in as an administrator.');
      return { kind: 'admin', admin };
    }
    const subscriber = await this.#subscribers.loginSubject(principal.subscriberId);
    if (!subscriber) throw problem(401, 'login-needed', 'Log in first.');
    return { kind: 'subscriber', subscriber };
  }

  async update(principal: Principal, patch: MePatch): Promise<Me> {
    const account = await this.account(principal);
    if (account.kind === 'admin') await this.#admins.update(account.admin.id, patch);
    else {
      const changes = { ...(patch.name !== undefined && { displayName: patch.name }), ...(patch.language && { language: patch.language }) };
      await this.#subscribers.updateProfile(account.subscriber.id, changes, principal);
    }
    return this.of(principal);
  }

  /**
   * Changes the own password; every session of the account ends.
   * @throws ProblemError 403 password-wrong
   */
  async changePassword(principal: Principal, current: string, password: string): Promise<Account> {
    const account = await this.account(principal);
    if (!(await this.#login.confirm(account, current))) {
      throw problem(403, 'password-wrong', 'The present password is wrong.', [
        { field: 'current', code: 'password-wrong', message: 'The present password is wrong.' },
      ]);
    }
    await this.setPassword(account, password, principal);
    return this.account(principal);
  }

  async setPassword(account: Account, password: string, actor: Principal | 'system'): Promise<void> {
    const hash = await hashPassword(password);
    if (account.kind === 'admin') await this.#admins.setPasswordHash(account.admin.id, hash, actor);
    else await this.#subscribers.setPortalPasswordHash(account.subscriber.id, hash, actor);
  }
}
