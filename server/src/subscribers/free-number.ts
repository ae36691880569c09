import type { EntityManager } from 'typeorm';
import { isNumberStaged } from './staged-numbers.ts';
import { SubscriberEntity } from './subscriber.entity.ts';

/** Whether a subscriber, or an alias that counts in this domain, has the number, or an import under way keeps it. */
export async function isNumberTaken(m: EntityManager, number: string, domain: string): Promise<boolean> {
  if (await m.exists(SubscriberEntity, { where: { number, domain, closedAt: 0 } })) return true;
  if (await isNumberStaged(m, number, domain)) return true;
  const alias = m.createQueryBuilder().select('n."id"', 'id').from('numbers', 'n');
  alias.where('n."number" = :number AND n."kind" = \'alias\' AND n."domain" IN (:...domains)', { number, domains: [domain, ''] });
  return (await alias.getRawOne()) !== undefined;
}

/** The lowest free number of a range, as wide as `first` is written ("0100" .. "0199"); null when all are taken. */
export async function firstFreeNumber(m: EntityManager, first: string, last: string, domain: string): Promise<string | null> {
  const width = first.length;
  const taken = new Set<string>();
  for (const table of ['subscribers', 'numbers', 'subscriber_import_rows'] as const) {
    const query = m.createQueryBuilder().select('t."number"', 'number').from(table, 't').where('t."domain" = :domain', { domain });
    query.andWhere('LENGTH(t."number") = :width AND t."number" BETWEEN :first AND :last', { width, first, last });
    // A number that was closed is not handed out again: calls for its last owner would reach a stranger.
    for (const row of await query.getRawMany<{ number: string }>()) taken.add(row.number);
  }
  for (let value = Number(first); value <= Number(last); value++) {
    const number = String(value).padStart(width, '0');
    if (!taken.has(number)) return number;
  }
  return null;
}
