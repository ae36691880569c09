import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import type { Rate } from '../billing/rate.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { likeContains, orderOf, type Page, type Principal, problem, skipTake } from '../http/index.ts';
import { RateEntity } from './rate.entity.ts';
import { type NewRate, type RatePatch, type RateQuery } from './rate.schemas.ts';
import { RATE_DEFAULTS } from './rate-defaults.ts';
import { rateDto } from './rate-views.ts';
import { TariffsService } from './tariffs.service.ts';

/** Rates one at a time; whole files go through the import. */
@Injectable()
export class RatesService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #audit: AuditService;
  readonly #tariffs: TariffsService;

  constructor(uow: UnitOfWork, reader: DataSource, audit: AuditService, tariffs: TariffsService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#audit = audit;
    this.#tariffs = tariffs;
  }

  /** @throws problem 404 */
  async list(tariffId: number, query: RateQuery): Promise<Page<RateEntity>> {
    await this.#tariffs.get(tariffId);
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const select = this.#reader.manager.createQueryBuilder(RateEntity, 'rate').where('rate.tariffId = :tariffId', { tariffId });
    if (query.q) filterByText(select, query.q);
    if (query.blocked !== undefined) select.andWhere('rate.blocked = :blocked', { blocked: query.blocked === 'true' });
    const [items, total] = await select
      .orderBy(`rate.${field}`, direction)
      .addOrderBy('rate.id', 'ASC')
      .skip(skip)
      .take(take)
      .getManyAndCount();
    return { items, total, page: query.page, pageSize: query.pageSize };
  }

  /** @throws problem 409 `rate-exists` */
  create(tariffId: number, body: NewRate, actor: Principal): Promise<RateEntity> {
    return this.#uow.write(async (m) => {
      await this.#tariffs.requireTariff(m, tariffId);
      const row = m.create(RateEntity, {
        ...RATE_DEFAULTS,
        ...body,
        tariffId,
        version: 1,
        connectDeductible: false,
        maxCost: null,
        maxCostAction: null,
        tiers: null,
        updatedAt: Date.now(),
      });
      await this.#refuseTaken(m, row);
      await m.save(row);
      await this.#audit.record(actor, 'rate.create', 'rate', row.id, undefined, rateDto(row));
      this.#tariffs.editAfterCommit(tariffId, (table) => table.set(rateOf(row)));
      return row;
    });
  }

  /** @throws problem 404, 409 `rate-exists` */
  update(id: number, patch: RatePatch, actor: Principal): Promise<RateEntity> {
    return this.#uow.write(async (m) => {
      const row = await this.#require(m, id);
      const before = { ...row };
      Object.assign(row, patch, { version: row.version + 1, updatedAt: Date.now() });
      await this.#refuseTaken(m, row);
      await m.save(row);
      await this.#audit.record(actor, 'rate.change', 'rate', id, rateDto(before), rateDto(row));
      this.#tariffs.editAfterCommit(row.tariffId, (table) => {
        table.remove(before.prefix, id);
        table.set(rateOf(row));
      });
      return row;
    });
  }

  async remove(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.#require(m, id);
      await m.delete(RateEntity, id);
      await this.#audit.record(actor, 'rate.delete', 'rate', id, rateDto(row));
      this.#tariffs.editAfterCommit(row.tariffId, (table) => table.remove(row.prefix, id));
    });
  }

  async #require(m: EntityManager, id: number): Promise<RateEntity> {
    const row = await m.findOneBy(RateEntity, { id });
    if (!row) throw problem(404, 'not-found', 'There is no such rate.');
    return row;
  }

  async #refuseTaken(m: EntityManager, row: RateEntity): Promise<void> {
    const other = await m.findOneBy(RateEntity, { tariffId: row.tariffId, prefix: row.prefix, effectiveFrom: row.effectiveFrom });
    if (!other || other.id === row.id) return;
    throw problem(409, 'rate-exists', `Prefix ${row.prefix} has a rate from that time on already: change that one.`, [
      { field: 'prefix', code: 'taken', message: 'There is a rate for this prefix and time' },
    ]);
  }
}

function filterByText(select: SelectQueryBuilder<RateEntity>, q: string): void {
  const digits = q.replace(/[\s()+./-]/g, '');
  if (!/^[0-9]+$/.test(digits)) {
    select.andWhere(`LOWER(rate.name) LIKE LOWER(:text) ESCAPE '\\'`, { text: likeContains(q) });
    return;
  }
  // "00" in front is how people dial abroad, not part of a prefix.
  const number = q.startsWith('+') ? digits : digits.replace(/^00/, '');
  const matches = Array.from({ length: Math.min(15, number.length) }, (_, i) => number.slice(0, i + 1));
  select.andWhere('(rate.prefix IN (:...matches) OR (rate.prefix >= :number AND rate.prefix < :above))', {
    matches: matches.length > 0 ? matches : [''],
    number,
    above: `${number}:`, // ":" follows "9"
  });
}

function rateOf(row: RateEntity): Rate {
  const { tariffId: _tariff, updatedAt: _updated, connectDeductible, maxCost, maxCostAction, tiers, ...rate } = row;
  return {
    ...rate,
    ...(connectDeductible && { connectDeductible }),
    ...(maxCost !== null && { maxCost }),
    ...(maxCostAction !== null && { maxCostAction }),
    ...(tiers !== null && { tiers }),
  };
}
