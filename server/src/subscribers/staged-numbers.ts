import type { EntityManager } from 'typeorm';

/** Whether an import under way is about to give this number to a subscriber. */
export async function isNumberStaged(m: EntityManager, number: string, domain: string): Promise<boolean> {
  const query = m.createQueryBuilder().select('r."id"', 'id').from('subscriber_import_rows', 'r');
  query.where('r."domain" = :domain AND r."number" = :number', { domain, number });
  return (await query.getRawOne()) !== undefined;
}
