import type { DataSource } from 'typeorm';
import { formatMoney, micros } from '../money/money.ts';
import type { AuditLedger } from './audit.schema.ts';

interface Row {
  id: number;
  type: string;
  amount: number | string;
  endingBalance: number | string;
  reason: string;
  correctsId: number | null;
  subscriberId: number;
  number: string;
}

/**
 * The movements of money that audit entries point at. The audit keeps only their ids: amount and reason stand in the ledger alone.
 * @param ids of ledger entries
 */
export async function ledgerOf(reader: DataSource, ids: readonly number[]): Promise<Map<number, AuditLedger>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .createQueryBuilder()
    .from('ledger_entries', 'e')
    .innerJoin('accounts', 'x', 'x."id" = e."accountId"')
    .innerJoin('subscribers', 's', 's."id" = x."subscriberId"')
    .select([
      'e."id" AS "id"',
      'e."type" AS "type"',
      'e."amount" AS "amount"',
      'e."endingBalance" AS "endingBalance"',
      'e."reason" AS "reason"',
      'e."correctsId" AS "correctsId"',
      's."id" AS "subscriberId"',
      's."number" AS "number"',
    ])
    .where('e."id" IN (:...ids)', { ids })
    .getRawMany<Row>();
  return new Map(
    rows.map(({ id, amount, endingBalance, ...rest }) => [
      id,
      { ...rest, entryId: id, amount: formatMoney(micros(Number(amount))), endingBalance: formatMoney(micros(Number(endingBalance))) },
    ]),
  );
}

/** Whether the ledger entry an audit entry `a` points at has this reason; a condition of the audit's query. */
export const LEDGER_REASON_LIKE = `EXISTS (SELECT 1 FROM "ledger_entries" e
  WHERE e."id" = CASE WHEN a.entity = 'ledger' THEN CAST(a.entityId AS integer) END AND e."reason" LIKE :q ESCAPE '\\')`;
