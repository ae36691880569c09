import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { AccountBook } from '../billing/account-book.ts';
import { ActiveCalls } from '../calls/active-calls.ts';
import { formatMoney, likeContains, orderOf, type Page, problem, skipTake, timeOf, timeOrNull } from '../http/index.ts';
import { type Micros, micros } from '../money/money.ts';
import { Registrar } from '../registrar/registrar.ts';
import { SubscriberEntity, type SubscriberStatus } from './subscriber.entity.ts';
import type { Group, SubscriberDetail, SubscriberQuery, SubscriberRow } from './subscriber.schemas.ts';

interface RawRow {
  id: number;
  number: string;
  domain: string;
  displayName: string;
  email: string | null;
  status: SubscriberStatus;
  groups: string;
  tariffId: number;
  selfSignedUp: boolean | number;
  createdAt: number | string;
  kind: 'prepaid' | 'postpaid';
  balance: number | string;
  creditLimit: number | string;
  lastCallAt: number | string | null;
}

/** The latest call of a subscriber, either way; two index look-ups. */
const lastCall = `(SELECT MAX(x."at") FROM (
  SELECT MAX(c."startedAt") AS "at" FROM "cdrs" c WHERE c."fromSubscriberId" = s."id"
  UNION ALL SELECT MAX(d."startedAt") FROM "cdrs" d WHERE d."toSubscriberId" = s."id") x)`;

const orderColumns: Record<string, string> = {
  number: 's."number"',
  displayName: 's."displayName"',
  email: 's."email"',
  status: 's."status"',
  balance: 'a."balance"',
  createdAt: 's."createdAt"',
  lastCallAt: lastCall,
};

/** What the pages show of subscribers: rows of the database together with what is only known in memory (holds, phones, calls). */
@Injectable()
export class SubscriberViews {
  readonly #reader: DataSource;
  readonly #registrar: Registrar;
  readonly #calls: ActiveCalls;
  readonly #book: AccountBook;

  constructor(
    @InjectDataSource() reader: DataSource,
    @Inject(Registrar) registrar: Registrar,
    @Inject(ActiveCalls) calls: ActiveCalls,
    @Inject(AccountBook) book: AccountBook,
  ) {
    this.#reader = reader;
    this.#registrar = registrar;
    this.#calls = calls;
    this.#book = book;
  }

  /** One page; filter, order and paging are done by the database. */
  async list(query: SubscriberQuery): Promise<Page<SubscriberRow>> {
    const filtered = this.#filter(this.#base(), query);
    const total = Number((await filtered.clone().select('COUNT(*)', 'count').getRawOne<{ count: number | string }>())?.count ?? 0);
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const rows = await this.#columns(filtered)
      .orderBy(orderColumns[field] ?? 's."number"', direction)
      .addOrderBy('s."id"', direction)
      .offset(skip)
      .limit(take)
      .getRawMany<RawRow>();
    return { items: rows.map((row) => this.#row(row)), total, page: query.page, pageSize: query.pageSize };
  }

  /** @throws problem 404 */
  async detail(id: number): Promise<SubscriberDetail> {
    const base = this.#base().where('s."id" = :id', { id });
    const row = await this.#columns(base)
      .addSelect(
        ['language', 'callerId', 'maxCalls', 'updatedAt', 'doNotDisturb', 'takesMessages', 'recordCalls'].map((c) => `s."${c}" AS "${c}"`),
      )
      .addSelect(['s."closedAt" AS "closedAt"', 's."portalPasswordHash" AS "portalPasswordHash"', 'a."dailyCap" AS "dailyCap"'])
      .getRawOne<
        RawRow & {
          language: 'en' | 'es';
          callerId: string | null;
          doNotDisturb: boolean | number;
          takesMessages: boolean | number;
          recordCalls: boolean | number;
          maxCalls: number;
          updatedAt: number | string;
          closedAt: number | string;
          portalPasswordHash: string | null;
          dailyCap: number | string | null;
        }
      >();
    if (!row) throw problem(404, 'not-found', 'There is no such subscriber.');
    const numbers = await this.#reader
      .createQueryBuilder()
      .select(['n."id" AS "id"', 'n."number" AS "number"', 'n."kind" AS "kind"'])
      .from('numbers', 'n')
      .where('n."subscriberId" = :id', { id })
      .orderBy('n."number"')
      .getRawMany<{ id: number; number: string; kind: 'alias' | 'did' }>();
    return {
      ...this.#row(row),
      language: row.language,
      callerId: row.callerId,
      maxCalls: row.maxCalls,
      creditLimit: formatMoney(money(row.creditLimit)),
      dailyCap: row.dailyCap === null ? null : formatMoney(money(row.dailyCap)),
      activeCalls: this.#calls.countOf(id),
      doNotDisturb: Boolean(row.doNotDisturb),
      takesMessages: Boolean(row.takesMessages),
      recordCalls: Boolean(row.recordCalls),
      hasPortalPassword: row.portalPasswordHash !== null,
      numbers,
      updatedAt: timeOf(Number(row.updatedAt)),
      closedAt: timeOrNull(Number(row.closedAt) || null),
    };
  }

  #base(): SelectQueryBuilder<SubscriberEntity> {
    return this.#reader.createQueryBuilder(SubscriberEntity, 's').leftJoin('accounts', 'a', 'a."subscriberId" = s."id"');
  }

  #columns(query: SelectQueryBuilder<SubscriberEntity>): SelectQueryBuilder<SubscriberEntity> {
    return query
      .select(
        ['id', 'number', 'domain', 'displayName', 'email', 'status', 'groups', 'tariffId', 'selfSignedUp', 'createdAt'].map(
          (c) => `s."${c}" AS "${c}"`,
        ),
      )
      .addSelect(['a."kind" AS "kind"', 'a."balance" AS "balance"', 'a."creditLimit" AS "creditLimit"', `${lastCall} AS "lastCallAt"`]);
  }

