import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { SipNode } from '../calls/sip-node.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { EventsService } from '../events/events.service.ts';
import { actorName, addressKey, likeContains, orderOf, type Page, type Principal, problem, skipTake, timeOf } from '../http/index.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { AdminNetworks } from '../settings/admin-networks.ts';
import { SettingsService } from '../settings/settings.service.ts';
import { BanEntity, type BanReason } from './ban.entity.ts';
import type { BanEnforcer } from './ban-enforcer.ts';
import { BanList } from './ban-list.ts';
import type { BanDto, BanQuery, NewBan } from './bans.schemas.ts';
import { FailureCounter } from './failure-counter.ts';
import { isGatewayHost } from './gateway-hosts.ts';

/** Why an address is never banned. */
type Exemption = 'admin-network' | 'gateway';

const EXEMPT: Readonly<Record<Exemption, string>> = {
  'admin-network': 'is in a network administrators work from',
  gateway: 'belongs to a gateway',
};

/**
 * Addresses that tried too many passwords, at phones or pages, are not talked to for a while; an operator may add and forgive. What is banned
 * is in memory and in the table: it survives a restart.
 */
@Injectable()
export class BansService implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('Bans');
  readonly #counter = new FailureCounter();
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #list: BanList;
  readonly #settings: SettingsService;
  readonly #networks: AdminNetworks;
  readonly #directory: Directory;
  readonly #audit: AuditService;
  readonly #events: EventsService;
  readonly #jobs: JobsService;
  readonly #node: SipNode;
  #enforcer: BanEnforcer | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(
    uow: UnitOfWork,
    reader: DataSource,
    list: BanList,
    settings: SettingsService,
    networks: AdminNetworks,
    directory: Directory,
    audit: AuditService,
    events: EventsService,
    jobs: JobsService,
    node: SipNode,
  ) {
    this.#uow = uow;
    this.#reader = reader;
    this.#list = list;
    this.#settings = settings;
    this.#networks = networks;
    this.#directory = directory;
    this.#audit = audit;
    this.#events = events;
    this.#jobs = jobs;
    this.#node = node;
  }

  async onModuleInit(): Promise<void> {
    for (const { address, expiresAt } of await this.#reader.manager.find(BanEntity)) this.#list.add({ address, expiresAt });
    this.#stopWatching = this.#node.authFailures.watch(({ address }) => this.failed(address, 'sip-password'));
    this.#jobs.register({
      name: 'expired-bans',
      schedule: '*/10 * * * *',
      keepOnlyProblems: true,
      run: async () => ({ result: 'ok', message: `${await this.removeExpired()} bans have ended.` }),
    });
    const review = () => {
      if (this.#list.size > 0)
        this.#pardonExempt().catch((error: unknown) => this.#log.error(`Bans could not be reviewed: ${String(error)}`));
    };
    // After the networks themselves: whoever is let in by the new list is no longer banned.
    this.#settings.onChange((_, changed) => {
      if (changed.has('adminNetworks')) setImmediate(review);
    });
    this.#directory.onChange(({ kind }) => {
      if (kind === 'gateway') review();
    });
  }

  onApplicationShutdown(): void {
    this.#stopWatching();
  }

  /** Hands the bans on to somebody who keeps the addresses out earlier: those there are, and each change. */
  async enforceWith(enforcer: BanEnforcer): Promise<void> {
    this.#enforcer = enforcer;
    const now = Date.now();
    for (const { address, expiresAt, reason } of await this.#reader.manager.find(BanEntity))
      if (expiresAt > now) await this.#push(address, expiresAt, reason);
  }

  /** Somebody at this address gave a wrong password. Returns at once; the ban counts from this moment. */
  failed(address: string, reason: Exclude<BanReason, 'by-hand'>): void {
    const { banAfterFailures, banWithinSeconds, banSeconds } = this.#settings.current;
    if (this.#list.has(address) || this.#exemption(address)) return;
    const key = addressKey(address);
    const failures = this.#counter.count(key, banAfterFailures, banWithinSeconds * 1000);
    if (failures < banAfterFailures) return;
    this.#log.warn(`${key} is banned for ${banSeconds} s after ${failures} wrong passwords (${reason})`);
    const expiresAt = Date.now() + banSeconds * 1000;
    // In memory first: while it is written down, no further guess gets through.
    this.#list.add({ address: key, expiresAt });
    this.#store({ address: key, reason, note: null, failures, actor: null, expiresAt }, 'system').catch((error: unknown) =>
      this.#log.error(`A ban could not be stored: ${String(error)}`),
    );
  }

  async list(query: BanQuery): Promise<Page<BanDto>> {
    const { field, direction } = orderOf(query.sort);
    const found = this.#reader
      .createQueryBuilder(BanEntity, 'b')
      .where('b.expiresAt > :now', { now: Date.now() })
      .orderBy(`b.${field}`, direction)
      .addOrderBy('b.id', direction)
      .skip(skipTake(query).skip)
      .take(skipTake(query).take);
    if (query.q) found.andWhere(`(b.address LIKE :q ESCAPE '\\' OR b.note LIKE :q ESCAPE '\\')`, { q: likeContains(query.q) });
    const [rows, total] = await found.getManyAndCount();
    return { items: rows.map(banDto), total, page: query.page, pageSize: query.pageSize };
  }

  /** @throws ProblemError 409 for an address that is never banned, or is already */
  async ban(body: NewBan, actor: Principal): Promise<BanDto> {
    const exemption = this.#exemption(body.address);
    if (exemption) throw problem(409, 'ban-exempt', `${body.address} ${EXEMPT[exemption]}: it is never banned.`);
    const address = addressKey(body.address);
    if (this.#list.has(body.address)) throw problem(409, 'already-banned', `${address} is banned already.`);
    const expiresAt = Date.now() + (body.seconds ?? this.#settings.current.banSeconds) * 1000;
    const row = await this.#store(
      { address, reason: 'by-hand', note: body.note ?? null, failures: 0, actor: actorName(actor), expiresAt },
      actor,
    );
    this.#list.add({ address, expiresAt });
    return banDto(row);
  }

  /** @throws ProblemError 404 */
  async pardon(id: number, actor: Principal | 'system'): Promise<void> {
    const row = await this.#uow.write(async (m) => {
      const found = await m.findOneBy(BanEntity, { id });
      if (!found) throw problem(404, 'not-found', 'There is no such ban.');
      await m.delete(BanEntity, id);
      await this.#audit.record(actor, 'ban.delete', 'ban', found.address, found);
      return found;
    });
    this.#list.remove(row.address);
    this.#counter.forget(row.address);
    this.#events.publish('bans.changed', {});
    await this.#enforcer
      ?.unban(row.address)
      .catch((error: unknown) => this.#log.error(`The firewall still bans ${row.address}: ${String(error)}`));
  }

  /** For the job. @returns how many have run out */
  async removeExpired(now = Date.now()): Promise<number> {
    const over = await this.#reader.manager.findBy(BanEntity, { expiresAt: LessThanOrEqual(now) });
    if (over.length === 0) return 0;
    await this.#uow.write((m) => m.delete(BanEntity, { expiresAt: LessThanOrEqual(now) }));
    for (const { address } of over) if (this.#list.until(address.replace(/\/64$/, '')) === undefined) this.#list.remove(address);
    this.#events.publish('bans.changed', {});
    return over.length;
  }

  #exemption(address: string): Exemption | undefined {
    if (this.#networks.allows(address)) return 'admin-network';
    return isGatewayHost(this.#directory, address) ? 'gateway' : undefined;
  }

  async #pardonExempt(): Promise<void> {
    for (const row of await this.#reader.manager.find(BanEntity))
      if (this.#exemption(row.address.replace(/\/64$/, ''))) await this.pardon(row.id, 'system');
  }

  async #store(
    ban: Pick<BanEntity, 'address' | 'reason' | 'note' | 'failures' | 'actor' | 'expiresAt'>,
    actor: Principal | 'system',
  ): Promise<BanEntity> {
    const row = await this.#uow.write(async (m) => {
      // One that has run out may still lie there.
      await m.delete(BanEntity, { address: ban.address });
      const stored = await m.save(m.create(BanEntity, { ...ban, createdAt: Date.now() }));
      await this.#audit.record(actor, 'ban.create', 'ban', stored.address, undefined, stored);
      return stored;
    });
    this.#events.publish('bans.changed', {});
    await this.#push(row.address, row.expiresAt, row.reason);
    return row;
  }

  async #push(address: string, expiresAt: number, reason: BanReason): Promise<void> {
    const seconds = Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000));
    await this.#enforcer
      ?.ban(address, seconds, reason)
      .catch((error: unknown) => this.#log.error(`The firewall does not ban ${address}: ${String(error)}`));
  }
}

function banDto(row: BanEntity): BanDto {
  return { ...row, createdAt: timeOf(row.createdAt), expiresAt: timeOf(row.expiresAt) };
}
