import { expect } from 'vitest';
import type { DatabaseReader } from './database.ts';
import type { TestServer } from './server.ts';
import { eventually } from './wait.ts';

/** Invariants 1 and 2 of the money rules: the sum of every ledger is its balance, nothing is overdrawn, and no call under way is left over. */
export function expectBooksToBalance(database: DatabaseReader): void {
  const wrong = database.all(
    `SELECT a.id, a.balance, COALESCE(SUM(l.amount), 0) AS total FROM accounts a LEFT JOIN ledger_entries l ON l."accountId" = a.id
     GROUP BY a.id HAVING total <> a.balance`,
  );
  expect(wrong, 'accounts whose balance is not the sum of their ledger').toEqual([]);
  expect(database.all('SELECT id, balance FROM accounts WHERE balance < -"creditLimit"'), 'overdrawn accounts').toEqual([]);
}

/** Waits until no call is under way and its record is written, then checks the books. */
export async function expectQuietBooks(server: TestServer, cdrs: number): Promise<void> {
  await eventually(`${cdrs} CDRs and no call under way`, async () => {
    const { items } = await server.api.get('/active-calls');
    const database = server.database();
    try {
      const found = database.number('SELECT COUNT(*) FROM cdrs');
      if (items.length > 0 || found < cdrs) throw new Error(`${items.length} calls under way, ${found} CDRs`);
      return true;
    } finally {
      database.close();
    }
  });
  const database = server.database();
  try {
    expect(database.number('SELECT COUNT(*) FROM cdrs'), 'exactly one CDR a call').toBe(cdrs);
    expect(database.number('SELECT COUNT(*) FROM call_journal'), 'rows left in the call journal').toBe(0);
    expectBooksToBalance(database);
  } finally {
    database.close();
  }
}
