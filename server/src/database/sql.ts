import type { EntityManager } from 'typeorm';

/** A value that both engines take as a parameter. */
export type SqlValue = string | number | boolean | null;

/** Most parameters of one statement: SQLite's limit is 32,766. */
const MAX_PARAMETERS = 30_000;

export const isPostgres = (manager: EntityManager): boolean => manager.connection.options.type === 'postgres';

/** "(?, ?), (?, ?)" or "($1, $2), ($3, $4)". With `cast`, each parameter is cast: PostgreSQL cannot guess types in a bare VALUES. */
export function valuesList(manager: EntityManager, rows: number, columns: number, cast?: string): string {
  const postgres = isPostgres(manager);
  const parameter = (index: number) => (postgres ? `$${index + 1}` : '?');
  const value = (index: number) => (cast ? `CAST(${parameter(index)} AS ${cast})` : parameter(index));
  if (!postgres) {
    const row = `(${Array(columns).fill(value(0)).join(',')})`;
    return Array(rows).fill(row).join(',');
  }
  return Array.from(
    { length: rows },
    (_, row) => `(${Array.from({ length: columns }, (_, column) => value(row * columns + column)).join(',')})`,
  ).join(',');
}

/** "(?, ?, ?)" for IN. */
export const inList = (manager: EntityManager, count: number): string => valuesList(manager, 1, count);

/** Inserts many rows with few statements; much cheaper than the insert builder. Names come from code, never from users. */
export async function insertRows(
  manager: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  const head = `INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(',')}) VALUES `;
  for (const chunk of chunks(rows, Math.floor(MAX_PARAMETERS / columns.length))) {
    await manager.query(head + valuesList(manager, chunk.length, columns.length), chunk.flat());
  }
}

export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.length <= size ? items : items.slice(start, start + size);
}
