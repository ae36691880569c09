import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { AccountsService } from '../billing/accounts.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { actorName, type Principal } from '../http/index.ts';
import { TariffsService } from '../rates/tariffs.service.ts';
import { computeHa1 } from './sip-credentials.ts';
import { SubscriberEntity } from './subscriber.entity.ts';
import type { SubscriberImport, SubscriberImportResult } from './subscriber.schemas.ts';
import { type ImportRow, parseSubscribers, type RowError } from './subscriber-csv.ts';
import { SubscriberNews } from './subscriber-news.ts';

const chunk = 500;
const shownErrors = 1_000;

/** Adds many subscribers from a CSV file in one transaction: all of them, or none and every reason why not. */
@Injectable()
export class SubscriberImporter {
  readonly #uow: UnitOfWork;
  readonly #news: SubscriberNews;
  readonly #accounts: AccountsService;
  readonly #tariffs: TariffsService;
  readonly #directory: Directory;
  readonly #audit: AuditService;

  constructor(
    uow: UnitOfWork,
    news: SubscriberNews,
    accounts: AccountsService,
    tariffs: TariffsService,
    directory: Directory,
    audit: AuditService,
  ) {
    this.#uow = uow;
    this.#news = news;
    this.#accounts = accounts;
    this.#tariffs = tariffs;
    this.#directory = directory;
    this.#audit = audit;
  }

  async import(body: SubscriberImport, actor: Principal): Promise<SubscriberImportResult> {
    const domain = body.domain ?? this.#directory.settings.domain;
    const { rows, errors, count } = await parseSubscribers(body.csv);
    for (const row of rows) errors.push(...this.#taken(row, domain));
    errors.sort((a, b) => a.row - b.row);
    const failed = errors.length > 0;
    if (!failed && !body.dryRun) await this.#write(rows, domain, actor);
    return {
      ok: !failed,
      rows: count,
      created: failed || body.dryRun ? 0 : rows.length,
      errors: errors.slice(0, shownErrors),
      errorCount: errors.length,
    };
  }

  #taken(row: ImportRow, domain: string): RowError[] {
    const holder = this.#directory.subscriber(row.number, domain) ?? this.#directory.alias(row.number, domain);
    return holder ? [{ row: row.row, column: 'number', expected: 'a number that is free', found: `${row.number}, which is taken` }] : [];
  }

  async #write(rows: readonly ImportRow[], domain: string, actor: Principal): Promise<void> {
    // Hashing 100,000 passwords takes a while: done before the one write transaction of the house is taken.
    const hashed: { row: ImportRow; ha1: ReturnType<typeof computeHa1> }[] = [];
    for (const row of rows) {
      hashed.push({ row, ha1: computeHa1(row.number, domain, row.password) });
      if (hashed.length % 1_000 === 0) await new Promise(setImmediate);
    }
    await this.#uow.write(async (m) => {
      const tariffId = await this.#tariffs.defaultTariffId(m);
      for (let i = 0; i < hashed.length; i += chunk) await this.#writeChunk(m, hashed.slice(i, i + chunk), domain, tariffId, actor);
      await this.#audit.record(actor, 'subscriber.import', 'subscriber', null, undefined, { rows: rows.length, domain });
    });
  }

  async #writeChunk(
    m: EntityManager,
    part: readonly { row: ImportRow; ha1: ReturnType<typeof computeHa1> }[],
    domain: string,
    tariffId: number,
    actor: Principal,
  ): Promise<void> {
    const now = Date.now();
    const values = part.map(({ row, ha1 }) => ({
      number: row.number,
      domain,
      displayName: row.displayName,
      email: row.email,
      language: row.language,
      status: 'active' as const,
      closedAt: 0,
      ...ha1,
      portalPasswordHash: null,
      groups: row.groups,
      tariffId,
      maxCalls: row.maxCalls,
      selfSignedUp: false,
      callerId: row.callerId,
      createdAt: now,
      updatedAt: now,
    }));
    await m.createQueryBuilder().insert().into(SubscriberEntity).values(values).updateEntity(false).execute();
    const written = await m.find(SubscriberEntity, { where: { domain, closedAt: 0, number: In(part.map(({ row }) => row.number)) } });
    const byNumber = new Map(written.map((entity) => [entity.number, entity]));
    await this.#accounts.createMany(
      m,
      part.map(({ row }) => ({
        subscriberId: (byNumber.get(row.number) as SubscriberEntity).id,
        kind: row.kind,
        creditLimit: row.creditLimit,
        dailyCap: row.dailyCap,
        openingBalance: row.balance,
        actor: actorName(actor),
      })),
    );
    this.#news.tellAfterCommit(written);
  }
}
