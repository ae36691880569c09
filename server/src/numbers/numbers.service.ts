import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import type { NumberEntry } from '../directory/types.ts';
import { likeContains, orderOf, type Page, type Principal, problem, skipTake, timeOf } from '../http/index.ts';
import { isNumberStaged } from '../subscribers/staged-numbers.ts';
import { NumberEntity } from './number.entity.ts';
import type { NewNumber, NumberDto, NumberPatch, NumberQuery } from './number.schemas.ts';

/** Aliases of subscribers and the numbers people dial from outside. */
@Injectable()
export class NumbersService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    await this.loadInto(this.#directory);
  }

  async loadInto(directory: Directory): Promise<number> {
    const rows: (Omit<NumberEntry, 'domain'> & { domain: string })[] = await this.#reader.query(
      'SELECT "id", "number", "domain", "kind", "subscriberId", "target" FROM "numbers"',
    );
    for (const row of rows) directory.upsertNumber({ ...row, domain: row.domain === '' ? null : row.domain });
    return rows.length;
  }

  async list(query: NumberQuery): Promise<Page<NumberDto>> {
    const builder = this.#reader.createQueryBuilder(NumberEntity, 'n');
    if (query.kind) builder.andWhere('n.kind = :kind', { kind: query.kind });
    if (query.subscriberId) builder.andWhere('n.subscriberId = :subscriberId', { subscriberId: query.subscriberId });
    if (query.number) builder.andWhere('n.number = :number', { number: query.number });
    if (query.assigned === 'true') builder.andWhere('(n.subscriberId IS NOT NULL OR n.target IS NOT NULL)');
    if (query.assigned === 'false') builder.andWhere('n.subscriberId IS NULL AND n.target IS NULL');
    if (query.q) builder.andWhere(`(n.number LIKE :q ESCAPE '\\' OR n.target LIKE :q ESCAPE '\\')`, { q: likeContains(query.q) });
    const { field, direction } = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const [rows, total] = await builder
      .orderBy(`n.${field}`, direction)
      .addOrderBy('n.id', direction)
      .skip(skip)
      .take(take)
      .getManyAndCount();
    return { items: rows.map((row) => this.#dto(row)), total, page: query.page, pageSize: query.pageSize };
  }

  /** Numbers that contain what was typed. */
  async search(text: string, limit: number): Promise<NumberDto[]> {
    const builder = this.#reader.createQueryBuilder(NumberEntity, 'n').where(`n.number LIKE :q ESCAPE '\\'`, { q: likeContains(text) });
    return (await builder.orderBy('n.number').limit(limit).getMany()).map((row) => this.#dto(row));
  }

  async create(body: NewNumber, actor: Principal): Promise<NumberDto> {
    const row = await this.#uow.write(async (m) => {
      const number = body.kind === 'did' ? body.number.replace(/^\+/, '') : body.number;
      const domain = body.kind === 'did' ? '' : (body.domain ?? this.#directory.settings.domain);
      this.#requireOwner(body.subscriberId);
      const taken = await m.exists(NumberEntity, { where: { number, domain } });
      const isOfSubscriber = async () =>
        this.#directory.subscriber(number, domain) !== undefined || (await isNumberStaged(m, number, domain));
      if (taken || (body.kind === 'alias' && (await isOfSubscriber()))) {
        throw problem(409, 'number-taken', `The number ${number} is taken. Choose another one.`, [
          { field: 'number', code: 'taken', message: 'This number is taken' },
        ]);
      }
      const saved = await m.save(
        m.create(NumberEntity, {
          number,
          domain,
          kind: body.kind,
          subscriberId: body.subscriberId ?? null,
          target: body.target ?? null,
          createdAt: Date.now(),
        }),
      );
      await this.#audit.record(actor, 'number.create', 'number', saved.id, undefined, saved);
      this.#tell(saved);
      return saved;
    });
    return this.#dto(row);
  }

  async update(id: number, patch: NumberPatch, actor: Principal): Promise<NumberDto> {
    const row = await this.#uow.write(async (m) => {
      const found = await this.#find(m, id);
      const before = { ...found };
      this.#requireOwner(patch.subscriberId);
      // Naming one end takes the other away.
      if (patch.subscriberId != null) Object.assign(found, { subscriberId: patch.subscriberId, target: null });
      else if (patch.target != null) Object.assign(found, { subscriberId: null, target: patch.target });
      else Object.assign(found, patch);
      if (found.kind === 'alias' && found.subscriberId === null && found.target === null) {
        throw problem(400, 'invalid', 'An alias needs a subscriber or a target.', [
          { field: 'subscriberId', code: 'required', message: 'An alias needs a subscriber or a target' },
        ]);
      }
      await m.save(found);
      await this.#audit.record(actor, 'number.change', 'number', id, before, found);
      this.#tell(found);
      return found;
    });
    return this.#dto(row);
  }

  async remove(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.#find(m, id);
      await m.delete(NumberEntity, id);
      await this.#audit.record(actor, 'number.delete', 'number', id, row);
      this.#uow.afterCommit(() => this.#directory.removeNumber(id));
    });
  }

  /** When a subscriber is closed: his aliases go, his DIDs return to the pool. Belongs inside that write. */
  async releaseOf(m: EntityManager, subscriberId: number, actor: Principal | 'system'): Promise<void> {
    for (const row of await m.find(NumberEntity, { where: { subscriberId } })) {
      if (row.kind === 'alias') {
        await m.delete(NumberEntity, row.id);
        await this.#audit.record(actor, 'number.delete', 'number', row.id, row);
        this.#uow.afterCommit(() => this.#directory.removeNumber(row.id));
      } else {
        const before = { ...row };
        row.subscriberId = null;
        await m.save(row);
        await this.#audit.record(actor, 'number.change', 'number', row.id, before, row);
        this.#tell(row);
      }
    }
  }

  #requireOwner(subscriberId: number | null | undefined): void {
    if (subscriberId == null || this.#directory.subscriberById(subscriberId)) return;
    throw problem(400, 'invalid', 'There is no such subscriber.', [
      { field: 'subscriberId', code: 'unknown', message: 'There is no such subscriber' },
    ]);
  }

  async #find(m: EntityManager, id: number): Promise<NumberEntity> {
    const row = await m.findOneBy(NumberEntity, { id });
    if (!row) throw problem(404, 'not-found', 'There is no such number.');
    return row;
  }

  #tell(row: NumberEntity): void {
    const { id, number, kind, subscriberId, target } = row;
    const domain = row.domain === '' ? null : row.domain;
    this.#uow.afterCommit(() => this.#directory.upsertNumber({ id, number, domain, kind, subscriberId, target }));
  }

  #dto(row: NumberEntity): NumberDto {
    const owner = row.subscriberId === null ? undefined : this.#directory.subscriberById(row.subscriberId);
    return {
      id: row.id,
      number: row.number,
      kind: row.kind,
      domain: row.domain === '' ? null : row.domain,
      subscriberId: row.subscriberId,
      subscriberNumber: owner?.number ?? null,
      subscriberName: owner?.displayName ?? null,
      target: row.target,
      createdAt: timeOf(row.createdAt),
    };
  }
}