  #filter(query: SelectQueryBuilder<SubscriberEntity>, f: SubscriberQuery): SelectQueryBuilder<SubscriberEntity> {
    if (f.status === undefined) query.andWhere('s."closedAt" = 0');
    else query.andWhere('s."status" = :status', { status: f.status });
    if (f.number !== undefined) query.andWhere('s."number" = :number', { number: f.number });
    if (f.domain !== undefined) query.andWhere('s."domain" = :domain', { domain: f.domain });
    if (f.kind !== undefined) query.andWhere('a."kind" = :kind', { kind: f.kind });
    if (f.tariffId !== undefined) query.andWhere('s."tariffId" = :tariffId', { tariffId: f.tariffId });
    if (f.selfSignedUp !== undefined) query.andWhere('s."selfSignedUp" = :selfSignedUp', { selfSignedUp: f.selfSignedUp === 'true' });
    // Groups are words between blanks: look for the word, not for a part of one ("int" is not "interlude").
    if (f.group !== undefined) query.andWhere(`' ' || s."groups" || ' ' LIKE :group`, { group: `% ${f.group} %` });
    if (f.online !== undefined) {
      const ids = this.#onlineIds();
      // Ids are numbers of our own, so they may stand in the text; a bound list would hit the engines' limit of parameters.
      query.andWhere(
        ids.length === 0 ? (f.online === 'true' ? '1 = 0' : '1 = 1') : `s."id" ${f.online === 'true' ? '' : 'NOT '}IN (${ids.join(',')})`,
      );
    }
    if (f.q) {
      const like = `LIKE LOWER(:q) ESCAPE '\\'`;
      query.andWhere(`(LOWER(s."number") ${like} OR LOWER(s."displayName") ${like} OR LOWER(COALESCE(s."email", '')) ${like})`, {
        q: likeContains(f.q),
      });
    }
    return query;
  }

  #onlineIds(): number[] {
    const ids = new Set<number>();
    for (const binding of this.#registrar.list()) ids.add(binding.subscriberId);
    return [...ids];
  }

  #row(row: RawRow): SubscriberRow {
    const accountId = this.#book.accountOf(row.id);
    const held = accountId === undefined ? micros(0) : this.#book.held(accountId);
    const balance = money(row.balance);
    return {
      id: row.id,
      number: row.number,
      domain: row.domain,
      displayName: row.displayName,
      email: row.email,
      status: row.status,
      kind: row.kind ?? 'prepaid',
      groups: row.groups === '' ? [] : (row.groups.split(' ') as Group[]),
      tariffId: row.tariffId,
      selfSignedUp: Boolean(row.selfSignedUp),
      balance: formatMoney(balance),
      held: formatMoney(held),
      available: formatMoney(accountId === undefined ? balance : this.#book.available(accountId)),
      online: this.#registrar.bindingsOf(row.id).length > 0,
      lastCallAt: timeOrNull(row.lastCallAt === null ? null : Number(row.lastCallAt)),
      createdAt: timeOf(Number(row.createdAt)),
    };
  }
}

const money = (value: number | string | null): Micros => micros(Number(value ?? 0));
