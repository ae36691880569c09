import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { chunks, inList, insertRows } from '../database/sql.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { problem } from '../http/index.ts';
import { type Micros, micros, ZERO } from '../money/money.ts';
import { AccountEntity } from './account.entity.ts';
import type { AccountKind, AccountRow } from './account.ts';
import { AccountBook } from './account-book.ts';
import { appendEntries } from './ledger-entries.ts';

/** What an administrator sets on an account. */
export interface AccountTerms {
  kind: AccountKind;
  /** How far below zero a postpaid balance may go; 0 or more. */
  creditLimit: Micros;
  /** What may be spent on calls in one day; null = no cap. */
  dailyCap: Micros | null;
}

export interface NewAccount {
  kind: AccountKind;
  creditLimit?: Micros;
  dailyCap?: Micros | null;
  /** Written as the first ledger entry when it is not zero. */
  openingBalance?: Micros;
  /** Who opens it. */
  actor: string;
}

/** Accounts: one a subscriber. */
@Injectable()
export class AccountsService {
  readonly #uow: UnitOfWork;
  readonly #book: AccountBook;

  constructor(uow: UnitOfWork, book: AccountBook) {
    this.#uow = uow;
    this.#book = book;
  }

  /** Opens the account of a new subscriber, inside the caller's write. */
  async createFor(manager: EntityManager, subscriberId: number, account: NewAccount): Promise<AccountRow> {
    const [row] = await this.createMany(manager, [{ ...account, subscriberId }]);
    if (!row) throw new Error('the account was not written');
    return row;
  }

  /** Opens many accounts with few statements, inside the caller's write; the account book has them after the commit. */
  async createMany(manager: EntityManager, accounts: readonly (NewAccount & { subscriberId: number })[]): Promise<AccountRow[]> {
    const now = Date.now();
    await insertRows(
      manager,
      'accounts',
      ['subscriberId', 'kind', 'balance', 'creditLimit', 'dailyCap', 'createdAt'],
      accounts.map((account) => [account.subscriberId, account.kind, 0, account.creditLimit ?? 0, account.dailyCap ?? null, now]),
    );
    const ids = await idsBySubscriber(manager, accounts);
    const rows = accounts.map((account): AccountRow => {
      const id = ids.get(account.subscriberId);
      if (id === undefined) throw new Error('the account was not written');
      const { subscriberId, kind, creditLimit = ZERO, dailyCap = null, openingBalance = ZERO } = account;
      return { id, subscriberId, kind, balance: openingBalance, creditLimit, dailyCap };
    });
    const openings = rows.flatMap((row, index) =>
      row.balance === 0
        ? []
        : [
            {
              accountId: row.id,
              type: 'opening' as const,
              amount: row.balance,
              reason: 'Opening balance',
              actor: accounts[index]?.actor ?? 'system',
              idempotencyKey: `opening:${row.id}`,
            },
          ],
    );
    await appendEntries(manager, openings, now);
    this.#uow.afterCommit(() => {
      for (const row of rows) this.#book.upsert(row);
    });
    return rows;
  }

  /** @throws problem 404 when the subscriber has no account */
  async termsOf(manager: EntityManager, subscriberId: number): Promise<AccountTerms> {
    const { kind, creditLimit, dailyCap } = await find(manager, subscriberId);
    return { kind, creditLimit, dailyCap };
  }

  /** Changes terms inside the caller's write; they hold for the next call after the commit. */
  async updateTerms(manager: EntityManager, subscriberId: number, changes: Partial<AccountTerms>): Promise<void> {
    const account = await find(manager, subscriberId);
    const { id, balance } = account;
    const kind = changes.kind ?? account.kind;
    const creditLimit = changes.creditLimit ?? account.creditLimit;
    const dailyCap = changes.dailyCap === undefined ? account.dailyCap : changes.dailyCap;
    if (kind === 'prepaid' && account.kind === 'postpaid' && balance < 0)
      throw problem(
        409,
        'balance-negative',
        'A prepaid balance is never below zero. Add what is owed first, then make the account prepaid.',
      );
    await manager.update(AccountEntity, { id }, { kind, creditLimit, dailyCap });
    this.#uow.afterCommit(() => this.#book.upsert({ id, subscriberId, kind, balance, creditLimit, dailyCap }));
  }
}

async function find(manager: EntityManager, subscriberId: number): Promise<AccountEntity> {
  const account = await manager.findOneBy(AccountEntity, { subscriberId });
  if (!account) throw problem(404, 'not-found', 'This subscriber has no account.');
  return account;
}

async function idsBySubscriber(manager: EntityManager, accounts: readonly { subscriberId: number }[]): Promise<Map<number, number>> {
  const ids = new Map<number, number>();
  for (const chunk of chunks(accounts, 5000)) {
    const rows: { id: number; subscriberId: number }[] = await manager.query(
      `SELECT "id", "subscriberId" FROM "accounts" WHERE "subscriberId" IN ${inList(manager, chunk.length)}`,
      chunk.map((account) => account.subscriberId),
    );
    for (const row of rows) ids.set(row.subscriberId, row.id);
  }
  return ids;
}

interface RawAccount {
  id: number;
  subscriberId: number;
  kind: AccountKind;
  balance: number | string;
  creditLimit: number | string;
  dailyCap: number | string | null;
}

/** Reads every account, and what was spent today, into memory at start. `query`: of the read-only data source. */
export async function loadAccounts(query: (sql: string) => Promise<unknown>, book: AccountBook, startOfDay: number): Promise<void> {
  const accounts = (await query(
    'SELECT "id", "subscriberId", "kind", "balance", "creditLimit", "dailyCap" FROM "accounts"',
  )) as RawAccount[];
  for (const row of accounts) {
    book.upsert({
      id: row.id,
      subscriberId: row.subscriberId,
      kind: row.kind,
      balance: micros(Number(row.balance)),
      creditLimit: micros(Number(row.creditLimit)),
      dailyCap: row.dailyCap === null ? null : micros(Number(row.dailyCap)),
    });
  }
  const spent = (await query(
    `SELECT "accountId", -SUM("amount") AS "spent" FROM "ledger_entries" WHERE "createdAt" >= ${startOfDay} AND "type" = 'charge' GROUP BY "accountId"`,
  )) as { accountId: number; spent: number | string }[];
  for (const row of spent) book.countSpent(row.accountId, micros(Number(row.spent)));
}
