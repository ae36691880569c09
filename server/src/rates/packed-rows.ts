import type { DataSource } from 'typeorm';

/** A value as JSON carries it. */
export type PackedValue = string | number | null;

// So many rows a query: the event loop, and with it every call, breathes in between.
const CHUNK = 2_000;

/**
 * The rates of a tariff in the order of their index, as arrays, chunk after chunk: prefix, effectiveFrom, then the columns
 * asked for. The database packs a chunk into
 * one JSON text: the driver makes an object of each row ten times slower than JSON.parse does, and in the main thread.
 * @param columns names from code; values of boolean columns come as 0 and 1, or true and false
 */
export async function* packedRates(
  reader: DataSource,
  tariffId: number,
  columns: readonly string[],
): AsyncGenerator<readonly (readonly PackedValue[])[]> {
  const postgres = reader.options.type === 'postgres';
  const array = postgres ? 'json_build_array' : 'json_array';
  const group = postgres ? 'json_agg' : 'json_group_array';
  const wanted = ['prefix', 'effectiveFrom', ...columns].map((column) => `"${column}"`).join(', ');
  for (let since = ''; ; ) {
    const [packed] = await reader.query<{ rows: string | PackedValue[][] | null }[]>(
      `SELECT ${group}(${array}(${wanted})) AS "rows" FROM (SELECT * FROM "rates" WHERE "tariffId" = ${tariffId} ${since}
        ORDER BY "prefix", "effectiveFrom" LIMIT ${CHUNK}) AS "chunk"`,
    );
    const value = packed?.rows ?? [];
    const rows = typeof value === 'string' ? (JSON.parse(value) as PackedValue[][]) : value;
    if (rows.length > 0) yield rows;
    const last = rows[rows.length - 1];
    if (!last || rows.length < CHUNK) return;
    // The prefix comes out of the table, so it is digits.
    since = `AND ("prefix", "effectiveFrom") > ('${last[0]}', ${Number(last[1])})`;
  }
}
