import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { AccountsService, type AccountTerms } from '../billing/accounts.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { actorName, type Language, likeContains, type Principal, problem } from '../http/index.ts';
import { formatMoney, type Micros, ZERO } from '../money/money.ts';
import { TariffsService } from '../rates/tariffs.service.ts';
import { firstFreeNumber, isNumberTaken } from './free-number.ts';
import { computeHa1, generateSipPassword, matchesHa1 } from './sip-credentials.ts';
import { SubscriberEntity, type SubscriberStatus } from './subscriber.entity.ts';
import type { BulkAction, SubscriberPatch } from './subscriber.schemas.ts';
import { applyBulk } from './subscriber-bulk.ts';
import { SubscriberNews } from './subscriber-news.ts';

export type Actor = Principal | 'system';

export interface CreateSubscriber {
  readonly number: string;
  readonly domain: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly language: Language;
  readonly sipPassword: string;
  /** null: the SIP password opens the pages too. */
  readonly portalPasswordHash: string | null;
  readonly selfSignedUp: boolean;
  readonly groups: readonly string[];
  readonly maxCalls: number;
  readonly kind: 'prepaid' | 'postpaid';
  readonly dailyCap: Micros | null;
  readonly creditLimit?: Micros;
  readonly startCredit?: Micros;
  readonly tariffId?: number;
  readonly callerId?: string | null;
}

/** What logging in needs to know of a subscriber. */
export interface LoginSubject {
  readonly id: number;
  readonly number: string;
  readonly domain: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly status: SubscriberStatus;
  readonly language: Language;
  readonly portalPasswordHash: string | null;
  /** Changes with the SIP password, so that sessions opened with the old one end. Empty when closed. */
  readonly ha1Sha256: string;
}

/**
 * Who our subscribers are. Every change is one write transaction (row, account, audit); the directory of the SIP path and the live pages
 * learn of it after the commit.
 */
