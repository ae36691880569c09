import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type SelectQueryBuilder } from 'typeorm';
import { LedgerService } from '../billing/ledger.service.ts';
import { explainPrice } from '../billing/price.ts';
import type { RateSnapshot } from '../billing/rate.ts';
import { Directory } from '../directory/directory.ts';
import { formatMoney, likeContains, orderOf, type Page, problem, skipTake, timeOf, timeOrNull } from '../http/index.ts';
import { CdrEntity } from './cdr.entity.ts';
import type { CallDetail, CallFilter, CallRow, CallsQuery } from './cdr.schemas.ts';

const orderColumns: Record<string, string> = { startedAt: 'c.startedAt', talkSeconds: 'c.talkMs', cost: 'c.cost' };

/** Most subscribers that a name in the search box stands for. */
const NAMED = 50;
const EXPORT_CHUNK = 1000;

/** Call records: lists, one explained, and the export. */
@Injectable()
export class CdrService {
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #ledger: LedgerService;

  constructor(@InjectDataSource() reader: DataSource, directory: Directory, ledger: LedgerService) {
    this.#reader = reader;
    this.#directory = directory;
    this.#ledger = ledger;
  }

  /** @param me the subscriber who asks, who sees only his own calls, and prices only where he pays */
  async list(query: CallsQuery, me?: number): Promise<Page<CallRow>> {
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const [rows, total] = await this.#select(query, me)
      .orderBy(orderColumns[field] ?? 'c.startedAt', direction)
      .addOrderBy('c.id', direction)
      .skip(skip)
      .take(take)
      .getManyAndCount();
    return { items: rows.map((row) => this.#row(row, me)), total, page: query.page, pageSize: query.pageSize };
  }

  /** One call with its rating step by step, from the rate stored with it. */
  async detail(id: number, me?: number): Promise<CallDetail> {
    const row = await this.#builder().addSelect('c.rate').where('c.id = :id', { id }).getOne();
    if (!row || (me !== undefined && row.fromSubscriberId !== me && row.toSubscriberId !== me)) {
      throw problem(404, 'not-found', 'There is no such call.');
    }
    const paid = me === undefined || row.fromSubscriberId === me;
    const rate: RateSnapshot | null = paid && row.rate !== null ? JSON.parse(row.rate) : null;
    return {
      ...this.#row(row, me),
      sipCallId: row.sipCallId,
      userAgent: paid ? row.userAgent : null,
      rate: rate && {
        prefix: rate.prefix,
        name: rate.name,
        pricePerMinute: formatMoney(rate.pricePerMinute),
        connectFee: formatMoney(rate.connectFee),
        firstIncrement: rate.firstIncrement,
        nextIncrement: rate.nextIncrement,
        minCharge: formatMoney(rate.minCharge),
        freeSeconds: rate.freeSeconds,
        graceSeconds: rate.graceSeconds,
        effectiveFrom: timeOf(rate.effectiveFrom),
      },
      steps: rate ? explainPrice(rate, row.talkMs).steps : [],
      ledgerEntryId: paid && row.cost > 0 ? await this.#ledger.chargeOf(row.callId) : null,
    };
  }

  /** Every call of the filter, newest first, read piece by piece, so that a million calls need no memory. */
  async *export(filter: CallFilter, me?: number): AsyncGenerator<CallRow[]> {
    let last: CdrEntity | undefined;
    for (;;) {
      const builder = this.#select(filter, me).orderBy('c.startedAt', 'DESC').addOrderBy('c.id', 'DESC').take(EXPORT_CHUNK);
      if (last) {
        builder.andWhere('(c.startedAt < :lastAt OR (c.startedAt = :lastAt AND c.id < :lastId))', {
          lastAt: last.startedAt,
          lastId: last.id,
        });
      }
      const rows = await builder.getMany();
      if (rows.length > 0) yield rows.map((row) => this.#row(row, me));
      if (rows.length < EXPORT_CHUNK) return;
      last = rows.at(-1);
    }
  }

  #builder(): SelectQueryBuilder<CdrEntity> {
    return this.#reader.getRepository(CdrEntity).createQueryBuilder('c');
  }

  #select(filter: CallFilter, me: number | undefined): SelectQueryBuilder<CdrEntity> {
    const builder = this.#builder();
    const subscriberId = me ?? filter.subscriberId;
    const missed = filter.missed === 'true';
    if (missed) builder.andWhere('c.missed = :missed', { missed });
    if (subscriberId !== undefined) {
      // A missed call is one that did not reach him, not one that he made.
      builder.andWhere(
        missed ? 'c.toSubscriberId = :subscriberId' : '(c.fromSubscriberId = :subscriberId OR c.toSubscriberId = :subscriberId)',
        {
          subscriberId,
        },
      );
    }
    if (filter.from) builder.andWhere('c.startedAt >= :from', { from: Date.parse(filter.from) });
    if (filter.to) builder.andWhere('c.startedAt < :to', { to: Date.parse(filter.to) });
    if (filter.status !== undefined) builder.andWhere('c.status = :status', { status: filter.status });
    if (filter.outcome) builder.andWhere(`c.answeredAt IS ${filter.outcome === 'answered' ? 'NOT ' : ''}NULL`);
    if (filter.direction) builder.andWhere('c.direction = :direction', { direction: filter.direction });
    if (filter.q) builder.andWhere(this.#search(filter.q));
    return builder;
  }

  /** Numbers, destinations, and names of subscribers; or the Call-ID that a phone's log shows. */
  #search(q: string): Brackets {
    const ids = this.#subscribersNamed(q);
    return new Brackets((any) => {
      const like = { q: likeContains(q.replace(/^\+/, '')) };
      for (const column of ['fromUser', 'dialled', 'e164', 'destination']) any.orWhere(`c.${column} LIKE :q ESCAPE '\\'`, like);
      any.orWhere('c.sipCallId = :exact', { exact: q });
      if (ids.length > 0) any.orWhere('c.fromSubscriberId IN (:...ids)', { ids }).orWhere('c.toSubscriberId IN (:...ids)', { ids });
    });
  }

  #subscribersNamed(q: string): number[] {
    const wanted = q.toLowerCase();
    const ids: number[] = [];
    for (const { id, displayName } of this.#directory.subscribers()) {
      if (displayName.toLowerCase().includes(wanted)) ids.push(id);
      if (ids.length === NAMED) break;
    }
    return ids;
  }

