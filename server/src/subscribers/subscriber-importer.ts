import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { AccountsService } from '../billing/accounts.service.ts';
import { chunks, inList, insertRows } from '../database/sql.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { actorName, type Principal, problem } from '../http/index.ts';
import { TariffsService } from '../rates/tariffs.service.ts';
import {
  beginImport,
  decideImport,
  endImport,
  type OpenImport,
  openImports,
  type StagedSubscriber,
  stage,
  takenNumbers,
  takeStaged,
} from './import-staging.ts';
import { computeHa1 } from './sip-credentials.ts';
import type { SubscriberEntity } from './subscriber.entity.ts';
import type { SubscriberImport, SubscriberImportResult } from './subscriber.schemas.ts';
import { type ImportRow, parseSubscribers, type RowError } from './subscriber-csv.ts';
import { SubscriberNews } from './subscriber-news.ts';

/** Rows of one write. Charging waits behind it, so it must be short: some 20 ms, on a busy machine twice that. */
const stagedAtOnce = 250;
const movedAtOnce = 100;
const shownErrors = 1_000;

const columns = [
  'number',
  'domain',
  'displayName',
  'email',
  'language',
  'status',
  'closedAt',
  'ha1Md5',
  'ha1Sha256',
  'ha1Md5AtDomain',
  'ha1Sha256AtDomain',
  'portalPasswordHash',
  'groups',
  'tariffId',
  'maxCalls',
  'selfSignedUp',
  'callerId',
  'createdAt',
  'updatedAt',
] as const;

/**
 * Adds many subscribers from a CSV file: all of them, or none and every reason why not. There is one writer in the house, and paid calls
 * wait for it; so the rows go to a waiting table first, in small writes, where their numbers are kept for them. Then it is decided, in one
 * tiny write, and the rows move on, in small writes again. What was decided is finished after a crash; what was not is forgotten.
 */