@Injectable()
export class SubscribersService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #accounts: AccountsService;
  readonly #tariffs: TariffsService;
  readonly #audit: AuditService;
  readonly #news: SubscriberNews;

  constructor(
    @Inject(UnitOfWork) uow: UnitOfWork,
    @InjectDataSource() reader: DataSource,
    @Inject(Directory) directory: Directory,
    @Inject(AccountsService) accounts: AccountsService,
    @Inject(TariffsService) tariffs: TariffsService,
    @Inject(AuditService) audit: AuditService,
    @Inject(SubscriberNews) news: SubscriberNews,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#accounts = accounts;
    this.#tariffs = tariffs;
    this.#audit = audit;
    this.#news = news;
  }

  /**
   * Makes the subscriber and his account. Belongs inside `UnitOfWork.write`.
   * @throws problem 409 `number-taken` when a subscriber or an alias of the domain has this number
   */
  async create(m: EntityManager, input: CreateSubscriber, actor: Actor): Promise<SubscriberEntity> {
    if (await isNumberTaken(m, input.number, input.domain)) throw numberTaken(input.number);
    const now = Date.now();
    const row = await m.save(
      m.create(SubscriberEntity, {
        number: input.number,
        domain: input.domain,
        displayName: input.displayName,
        email: input.email,
        language: input.language,
        status: 'active',
        closedAt: 0,
        ...computeHa1(input.number, input.domain, input.sipPassword),
        portalPasswordHash: input.portalPasswordHash,
        groups: input.groups,
        tariffId: await this.#tariffId(m, input.tariffId),
        maxCalls: input.maxCalls,
        selfSignedUp: input.selfSignedUp,
        callerId: input.callerId ?? null,
        doNotDisturb: false,
        takesMessages: true,
        recordCalls: false,
        createdAt: now,
        updatedAt: now,
      }),
    );
    await this.#accounts.createFor(m, row.id, {
      kind: input.kind,
      creditLimit: input.creditLimit,
      dailyCap: input.dailyCap,
      openingBalance: input.startCredit,
      actor: actorName(actor),
    });
    const terms = shownTerms(await this.#accounts.termsOf(m, row.id));
    const openingBalance = formatMoney(input.startCredit ?? ZERO);
    await this.#audit.record(actor, 'subscriber.create', 'subscriber', row.id, undefined, {
      ...publicFields(row),
      ...terms,
      openingBalance,
    });
    this.#news.tellAfterCommit([row]);
    return row;
  }

  /** @throws problem 404 */
  async update(id: number, patch: SubscriberPatch, actor: Actor): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.#open(m, id);
      const before = { ...publicFields(row), ...shownTerms(await this.#accounts.termsOf(m, id)) };
      const { kind, creditLimit, dailyCap, ...own } = patch;
      if (own.tariffId !== undefined) await this.#tariffs.requireTariff(m, own.tariffId);
      Object.assign(row, own, { updatedAt: Date.now() });
      await m.save(row);
      if (kind !== undefined || creditLimit !== undefined || dailyCap !== undefined) {
        await this.#accounts.updateTerms(m, id, { kind, creditLimit, dailyCap });
      }
      const after = { ...publicFields(row), ...shownTerms(await this.#accounts.termsOf(m, id)) };
      await this.#audit.record(actor, 'subscriber.change', 'subscriber', id, before, after);
      this.#news.tellAfterCommit([row]);
    });
  }

  /** What a subscriber may change of himself. */
  updateProfile(
    id: number,
    changes: Pick<SubscriberPatch, 'displayName' | 'language' | 'email' | 'doNotDisturb' | 'takesMessages'>,
    actor: Actor = 'system',
  ): Promise<void> {
    return this.update(id, changes, actor);
  }

  /**
   * Closes the account: no secret of it stays, the number is free again, calls and ledger stay for the books. Aliases and DIDs that led
   * to it must be given elsewhere by the caller of this.
   */
  async remove(id: number, actor: Actor): Promise<SubscriberEntity> {
    return this.#uow.write(async (m) => {
      const row = await this.#open(m, id);
      const before = publicFields(row);
      const now = Date.now();
      Object.assign(row, {
        status: 'closed',
        closedAt: now,
        updatedAt: now,
        ha1Md5: '',
        ha1Sha256: '',
        ha1Md5AtDomain: null,
        ha1Sha256AtDomain: null,
        portalPasswordHash: null,
        groups: [],
      });
      await m.save(row);
      await this.#audit.record(actor, 'subscriber.close', 'subscriber', id, before, publicFields(row));
      this.#news.tellAfterCommit([row]);
      return row;
    });
  }

  /** Gives a new SIP password, made by us unless one is named. The only time it is known in clear. */
  async rotateSipPassword(id: number, actor: Actor, password: string = generateSipPassword()): Promise<string> {
    await this.#uow.write(async (m) => {
      const row = await this.#open(m, id);
      Object.assign(row, computeHa1(row.number, row.domain, password), { updatedAt: Date.now() });
      await m.save(row);
      await this.#audit.record(actor, 'subscriber.sip-password', 'subscriber', id);
      this.#news.tellAfterCommit([row]);
    });
    return password;
  }

  /** @param hash argon2id, made outside of any write */
  async setPortalPasswordHash(id: number, hash: string, actor: Actor = 'system'): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.#open(m, id);
      Object.assign(row, { portalPasswordHash: hash, updatedAt: Date.now() });
      await m.save(row);
      await this.#audit.record(actor, 'subscriber.portal-password', 'subscriber', id);
    });
  }

  setGroups(id: number, groups: SubscriberPatch['groups'], actor: Actor): Promise<void> {
    return this.update(id, { groups }, actor);
  }

  /** One change to many at once: all or none. @returns how many changed */
  async bulk(body: BulkAction, actor: Actor): Promise<number> {
    return this.#uow.write(async (m) => {
      const rows = await m.find(SubscriberEntity, { where: { id: In(body.ids), closedAt: 0 } });
      if (rows.length !== new Set(body.ids).size)
        throw problem(404, 'not-found', 'Some of these subscribers do not exist any more. Load the list again.');
      if (body.action === 'tariff') await this.#tariffs.requireTariff(m, body.tariffId as number);
      const changed = rows.filter((row) => applyBulk(row, body));
      for (const row of changed) row.updatedAt = Date.now();
      await m.save(changed, { chunk: 200 });
      for (const row of changed) {
        await this.#audit.record(actor, `subscriber.${body.action}`, 'subscriber', row.id, undefined, publicFields(row));
      }
      this.#news.tellAfterCommit(changed);
      return changed.length;
    });
  }

  /** Open subscribers whose number, name or e-mail contains what was typed; the number itself first, then those that begin with it. */
  async search(q: string, limit: number): Promise<SubscriberEntity[]> {
    const like = (column: string) => `LOWER(s."${column}") LIKE LOWER(:like) ESCAPE '\\'`;
    return this.#reader
      .createQueryBuilder(SubscriberEntity, 's')
      .addSelect(`CASE WHEN s."number" = :q THEN 0 WHEN s."number" LIKE :start ESCAPE '\\' THEN 1 ELSE 2 END`, 'fit')
      .where('s."closedAt" = 0')
      .andWhere(`(${like('number')} OR ${like('displayName')} OR ${like('email')})`, { like: likeContains(q) })
      .setParameters({ q, start: likeContains(q).slice(1) })
      .orderBy('fit')
      .addOrderBy('s.number')
      .limit(limit)
      .getMany();
  }

  // --- logging in -----------------------------------------------------------------------------------------------------------------

  /** By number (of the default domain first), number@domain, or e-mail. null when there is none or it is not clear who is meant. */
  async findForLogin(login: string): Promise<LoginSubject | null> {
    const text = login.trim();
    const at = text.lastIndexOf('@');
    const exact = at > 0 ? { number: text.slice(0, at), domain: text.slice(at + 1).toLowerCase() } : { number: text };
    const byNumber = await this.#reader.manager.find(SubscriberEntity, { where: { ...exact, closedAt: 0 }, take: 20 });
    const home = byNumber.find((row) => row.domain === this.#directory.settings.domain);
    if (home ?? byNumber.length === 1) return home ?? byNumber[0] ?? null;
    if (at <= 0) return null;
    const byEmail = await this.#reader.manager.find(SubscriberEntity, { where: { email: text.toLowerCase(), closedAt: 0 }, take: 2 });
    return byEmail.length === 1 ? (byEmail[0] ?? null) : null;
  }

  async loginSubject(id: number): Promise<LoginSubject | null> {
    return this.#reader.manager.findOne(SubscriberEntity, { where: { id, closedAt: 0 } });
  }

  /** Whether this is his SIP password; constant time. */
  async verifySipPassword(id: number, password: string): Promise<boolean> {
    const row = await this.#reader.manager.findOne(SubscriberEntity, { where: { id, closedAt: 0 } });
    return row !== null && matchesHa1(row, row.number, row.domain, password);
  }

  async emailTaken(email: string): Promise<boolean> {
    return this.#reader.manager.exists(SubscriberEntity, { where: { email: email.toLowerCase(), closedAt: 0 } });
  }

  /**
   * The lowest free number of a range, as wide as `first` is written ("0100" .. "0199"). Belongs inside the write that creates the
   * subscriber, so that two sign-ups do not get the same.
   */
  nextFreeNumber(m: EntityManager, first: string, last: string, domain: string): Promise<string | null> {
    return firstFreeNumber(m, first, last, domain);
  }

  async #open(m: EntityManager, id: number): Promise<SubscriberEntity> {
    const row = await m.findOne(SubscriberEntity, { where: { id, closedAt: 0 } });
    if (!row) throw problem(404, 'not-found', 'There is no such subscriber.');
    return row;
  }

  async #tariffId(m: EntityManager, wanted: number | undefined): Promise<number> {
    return wanted === undefined ? this.#tariffs.defaultTariffId(m) : (await this.#tariffs.requireTariff(m, wanted)).id;
  }
}

export const numberTaken = (number: string) =>
  problem(409, 'number-taken', `The number ${number} is taken. Choose another one.`, [
    { field: 'number', code: 'taken', message: 'This number is taken' },
  ]);

/** Terms of the account in the audit: money as people write it. */
const shownTerms = ({ kind, creditLimit, dailyCap }: AccountTerms) => ({
  kind,
  creditLimit: formatMoney(creditLimit),
  dailyCap: dailyCap === null ? null : formatMoney(dailyCap),
});

/** What the audit may keep: no hash of any password. */
function publicFields(row: SubscriberEntity): Record<string, unknown> {
  const { ha1Md5: _md5, ha1Sha256: _sha256, ha1Md5AtDomain: _md5At, ha1Sha256AtDomain: _sha256At, ...open } = row;
  const { portalPasswordHash: _portal, createdAt: _created, updatedAt: _updated, ...rest } = open;
  return rest;
}
