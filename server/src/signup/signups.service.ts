import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { hashPassword } from '../auth/passwords.ts';
import { hashToken, newToken } from '../auth/tokens.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { EventsService } from '../events/events.service.ts';
import {
  actorName,
  addressKey,
  fieldProblem,
  likeContains,
  orderOf,
  type Principal,
  problem,
  RateLimiter,
  skipTake,
  tooMany,
} from '../http/index.ts';
import { MailService } from '../mail/mail.service.ts';
import { micros, parseMoney } from '../money/money.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { generateSipPassword } from '../subscribers/sip-credentials.ts';
import { SubscribersService } from '../subscribers/subscribers.service.ts';
import { SignupEntity } from './signup.entity.ts';
import type { NewSignup, SignupQuery } from './signup.schema.ts';
import { nextState, type SignupEvent } from './signup-lifecycle.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Sign-ups that are over are forgotten after this. */
const KEEP_MS = 90 * 24 * HOUR;

export type Confirmation =
  | { readonly status: 'pending' }
  | { readonly status: 'active'; readonly subscriberId: number; readonly number: string; readonly sipPassword: string };

/** The way from the public form to a subscriber (M-50, H-9). */
@Injectable()
export class SignupsService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #settings: SettingsService;
  readonly #subscribers: SubscribersService;
  readonly #mail: MailService;
  readonly #audit: AuditService;
  readonly #events: EventsService;
  readonly #byAddress = new RateLimiter({ limit: 10, windowMs: 10 * MINUTE });
  readonly #byEmail = new RateLimiter({ limit: 3, windowMs: HOUR });
  readonly #confirms = new RateLimiter({ limit: 20, windowMs: 10 * MINUTE });

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    settings: SettingsService,
    subscribers: SubscribersService,
    mail: MailService,
    audit: AuditService,
    events: EventsService,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#settings = settings;
    this.#subscribers = subscribers;
    this.#mail = mail;
    this.#audit = audit;
    this.#events = events;
  }

  /**
   * Takes the form. The answer and its time are the same whether the address has an account or not; the mail differs.
   * @throws ProblemError 403 signup-closed, 400, 429
   */
  async begin(input: NewSignup, address: string): Promise<void> {
    const settings = this.#settings.current;
    if (settings.signupPolicy === 'closed') throw closed();
    const wait = this.#byAddress.take(addressKey(address)) || this.#byEmail.take(input.email);
    if (wait > 0) throw tooMany(wait, 'Too many sign-ups. Try again later.');
    const domain = input.email.slice(input.email.lastIndexOf('@') + 1);
    if (settings.signupMailDomains.length > 0 && !settings.signupMailDomains.includes(domain))
      throw fieldProblem('email', 'mail-domain', `Use an address of: ${settings.signupMailDomains.join(', ')}`);
    const language = input.language ?? settings.defaultLanguage;
    const terms = settings.terms[language] !== '';
    if (terms && input.acceptTerms !== true) throw fieldProblem('acceptTerms', 'required', 'Accept the terms to sign up.');

    const passwordHash = await hashPassword(input.password);
    const known = await this.#subscribers.emailTaken(input.email);
    const token = newToken();
    const now = Date.now();
    await this.#uow.write(async (m) => {
      if (known) {
        const link = `${this.#settings.webOrigin}/forgot`;
        await this.#mail.enqueue({ to: input.email, template: 'signup-exists', language, values: { link } });
        return;
      }
      await m.update(SignupEntity, { email: input.email, state: 'unconfirmed' }, { state: 'expired', passwordHash: '' });
      const waiting = await m.existsBy(SignupEntity, { email: input.email, state: 'waiting' });
      if (waiting) {
        await this.#mail.enqueue({ to: input.email, template: 'signup-waiting', language, values: { name: input.name } });
        return;
      }
      await m.insert(SignupEntity, {
        state: 'unconfirmed',
        name: input.name,
        email: input.email,
        language,
        passwordHash,
        tokenHash: hashToken(token),
        address: address.slice(0, 45),
        createdAt: now,
        expiresAt: now + settings.signupLinkHours * HOUR,
        termsAcceptedAt: terms ? now : null,
        confirmedAt: null,
        decidedAt: null,
        decidedBy: null,
        subscriberId: null,
      });
      const values = {
        name: input.name,
        link: `${this.#settings.webOrigin}/signup/confirm#token=${token}`,
        hours: settings.signupLinkHours,
      };
      await this.#mail.enqueue({ to: input.email, template: 'signup-confirm', language, values });
    });
    this.#events.publish('signup.changed', {}, 'admin');
  }

  /**
   * The link of the mail was opened.
   * @throws ProblemError 404 link-unknown, 410 link-used, link-expired, 403 signup-closed, 409 email-taken, 503 no-numbers, 429
   */
  async confirm(token: string, address: string): Promise<Confirmation> {
    const wait = this.#confirms.take(addressKey(address));
    if (wait > 0) throw tooMany(wait, 'Too many attempts. Try again later.');
    const result = await this.#uow.write(async (m): Promise<Confirmation> => {
      const row = await m.findOneBy(SignupEntity, { tokenHash: hashToken(token) });
      if (!row) throw problem(404, 'link-unknown', 'This link is not known. Copy it whole from the mail.');
      if (row.state === 'expired' || (row.state === 'unconfirmed' && row.expiresAt <= Date.now()))
        throw problem(410, 'link-expired', 'This link is too old. Sign up again.');
      if (row.state !== 'unconfirmed') throw problem(410, 'link-used', 'This link has been used. Log in with your e-mail address.');
      const policy = this.#settings.current.signupPolicy;
      if (policy === 'closed') throw closed();
      row.confirmedAt = Date.now();
      if (policy === 'approval') {
        this.#step(row, 'confirm-for-approval');
        await m.save(row);
        await this.#mail.enqueue({ to: row.email, template: 'signup-waiting', language: row.language, values: { name: row.name } });
        return { status: 'pending' };
      }
      this.#step(row, 'confirm-open');
      return { status: 'active', ...(await this.#createSubscriber(m, row, 'system')) };
    });
    this.#events.publish('signup.changed', {}, 'admin');
    return result;
  }

  /** @throws ProblemError 404, 409 */
  async approve(id: number, actor: Principal): Promise<SignupEntity> {
    return this.#decide(id, 'approve', actor, async (m, row) => {
      const { number } = await this.#createSubscriber(m, row, actor);
      const link = `${this.#settings.webOrigin}/login`;
      await this.#mail.enqueue({
        to: row.email,
        template: 'signup-approved',
        language: row.language,
        values: { name: row.name, number, link },
      });
    });
  }

  /** @throws ProblemError 404, 409 */
  async reject(id: number, reason: string, actor: Principal): Promise<SignupEntity> {
    return this.#decide(id, 'reject', actor, async (m, row) => {
      row.passwordHash = '';
      await m.save(row);
      await this.#mail.enqueue({ to: row.email, template: 'signup-rejected', language: row.language, values: { name: row.name, reason } });
    });
  }

  async list(query: SignupQuery): Promise<{ rows: SignupEntity[]; total: number }> {
    const builder = this.#reader.getRepository(SignupEntity).createQueryBuilder('s');
    if (query.state) builder.andWhere('s.state = :state', { state: query.state });
    if (query.q) builder.andWhere("(s.name LIKE :q ESCAPE '\\' OR s.email LIKE :q ESCAPE '\\')", { q: likeContains(query.q) });
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const [rows, total] = await builder
      .orderBy(`s.${field}`, direction)
      .addOrderBy('s.id', direction)
      .skip(skip)
      .take(take)
      .getManyAndCount();
    return { rows, total };
  }

  /** How many wait for a decision. */
  waiting(): Promise<number> {
    return this.#reader.getRepository(SignupEntity).countBy({ state: 'waiting' });
  }

  /** For a job: closes links that are too old, and forgets what has long been over. @returns how many were closed */
  async removeExpired(now = Date.now()): Promise<number> {
    return this.#uow.write(async (m) => {
      const closedNow = await m.update(
        SignupEntity,
        { state: 'unconfirmed', expiresAt: LessThan(now) },
        { state: 'expired', passwordHash: '' },
      );
      await m.delete(SignupEntity, { state: 'expired', createdAt: LessThan(now - KEEP_MS) });
      await m.delete(SignupEntity, { state: 'rejected', createdAt: LessThan(now - KEEP_MS) });
      return closedNow.affected ?? 0;
    });
  }

  async #decide(
    id: number,
    event: 'approve' | 'reject',
    actor: Principal,
    work: (m: EntityManager, row: SignupEntity) => Promise<void>,
  ): Promise<SignupEntity> {
    const row = await this.#uow.write(async (m) => {
      const found = await m.findOneBy(SignupEntity, { id });
      if (!found) throw problem(404, 'not-found', 'There is no such sign-up.');
      const before = found.state;
      this.#step(found, event);
      found.decidedAt = Date.now();
      found.decidedBy = actorName(actor);
      await work(m, found);
      await this.#audit.record(actor, `signup.${event}`, 'signup', id, { state: before }, { state: found.state });
      return found;
    });
    this.#events.publish('signup.changed', { id }, 'admin');
    return row;
  }

  #step(row: SignupEntity, event: SignupEvent): void {
    const next = nextState(row.state, event);
    if (!next) throw problem(409, 'wrong-state', `A sign-up that is ${row.state} cannot be changed this way.`);
    row.state = next;
  }

  /** With the limits of somebody nobody knows: no calls abroad, few calls at once, a cap a day. */
  async #createSubscriber(m: EntityManager, row: SignupEntity, actor: Principal | 'system') {
    const settings = this.#settings.current;
    if (await this.#subscribers.emailTaken(row.email))
      throw problem(409, 'email-taken', 'This e-mail address has an account already. Log in.');
    const number = await this.#subscribers.nextFreeNumber(m, settings.signupFirstNumber, settings.signupLastNumber, settings.sipDomain);
    if (number === null) throw problem(503, 'no-numbers', 'There is no free number left. Please tell the operator.');
    const sipPassword = generateSipPassword();
    const startCredit = parseMoney(settings.signupStartCredit) ?? micros(0);
    const subscriber = await this.#subscribers.create(
      m,
      {
        number,
        domain: settings.sipDomain,
        displayName: row.name,
        email: row.email,
        language: row.language,
        sipPassword,
        portalPasswordHash: row.passwordHash,
        selfSignedUp: true,
        groups: settings.newAccountGroups,
        maxCalls: settings.newAccountMaxCalls,
        kind: 'prepaid',
        dailyCap: settings.newAccountDailyCap === null ? null : (parseMoney(settings.newAccountDailyCap) ?? null),
        ...(startCredit > 0 && { startCredit }),
      },
      actor,
    );
    row.subscriberId = subscriber.id;
    row.passwordHash = '';
    await m.save(row);
    return { subscriberId: subscriber.id, number, sipPassword };
  }
}

const closed = () => problem(403, 'signup-closed', 'Sign-up is closed. Ask the operator for an account.');
