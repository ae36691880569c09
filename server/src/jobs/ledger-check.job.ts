import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { formatMoney } from '../http/index.ts';
import { micros } from '../money/money.ts';
import type { JobOutcome } from './job.ts';
import { JobsService } from './jobs.service.ts';

interface Mismatch {
  id: number;
  balance: number | string;
  total: number | string;
}

/** How many accounts that are wrong are named in the message. */
const named = 5;

/**
 * The balance kept beside an account must be the sum of its ledger entries (5-rating C4, 1). One statement on one snapshot, so that
 * charges posted meanwhile make no false alarm.
 */
@Injectable()
export class LedgerCheckJob implements OnModuleInit {
  readonly #reader: DataSource;
  readonly #jobs: JobsService;

  constructor(reader: DataSource, jobs: JobsService) {
    this.#reader = reader;
    this.#jobs = jobs;
  }

  onModuleInit(): void {
    this.#jobs.register({ name: 'ledger-check', schedule: '17 * * * *', run: () => this.check() });
  }

  async check(): Promise<JobOutcome> {
    const wrong: Mismatch[] = await this.#reader.query(
      `SELECT a."id" AS "id", a."balance" AS "balance", COALESCE(e."total", 0) AS "total" FROM "accounts" a
       LEFT JOIN (SELECT "accountId", SUM("amount") AS "total" FROM "ledger_entries" GROUP BY "accountId") e ON e."accountId" = a."id"
       WHERE a."balance" <> COALESCE(e."total", 0) ORDER BY a."id"`,
    );
    if (wrong.length === 0) {
      const rows: { count: number | string }[] = await this.#reader.query('SELECT COUNT(*) AS "count" FROM "accounts"');
      return { result: 'ok', message: `${rows[0]?.count ?? 0} accounts: every balance is the sum of its ledger.` };
    }
    const list = wrong.slice(0, named).map((row) => `account ${row.id}: balance ${amount(row.balance)}, ledger ${amount(row.total)}`);
    const more = wrong.length > named ? `, and ${wrong.length - named} more` : '';
    return { result: 'warning', message: `${wrong.length} balances are not the sum of their ledger: ${list.join('; ')}${more}.` };
  }
}

const amount = (value: number | string): string => formatMoney(micros(Number(value)));
