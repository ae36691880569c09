import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { BansService } from '../bans/bans.service.ts';
import { addressKey, problem, RateLimiter, tooMany } from '../http/index.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import type { AdminEntity } from './admin.entity.ts';
import { AdminsService } from './admins.service.ts';
import type { LoginInput } from './auth.schema.ts';
import { verifyPassword } from './passwords.ts';
import { codeWrong, SecondFactorsService } from './second-factors.service.ts';
import type { Account } from './sessions.service.ts';

const MINUTE = 60_000;
const REFUSED = 'The login or the password is wrong.';

/** Checks logins. Only failures count against the limits; each attempt costs the same time whether the account exists or not. */
@Injectable()
export class LoginService {
  readonly #admins: AdminsService;
  readonly #subscribers: SubscribersService;
  readonly #bans: BansService;
  readonly #factors: SecondFactorsService;
  readonly #audit: AuditService;
  readonly #byAddress = new RateLimiter({ limit: 30, windowMs: 10 * MINUTE });
  readonly #byAccount = new RateLimiter({ limit: 10, windowMs: 15 * MINUTE });

  constructor(
    admins: AdminsService,
    subscribers: SubscribersService,
    bans: BansService,
    factors: SecondFactorsService,
    audit: AuditService,
  ) {
    this.#admins = admins;
    this.#subscribers = subscribers;
    this.#bans = bans;
    this.#factors = factors;
    this.#audit = audit;
  }

  /**
   * @param input login: administrator's login, subscriber's number, number@domain or e-mail address; code: where there is a second factor
   * @throws ProblemError 401 login-wrong, second-factor-required, second-factor-wrong; 429 with Retry-After
   */
  async login({ login, password, code }: LoginInput, address: string): Promise<Account> {
    const keys = { address: addressKey(address), account: login.trim().toLowerCase() };
    const wait = Math.max(this.#byAddress.wait(keys.address), this.#byAccount.wait(keys.account));
    if (wait > 0) throw tooMany(wait, `Too many failed attempts. Try again in ${Math.ceil(wait / 60)} min.`);
    // Counted before the slow check, so that guesses sent at the same time are counted too; taken back when right.
    this.#byAddress.take(keys.address);
    this.#byAccount.take(keys.account);
    const account = await this.#check(login, password);
    if (!account) {
      this.#bans.failed(address, 'web-login');
      throw problem(401, 'login-wrong', REFUSED);
    }
    this.#byAddress.refund(keys.address);
    if (account.kind === 'admin' && account.admin.secondFactorSince !== null) {
      // Not forgotten: the password alone must not wipe out the wrong codes counted before.
      this.#byAccount.refund(keys.account);
      await this.#checkCode(account.admin, code, address);
    }
    this.#byAccount.forget(keys.account);
    return account;
  }

  async #checkCode(admin: AdminEntity, code: string | undefined, address: string): Promise<void> {
    if (code === undefined) throw problem(401, 'second-factor-required', 'Now the code of your authenticator app.');
    if (await this.#factors.accepts(admin, code)) return;
    this.#byAddress.take(addressKey(address));
    this.#bans.failed(address, 'web-login');
    // Whoever got this far knows the password.
    await this.#audit.record('system', 'admin.second-factor-wrong', 'admin', admin.id, undefined, { address });
    throw codeWrong(401);
  }

  /** Whether this is the password of somebody who is logged in, under the same limit. */
  async confirm(account: Account, password: string): Promise<boolean> {
    const key = account.kind === 'admin' ? `admin ${account.admin.id}` : `subscriber ${account.subscriber.id}`;
    const wait = this.#byAccount.take(key);
    if (wait > 0) throw tooMany(wait, `Too many failed attempts. Try again in ${Math.ceil(wait / 60)} min.`);
    const right = await this.#fits(account, password);
    if (right) this.#byAccount.forget(key);
    return right;
  }

  async #check(login: string, password: string): Promise<Account | undefined> {
    const admin = await this.#admins.byLogin(login);
    const subscriber = admin ? null : await this.#subscribers.findForLogin(login);
    const account: Account | undefined = admin ? { kind: 'admin', admin } : subscriber ? { kind: 'subscriber', subscriber } : undefined;
    if (!account) {
      await verifyPassword(null, password);
      return undefined;
    }
    return (await this.#fits(account, password)) ? account : undefined;
  }

  async #fits(account: Account, password: string): Promise<boolean> {
    if (account.kind === 'admin') return verifyPassword(account.admin.passwordHash, password);
    const { id, portalPasswordHash } = account.subscriber;
    const byPortalPassword = await verifyPassword(portalPasswordHash, password);
    // Made by an administrator without a password for the pages: the SIP password opens them, until he sets one.
    return portalPasswordHash === null ? this.#subscribers.verifySipPassword(id, password) : byPortalPassword;
  }
}
