import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { type Principal, problem } from '../http/index.ts';
import { Environment } from '../settings/environment.ts';
import { VERSION } from '../settings/version.ts';
import { type DataVersion, type RowCounts, readDataVersion, writeDataVersion } from './data-version.ts';

export interface UpgradeStatus {
  readonly version: string;
  /** The last upgrade, while its copy can be put back. */
  readonly upgrade: { from: string; to: string; at: Date } | null;
  /** What came in since, and would be lost by an undo. */
  readonly lost: RowCounts | null;
}

/** The last upgrade and its undo, for administrators. */
@Injectable()
export class UpgradeService {
  readonly #environment: Environment;
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #audit: AuditService;

  constructor(environment: Environment, uow: UnitOfWork, reader: DataSource, audit: AuditService) {
    this.#environment = environment;
    this.#uow = uow;
    this.#reader = reader;
    this.#audit = audit;
  }

  async status(): Promise<UpgradeStatus> {
    const known = await this.#known();
    const upgrade = known?.upgrade;
    if (!upgrade) return { version: VERSION, upgrade: null, lost: null };
    const now = await this.#counts();
    return {
      version: VERSION,
      upgrade: { from: upgrade.from, to: upgrade.to, at: new Date(upgrade.at) },
      lost: {
        calls: Math.max(0, now.calls - upgrade.held.calls),
        ledgerEntries: Math.max(0, now.ledgerEntries - upgrade.held.ledgerEntries),
        subscribers: Math.max(0, now.subscribers - upgrade.held.subscribers),
      },
    };
  }

  /**
   * Asks for the undo. It is carried out at the next start, before the database is opened; this version then no longer takes the data.
   * @param confirm the version to go back to, typed by the administrator
   * @throws problem 409 `no-upgrade`, 422 `confirm-needed`
   */
  async requestUndo(confirm: string, actor: Principal): Promise<void> {
    const known = await this.#known();
    if (!known?.upgrade) throw problem(409, 'no-upgrade', 'There is no upgrade to undo.');
    if (confirm !== known.upgrade.from) {
      throw problem(422, 'confirm-needed', `Type ${known.upgrade.from}, the version to go back to.`);
    }
    await this.#audit.record(actor, 'upgrade.undo', 'upgrade', null, { version: known.upgrade.to }, { version: known.upgrade.from });
    await writeDataVersion(this.#environment.dataDir, { ...known, undoRequested: true });
  }

  async #known(): Promise<DataVersion | undefined> {
    return this.#uow.dialect === 'sqlite' ? readDataVersion(this.#environment.dataDir) : undefined;
  }

  async #counts(): Promise<RowCounts> {
    const count = async (table: string): Promise<number> => {
      const rows: { count: number | string }[] = await this.#reader.query(`SELECT COUNT(*) AS count FROM ${table}`);
      return Number(rows[0]?.count ?? 0);
    };
    return { calls: await count('cdrs'), ledgerEntries: await count('ledger_entries'), subscribers: await count('subscribers') };
  }
}