  #row(row: CdrEntity, me: number | undefined): CallRow {
    const pays = me === undefined || row.fromSubscriberId === me;
    return {
      id: row.id,
      callId: row.callId,
      startedAt: timeOf(row.startedAt),
      answeredAt: timeOrNull(row.answeredAt),
      endedAt: timeOf(row.endedAt),
      direction: row.direction,
      from: row.fromUser,
      fromName: this.#nameOf(row.fromSubscriberId) ?? '',
      fromSubscriberId: row.fromSubscriberId,
      dialled: row.dialled,
      destination: row.destination,
      toSubscriberId: row.toSubscriberId,
      toName: this.#nameOf(row.toSubscriberId),
      gatewayName: me === undefined && row.gatewayId !== null ? (this.#directory.gatewayName(row.gatewayId) ?? null) : null,
      talkSeconds: Math.ceil(row.talkMs / 1000),
      billedSeconds: row.billedSeconds,
      cost: pays && row.accountId !== null ? formatMoney(row.cost) : null,
      status: row.status,
      reason: row.reason,
      refusal: row.refusal,
      app: row.app,
      endedBy: row.endedBy,
      missed: row.missed,
    };
  }

  #nameOf(subscriberId: number | null): string | null {
    return subscriberId === null ? null : (this.#directory.subscriberById(subscriberId)?.displayName ?? null);
  }
}