@Injectable()
export class SubscriberImporter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('SubscriberImport');
  readonly #uow: UnitOfWork;
  readonly #news: SubscriberNews;
  readonly #accounts: AccountsService;
  readonly #tariffs: TariffsService;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  #moving: Promise<unknown> = Promise.resolve();
  #stopping = false;

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

  /** Imports that the last stop interrupted; the start does not wait for them. */
  async onApplicationBootstrap(): Promise<void> {
    for (const open of await this.#uow.write(openImports)) {
      if (open.state === 'moving') this.#log.warn('An import of subscribers was interrupted; it is finished now');
      const work = open.state === 'moving' ? this.#move(open) : this.#forget(open);
      work.catch((error: unknown) => this.#log.error(`An import of subscribers could not be finished: ${String(error)}`));
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#moving;
  }

  async import(body: SubscriberImport, actor: Principal): Promise<SubscriberImportResult> {
    const domain = body.domain ?? this.#directory.settings.domain;
    const { rows, errors, count } = await parseSubscribers(body.csv);
    for (const part of chunks(rows, 5_000)) {
      for (const row of part) if (this.#isTaken(row.number, domain)) errors.push(taken(row));
      await new Promise(setImmediate);
    }
    if (errors.length === 0 && !body.dryRun) errors.push(...(await this.#write(rows, domain, actor)));
    errors.sort((a, b) => a.row - b.row);
    const failed = errors.length > 0;
    return {
      ok: !failed,
      rows: count,
      created: failed || body.dryRun ? 0 : rows.length,
      errors: errors.slice(0, shownErrors),
      errorCount: errors.length,
    };
  }

  #isTaken(number: string, domain: string): boolean {
    return (this.#directory.subscriber(number, domain) ?? this.#directory.alias(number, domain)) !== undefined;
  }

  async #write(rows: readonly ImportRow[], domain: string, actor: Principal): Promise<RowError[]> {
    const open = await this.#uow.write(async (m) => beginImport(m, actorName(actor), await this.#tariffs.defaultTariffId(m)));
    let errors: RowError[];
    try {
      errors = await this.#stage(open, rows, domain);
      if (errors.length === 0) {
        await this.#uow.write(async (m) => {
          await decideImport(m, open.id);
          await this.#audit.record(actor, 'subscriber.import', 'subscriber', null, undefined, { rows: rows.length, domain });
        });
      }
    } catch (error) {
      await this.#forget(open);
      throw error;
    }
    if (errors.length > 0) await this.#forget(open);
    else await this.#move(open);
    return errors;
  }

  /** @returns the rows whose numbers somebody has taken since the file was checked */
  async #stage(open: OpenImport, rows: readonly ImportRow[], domain: string): Promise<RowError[]> {
    for (const part of chunks(rows, stagedAtOnce)) {
      // Hashed before the writer is taken.
      const staged = part.map((row) => stagedOf(row, domain));
      await new Promise(setImmediate);
      const late = await this.#uow.write(async (m) => {
        const gone = await takenNumbers(
          m,
          domain,
          part.map((row) => row.number),
        );
        if (gone.size === 0) await stage(m, open.id, staged);
        return gone;
      });
      if (late.size > 0) return part.filter((row) => late.has(row.number)).map(taken);
    }
    return [];
  }

  /** One import after the other; each a write at a time, so that others get their turn in between. */
  #move(open: OpenImport): Promise<void> {
    const run = async () => {
      do {
        if (this.#stopping) throw problem(503, 'stopping', 'The server stops. The rest of this import follows at its next start.');
      } while ((await this.#uow.write((m) => this.#moveSome(m, open))) > 0);
    };
    const done = this.#moving.then(run);
    this.#moving = done.catch(() => undefined);
    return done;
  }

  async #forget(open: OpenImport): Promise<void> {
    while (!this.#stopping && (await this.#uow.write((m) => takeStaged(m, open.id, stagedAtOnce))).length > 0);
    await this.#uow.write((m) => endImport(m, open.id));
  }

  async #moveSome(m: EntityManager, open: OpenImport): Promise<number> {
    const rows = await takeStaged(m, open.id, movedAtOnce);
    const [first] = rows;
    if (!first) {
      await endImport(m, open.id);
      return 0;
    }
    const written = await this.#insert(m, rows, open.tariffId);
    const idOf = new Map(written.map((row) => [row.number, row.id]));
    await this.#accounts.createMany(
      m,
      rows.map(({ number, kind, creditLimit, dailyCap, balance }) => ({
        subscriberId: idOf.get(number) as number,
        kind,
        creditLimit,
        dailyCap,
        openingBalance: balance,
        actor: open.actor,
      })),
    );
    this.#news.tellAfterCommit(written);
    return rows.length;
  }

  /** Plain statements: the insert builder takes most of the time otherwise. All rows are of one domain. */
  async #insert(m: EntityManager, rows: readonly StagedSubscriber[], tariffId: number): Promise<SubscriberEntity[]> {
    const now = Date.now();
    const full = rows.map(({ kind: _kind, creditLimit: _limit, dailyCap: _cap, balance: _balance, ...own }) => ({
      ...own,
      status: 'active' as const,
      closedAt: 0,
      portalPasswordHash: null,
      tariffId,
      selfSignedUp: false,
      doNotDisturb: false,
      takesMessages: true,
      recordCalls: false,
      createdAt: now,
      updatedAt: now,
    }));
    await insertRows(
      m,
      'subscribers',
      columns,
      full.map((row) => columns.map((column) => (column === 'groups' ? row.groups.join(' ') : row[column]))),
    );
    const parameters = [...rows.map((row) => row.number), rows[0]?.domain];
    const domain = this.#uow.dialect === 'postgres' ? `$${parameters.length}` : '?';
    const ids: { id: number; number: string }[] = await m.query(
      `SELECT "id", "number" FROM "subscribers" WHERE "number" IN ${inList(m, rows.length)} AND "domain" = ${domain} AND "closedAt" = 0`,
      parameters,
    );
    const idOf = new Map(ids.map((row) => [row.number, row.id]));
    return full.map((row) => ({ ...row, id: idOf.get(row.number) as number }));
  }
}

const taken = ({ row, number }: ImportRow): RowError => ({
  row,
  column: 'number',
  expected: 'a number that is free',
  found: `${number}, which is taken`,
});

function stagedOf({ row: _row, password, ...fields }: ImportRow, domain: string): StagedSubscriber {
  return { ...fields, domain, ...computeHa1(fields.number, domain, password) };
}
