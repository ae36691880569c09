import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { type Principal, problem, timeOf } from '../http/index.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { DomainEntity } from './domain.entity.ts';
import type { DomainDto, NewDomain } from './domain.schemas.ts';

/** The SIP domains we serve besides the default one, which is a setting. */
@Injectable()
export class DomainsService implements OnModuleInit {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #settings: SettingsService;
  readonly #log = new Logger('Domains');

  constructor(uow: UnitOfWork, reader: DataSource, directory: Directory, audit: AuditService, settings: SettingsService) {
    this.#uow = uow;
    this.#reader = reader;
    this.#directory = directory;
    this.#audit = audit;
    this.#settings = settings;
  }

  async onModuleInit(): Promise<void> {
    await this.loadInto(this.#directory);
    let home = this.#settings.current.sipDomain;
    this.#settings.onChange((after, changed) => {
      if (!changed.has('sipDomain')) return;
      const old = home;
      home = after.sipDomain;
      this.#keepServing(old).catch((error: unknown) => this.#log.error(`The old domain ${old} could not be kept: ${String(error)}`));
    });
  }

  async loadInto(directory: Directory): Promise<void> {
    for (const row of await this.#reader.manager.find(DomainEntity)) directory.addDomain(row.name);
  }

  /** The default domain has changed (M-15): phones of subscribers who live in the old one go on working. */
  async #keepServing(old: string): Promise<void> {
    await this.#uow.write(async (m) => {
      const used = await m
        .createQueryBuilder()
        .select('s."id"')
        .from('subscribers', 's')
        .where('s."domain" = :old AND s."closedAt" = 0', { old })
        .limit(1)
        .getRawOne();
      if (!used || (await m.existsBy(DomainEntity, { name: old }))) return;
      const row = await m.save(m.create(DomainEntity, { name: old, createdAt: Date.now() }));
      await this.#audit.record('system', 'domain.create', 'domain', row.id, undefined, row);
      this.#uow.afterCommit(() => this.#directory.addDomain(old));
    });
  }

  /** The default domain first, then the others by name. */
  async list(): Promise<DomainDto[]> {
    const rows = await this.#reader.manager.find(DomainEntity, { order: { name: 'ASC' } });
    const counts: { domain: string; count: number | string }[] = await this.#reader.query(
      'SELECT "domain", COUNT(*) AS "count" FROM "subscribers" WHERE "closedAt" = 0 GROUP BY "domain"',
    );
    const countOf = (name: string): number => Number(counts.find((row) => row.domain === name)?.count ?? 0);
    const home = this.#directory.settings.domain;
    return [
      { id: null, name: home, isDefault: true, subscribers: countOf(home), createdAt: null },
      ...rows
        .filter((row) => row.name !== home)
        .map((row) => ({ id: row.id, name: row.name, isDefault: false, subscribers: countOf(row.name), createdAt: timeOf(row.createdAt) })),
    ];
  }

  async create(body: NewDomain, actor: Principal): Promise<DomainDto> {
    return this.#uow.write(async (m) => {
      if (this.#directory.serves(body.name) || (await m.existsBy(DomainEntity, { name: body.name }))) {
        throw problem(409, 'domain-taken', `The domain ${body.name} is served already.`, [
          { field: 'name', code: 'taken', message: 'This domain is served already' },
        ]);
      }
      const row = await m.save(m.create(DomainEntity, { name: body.name, createdAt: Date.now() }));
      await this.#audit.record(actor, 'domain.create', 'domain', row.id, undefined, row);
      this.#uow.afterCommit(() => this.#directory.addDomain(row.name));
      return { id: row.id, name: row.name, isDefault: false, subscribers: 0, createdAt: timeOf(row.createdAt) };
    });
  }

  /** @throws problem 409 `in-use` while subscribers live there: their passwords are bound to it (the realm of HA1) */
  async remove(id: number, actor: Principal): Promise<void> {
    await this.#uow.write(async (m) => {
      const row = await m.findOneBy(DomainEntity, { id });
      if (!row) throw problem(404, 'not-found', 'There is no such domain.');
      const users = await m
        .createQueryBuilder()
        .select('s."id"')
        .from('subscribers', 's')
        .where('s."domain" = :name AND s."closedAt" = 0', row)
        .limit(1)
        .getRawOne();
      if (users) throw problem(409, 'in-use', 'Subscribers live in this domain. Close or move them first.');
      await m.delete(DomainEntity, id);
      await this.#audit.record(actor, 'domain.delete', 'domain', id, row);
      this.#uow.afterCommit(() => this.#directory.removeDomain(row.name));
    });
  }
}
