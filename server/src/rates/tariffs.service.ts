import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { RateTable, type Tariff } from '../billing/rate-table.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { type Principal, problem } from '../http/index.ts';
import type { NewTariff, TariffPatch } from './rate.schemas.ts';
import { loadRates } from './rate-loader.ts';
import { TariffEntity } from './tariff.entity.ts';

export interface TariffRow extends TariffEntity {
  rates: number;
  subscribers: number;
}

type TableEdit = (table: RateTable) => void;

/** Tariffs, and their place in the directory. */
@Injectable()
export class TariffsService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #reloads = new Set<{ readonly id: number; readonly edits: TableEdit[] }>();

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
  }

  async onModuleInit(): Promise<void> {
    await this.loadInto(this.#directory);
  }

  async loadInto(directory: Directory): Promise<void> {
    for (const row of await this.#reader.manager.find(TariffEntity))
      directory.upsertTariff(toDirectory(row, await loadRates(this.#reader, row.id)));
  }

  /**
   * Reads the rates of one tariff anew, after an import, and puts them in the place of the old ones at once. What is edited while they
   * are read is done to the new table too.
   */
  async reload(id: number): Promise<void> {
    const edits: TableEdit[] = [];
    const reload = { id, edits };
    this.#reloads.add(reload);
    try {
      const table = await loadRates(this.#reader, id);
      for (const edit of edits) edit(table);
      const tariff = this.#directory.tariff(id);
      if (tariff) this.#directory.upsertTariff({ ...tariff, table });
    } finally {
      this.#reloads.delete(reload);
    }
  }

  /** Inside a write: changes the rates in memory when it has committed. */
  editAfterCommit(id: number, edit: TableEdit): void {
    this.#uow.afterCommit(() => {
      const table = this.#directory.tariff(id)?.table;
      if (table) edit(table);
      for (const reload of this.#reloads) if (reload.id === id) reload.edits.push(edit);
    });
  }

  /** All tariffs, each with the number of its rates and of those who are on it. */
  async list(): Promise<TariffRow[]> {
    const rows = await this.#reader.manager.find(TariffEntity, { order: { name: 'ASC' } });
    const counted = await this.#reader.query<{ tariffId: number; count: string | number }[]>(
      `SELECT "tariffId", COUNT(*) AS "count" FROM "subscribers" WHERE "status" <> 'closed' GROUP BY "tariffId"`,
    );
    const onTariff = new Map(counted.map((c) => [c.tariffId, Number(c.count)]));
    return rows.map((row) => this.#row(row, onTariff.get(row.id) ?? 0));
  }

  /** One tariff with its numbers. @throws problem 404 */
  async one(id: number): Promise<TariffRow> {
    const row = await this.get(id);
    const [counted] = await this.#reader.query<{ count: string | number }[]>(
      `SELECT COUNT(*) AS "count" FROM "subscribers" WHERE "status" <> 'closed' AND "tariffId" = ${id}`,
    );
    return this.#row(row, Number(counted?.count ?? 0));
  }

  /** @throws problem 404 */
  get(id: number): Promise<TariffEntity> {
    return this.requireTariff(this.#reader.manager, id);
  }

  /** @throws problem 404 */
  async requireTariff(m: EntityManager, id: number): Promise<TariffEntity> {
    const row = await m.findOneBy(TariffEntity, { id });
    if (!row) throw problem(404, 'tariff-not-found', 'There is no such tariff.');
    return row;
  }

  #row(row: TariffEntity, subscribers: number): TariffRow {
    return { ...row, rates: this.#directory.tariff(row.id)?.table.size ?? 0, subscribers };
  }

  /** The tariff new subscribers get; there is always one. */
  async defaultTariffId(m: EntityManager): Promise<number> {
    return (await m.findOneByOrFail(TariffEntity, { isDefault: true })).id;
  }

  /** @throws problem 409 `name-taken` */
  create(body: NewTariff, actor: Principal): Promise<TariffEntity> {
    return this.#uow.write(async (m) => {
      await this.#refuseTakenName(m, body.name);
      if (body.parentId != null) await this.requireTariff(m, body.parentId);
      const now = Date.now();
      const row = await m.save(
        m.create(TariffEntity, {
          parentId: null,
          scale: 4,
          rounding: 'half-up',
          ...body,
          isDefault: false,
          createdAt: now,
          updatedAt: now,
        }),
      );
      await this.#audit.record(actor, 'tariff.create', 'tariff', row.id, undefined, row);
      this.#uow.afterCommit(() => this.#directory.upsertTariff(toDirectory(row, new RateTable())));
      return row;
    });
  }

  update(id: number, patch: TariffPatch, actor: Principal): Promise<TariffEntity> {
    return this.#uow.write(async (m) => {
      const row = await this.requireTariff(m, id);
      const before = { ...row };
      if (patch.name !== undefined && patch.name !== row.name) await this.#refuseTakenName(m, patch.name);
      if (patch.parentId != null) await this.#refuseCircle(m, id, patch.parentId);
      const oldDefault = patch.isDefault ? await m.findOneByOrFail(TariffEntity, { isDefault: true }) : undefined;
      if (oldDefault && oldDefault.id !== id) {
        oldDefault.isDefault = false;
        await m.save(oldDefault);
        this.#tell(oldDefault);
      }
      Object.assign(row, patch, { updatedAt: Date.now() });
      await m.save(row);
      await this.#audit.record(actor, 'tariff.change', 'tariff', id, before, row);
      this.#tell(row);
      return row;
    });
  }

  /** @throws problem 409 while it is the default, a parent, or a subscriber is on it */
  async remove(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await this.requireTariff(m, id);
      if (row.isDefault) throw problem(409, 'tariff-in-use', 'This is the default tariff. Make another one the default first.');
      if (await m.existsBy(TariffEntity, { parentId: id }))
        throw problem(409, 'tariff-in-use', 'Another tariff has this one as its parent.');
      const users = await m.query<{ count: string | number }[]>(`SELECT COUNT(*) AS "count" FROM "subscribers" WHERE "tariffId" = ${id}`);
      if (Number(users[0]?.count ?? 0) > 0)
        throw problem(409, 'tariff-in-use', 'Subscribers are on this tariff. Move them to another one first.');
      await m.delete('rates', { tariffId: id });
      await m.delete(TariffEntity, id);
      await this.#audit.record(actor, 'tariff.delete', 'tariff', id, row);
      this.#uow.afterCommit(() => this.#directory.removeTariff(id));
    });
  }

  async #refuseTakenName(m: EntityManager, name: string): Promise<void> {
    if (!(await m.existsBy(TariffEntity, { name }))) return;
    throw problem(409, 'name-taken', `There is a tariff ${name} already.`, [
      { field: 'name', code: 'taken', message: 'This name is taken' },
    ]);
  }

  async #refuseCircle(m: EntityManager, id: number, parentId: number): Promise<void> {
    for (let at: number | null = parentId; at !== null; at = (await this.requireTariff(m, at)).parentId) {
      if (at === id) throw problem(409, 'tariff-circle', 'A tariff cannot be asked after itself: choose another parent.');
    }
  }

  /** The directory keeps its rates; only what is said of the tariff itself is new. */
  #tell(row: TariffEntity): void {
    this.#uow.afterCommit(() => this.#directory.upsertTariff(toDirectory(row, this.#directory.tariff(row.id)?.table ?? new RateTable())));
  }
}

const toDirectory = (row: TariffEntity, table: RateTable): Tariff => ({
  id: row.id,
  name: row.name,
  parentId: row.parentId,
  isDefault: row.isDefault,
  scale: row.scale,
  rounding: row.rounding,
  table,
});
