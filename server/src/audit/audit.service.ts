import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { likeContains, orderOf, type Page, skipTake } from '../http/page.ts';
import { actorName, type Nobody, type Principal } from '../http/principal.ts';
import type { AuditEntry, AuditQuery } from './audit.schema.ts';
import { AuditEntryEntity } from './audit-entry.entity.ts';
import { LEDGER_REASON_LIKE, ledgerOf } from './audit-ledger.ts';

// Names that hold secrets in any entity: never written into the audit, whatever a caller hands over.
const SECRET = /password|secret|token|ha1|hash/i;
const HIDDEN = '(hidden)';

type Fields = Readonly<Record<string, unknown>>;

function withoutSecrets(value: unknown, name = ''): unknown {
  if (value !== null && value !== undefined && typeof value !== 'boolean' && SECRET.test(name)) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item));
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSecrets(part, key)]));
}

/** Of two states, the fields that differ; secrets hidden, but it is seen that one changed. */
export function difference(before: Fields | undefined, after: Fields | undefined): { before: Fields | null; after: Fields | null } {
  const hide = (state: Fields) => withoutSecrets(state) as Fields;
  if (!before || !after) return { before: before ? hide(before) : null, after: after ? hide(after) : null };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (state: Fields) => hide(Object.fromEntries(keys.filter((key) => key in state).map((key) => [key, state[key]])));
  return { before: pick(before), after: pick(after) };
}

/** The record of every administrative change. */
@Injectable()
export class AuditService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;

  constructor(uow: UnitOfWork, reader: DataSource) {
    this.#uow = uow;
    this.#reader = reader;
  }

  /**
   * Writes one entry; inside a UnitOfWork.write it belongs to that transaction.
   * @param action a verb such as create, change, delete, approve
   * @param entity one noun such as subscriber, gateway, settings
   * @param before fields before the change; with `after`, only what differs is kept
   */
  async record(
    actor: Principal | Nobody,
    action: string,
    entity: string,
    id: number | string | null,
    before?: object | undefined,
    after?: object | undefined,
  ): Promise<void> {
    const diff = difference(before as Fields | undefined, after as Fields | undefined);
    await this.#uow.write((m) =>
      m.insert(AuditEntryEntity, {
        at: Date.now(),
        actor: actorName(actor),
        action,
        entity,
        entityId: id === null ? null : String(id),
        before: diff.before && JSON.stringify(diff.before),
        after: diff.after && JSON.stringify(diff.after),
      }),
    );
  }

  async list(query: AuditQuery): Promise<Page<AuditEntry>> {
    const builder = this.#reader.getRepository(AuditEntryEntity).createQueryBuilder('a');
    if (query.actor) builder.andWhere('a.actor = :actor', { actor: query.actor });
    if (query.action) builder.andWhere('a.action = :action', { action: query.action });
    if (query.entity) builder.andWhere('a.entity = :entity', { entity: query.entity });
    if (query.entityId) builder.andWhere('a.entityId = :entityId', { entityId: query.entityId });
    if (query.from) builder.andWhere('a.at >= :from', { from: Date.parse(query.from) });
    if (query.to) builder.andWhere('a.at < :to', { to: Date.parse(query.to) });
    if (query.q) {
      const like = (column: string) => `a.${column} LIKE :q ESCAPE '\\'`;
      const columns = ['actor', 'action', 'entity', 'entityId', 'before', 'after'].map(like);
      builder.andWhere(`(${[...columns, LEDGER_REASON_LIKE].join(' OR ')})`, {
        q: likeContains(query.q),
      });
    }
    const order = orderOf(query.sort);
    const { skip, take } = skipTake(query);
    const [rows, total] = await builder
      .orderBy(`a.${order.field}`, order.direction)
      .addOrderBy('a.id', order.direction)
      .skip(skip)
      .take(take)
      .getManyAndCount();
    const moved = rows.filter((row) => row.entity === 'ledger' && row.entityId !== null);
    const ledger = await ledgerOf(
      this.#reader,
      moved.map((row) => Number(row.entityId)),
    );
    const items = rows.map((row) => ({
      id: row.id,
      at: new Date(row.at).toISOString(),
      actor: row.actor,
      action: row.action,
      entity: row.entity,
      entityId: row.entityId,
      before: row.before === null ? null : JSON.parse(row.before),
      after: row.after === null ? null : JSON.parse(row.after),
      ledger: (row.entity === 'ledger' && ledger.get(Number(row.entityId))) || null,
    }));
    return { items, total, page: query.page, pageSize: query.pageSize };
  }
}
