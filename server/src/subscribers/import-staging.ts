import type { EntityManager } from 'typeorm';
import { inList, insertRows } from '../database/sql.ts';
import type { Micros } from '../money/money.ts';

/** A subscriber as he waits: checked, hashed, ready to be written. */
export interface StagedSubscriber {
  readonly number: string;
  readonly domain: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly language: 'en' | 'es';
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
  readonly ha1Md5AtDomain: string | null;
  readonly ha1Sha256AtDomain: string | null;
  readonly groups: readonly string[];
  readonly maxCalls: number;
  readonly callerId: string | null;
  readonly kind: 'prepaid' | 'postpaid';
  readonly creditLimit: Micros;
  readonly dailyCap: Micros | null;
  readonly balance: Micros;
}

/** `staging`: rows come in, nothing has happened yet. `moving`: decided; what is left is moved, if need be after a restart. */
export type ImportState = 'staging' | 'moving';

export interface OpenImport {
  readonly id: number;
  readonly actor: string;
  readonly tariffId: number;
  readonly state: ImportState;
}

export async function openImports(m: EntityManager): Promise<OpenImport[]> {
  return m.query('SELECT "id", "actor", "tariffId", "state" FROM "subscriber_imports" ORDER BY "id"');
}

export async function beginImport(m: EntityManager, actor: string, tariffId: number): Promise<OpenImport> {
  await insertRows(m, 'subscriber_imports', ['actor', 'tariffId', 'state', 'createdAt'], [[actor, tariffId, 'staging', Date.now()]]);
  const made = (await openImports(m)).at(-1);
  if (!made) throw new Error('the import was not written');
  return made;
}

/** From here on the import happens, whatever comes. */
export async function decideImport(m: EntityManager, id: number): Promise<void> {
  await m.query(`UPDATE "subscriber_imports" SET "state" = 'moving' WHERE "id" = ${id}`);
}

export async function endImport(m: EntityManager, id: number): Promise<void> {
  await m.query(`DELETE FROM "subscriber_imports" WHERE "id" = ${id}`);
}

/** Puts rows to the others. Their numbers are nobody else's from now on. */
export async function stage(m: EntityManager, importId: number, rows: readonly StagedSubscriber[]): Promise<void> {
  const values = rows.map((row) => [importId, row.domain, row.number, JSON.stringify(row)]);
  await insertRows(m, 'subscriber_import_rows', ['importId', 'domain', 'number', 'fields'], values);
}

/** The next rows of an import, taken out. Inside the write that puts them where they belong. */
export async function takeStaged(m: EntityManager, importId: number, limit: number): Promise<StagedSubscriber[]> {
  const rows: { id: number; fields: string }[] = await m.query(
    `SELECT "id", "fields" FROM "subscriber_import_rows" WHERE "importId" = ${importId} ORDER BY "id" LIMIT ${limit}`,
  );
  const last = rows.at(-1);
  if (last) await m.query(`DELETE FROM "subscriber_import_rows" WHERE "importId" = ${importId} AND "id" <= ${last.id}`);
  return rows.map((row) => JSON.parse(row.fields) as StagedSubscriber);
}

/** Those of the numbers that a subscriber, an alias or another import has by now. */
export async function takenNumbers(m: EntityManager, domain: string, numbers: readonly string[]): Promise<Set<string>> {
  const taken = new Set<string>();
  const of = (table: string, also: string) => `SELECT "number" FROM "${table}" WHERE "number" IN ${inList(m, numbers.length)} AND ${also}`;
  // The domain is written into the list of parameters: it comes last, as the only other one.
  const domainIs = m.connection.options.type === 'postgres' ? `"domain" = $${numbers.length + 1}` : '"domain" = ?';
  for (const query of [
    of('subscribers', `${domainIs} AND "closedAt" = 0`),
    of('numbers', `(${domainIs} OR "domain" = '') AND "kind" = 'alias'`),
    of('subscriber_import_rows', domainIs),
  ]) {
    const rows: { number: string }[] = await m.query(query, [...numbers, domain]);
    for (const row of rows) taken.add(row.number);
  }
  return taken;
}
