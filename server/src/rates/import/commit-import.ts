import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '../../database/unit-of-work.ts';
import type { ImportTask, RateField } from './import-types.ts';
import { changedColumns, differs, quoted, STAGED_COLUMNS } from './staging-sql.ts';

export interface CommitResult {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

const ALIAS = 'rate_import';
let tail: Promise<unknown> = Promise.resolve();

/**
 * Puts the staged rates into the tariff in one transaction. The staging file is attached to the writing connection, so that the rows go
 * from table to table inside SQLite, in a thread of its own: the one writer of the house is taken for about a second per million rows, and
 * the event loop not at all. What is there already decides, at this moment, between create, update and leave alone.
 * @param within runs inside the transaction, before (audit, checks that throw) and after the rates are written
 */
export function commitStaged(
  uow: UnitOfWork,
  task: Pick<ImportTask, 'staging' | 'tariffId' | 'mode'>,
  fields: readonly (RateField | null)[],
  within: { before(m: EntityManager): Promise<unknown>; after(m: EntityManager, result: CommitResult): Promise<unknown> },
): Promise<CommitResult> {
  const commit = async (): Promise<CommitResult> => {
    // Attaching and detaching are not allowed inside a transaction.
    await uow.statement((m) => m.query(`ATTACH DATABASE '${task.staging.replaceAll("'", "''")}' AS "${ALIAS}"`));
    try {
      return await uow.write(async (m) => {
        await within.before(m);
        const result = await copy(m, task.tariffId, task.mode, changedColumns(task.mode, fields));
        await within.after(m, result);
        return result;
      });
    } finally {
      await uow.statement((m) => m.query(`DETACH DATABASE "${ALIAS}"`));
    }
  };
  const result = tail.then(commit);
  tail = result.catch(() => undefined);
  return result;
}

async function copy(m: EntityManager, tariffId: number, mode: ImportTask['mode'], changed: readonly string[]): Promise<CommitResult> {
  const count = async () => {
    const [row] = await m.query<{ count: number }[]>(`SELECT COUNT(*) AS "count" FROM "rates" WHERE "tariffId" = ${tariffId}`);
    return row?.count ?? 0;
  };
  const changes = async () => {
    const [row] = await m.query<{ count: number }[]>('SELECT changes() AS "count"');
    return row?.count ?? 0;
  };
  const held = await count();
  if (mode === 'replace') {
    await m.query(`DELETE FROM "rates" WHERE "tariffId" = ${tariffId} AND NOT EXISTS (SELECT 1 FROM "${ALIAS}"."staged" s
      WHERE s."prefix" = "rates"."prefix" AND s."effectiveFrom" = "rates"."effectiveFrom")`);
  }
  const kept = await count();
  const now = Date.now();
  await m.query(`INSERT INTO "rates" ("tariffId", ${quoted(STAGED_COLUMNS)}, "version", "connectDeductible", "updatedAt")
    SELECT ${tariffId}, ${quoted(STAGED_COLUMNS)}, 1, FALSE, ${now} FROM "${ALIAS}"."staged" WHERE TRUE ORDER BY "prefix", "effectiveFrom"
    ON CONFLICT ("tariffId", "prefix", "effectiveFrom") DO UPDATE SET ${changed.map((c) => `"${c}" = excluded."${c}"`).join(', ')},
    "version" = "rates"."version" + 1, "updatedAt" = ${now} WHERE ${differs('"rates"', 'excluded', changed)}`);
  const written = await changes();
  const create = (await count()) - kept;
  return { create, update: written - create, delete: held - kept };
}
