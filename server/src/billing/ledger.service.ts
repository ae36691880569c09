import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { likeContains, orderOf, type Page, problem, skipTake } from '../http/index.ts';
import { type Micros, micros } from '../money/money.ts';
import { AccountBook } from './account-book.ts';
import { appendEntries, type EntryType, lockAccount, type NewEntry } from './ledger-entries.ts';
import { LedgerEntryEntity } from './ledger-entry.entity.ts';

export interface Posting {
  entry: LedgerEntryEntity;
  /** The key was used before: this is the entry it made then, and nothing was written now. */
  replayed: boolean;
}

export type AlsoWrite = (entry: LedgerEntryEntity) => Promise<void>;

export interface LedgerRow extends LedgerEntryEntity {
  /** The first entry that corrects this one. */
  correctedById: number | null;
}

export interface LedgerFilter {
  page: number;
  pageSize: number;
  sort: 'createdAt' | '-createdAt';
  type?: EntryType | undefined;
  /** Epoch ms; from inclusive, to exclusive. */
  from?: number | undefined;
  to?: number | undefined;
  q?: string | undefined;
}

/** Movements of money. Nothing is edited: a mistake is corrected by a new entry that points at the old one. */
@Injectable()
export class LedgerService {
  readonly #uow: UnitOfWork;
  readonly #reader: DataSource;
  readonly #book: AccountBook;

  constructor(uow: UnitOfWork, @InjectDataSource() reader: DataSource, book: AccountBook) {
    this.#uow = uow;
    this.#reader = reader;
    this.#book = book;
  }

  /**
   * Writes one entry, or gives back the one that the same key made before. Inside a UnitOfWork.write it belongs to that transaction.
   * @throws problem 422 `balance-too-low` for a debit that the account does not have, 422 `over-corrected`, 409 `idempotency-key-reused` when the key made a
   * different entry
   * @param alsoWrite what belongs to it, such as the audit: in the same transaction, and not when the entry is there already
   */
  async post(entry: NewEntry, alsoWrite?: AlsoWrite): Promise<Posting> {
    if (entry.amount >= 0) return this.#write(entry, alsoWrite);
    const earlier = await this.#byKey(this.#reader.manager, entry.idempotencyKey);
    if (earlier) return replay(entry, earlier);
    const debit = micros(-entry.amount);
    // Set aside before it is written, so that no call reserves the same money meanwhile.
    if (!this.#book.setAside(entry.accountId, debit)) {
      throw problem(422, 'balance-too-low', 'The account does not have this much available.', [
        { field: 'amount', code: 'balance-too-low', message: 'More than the available balance' },
      ]);
    }
    try {
      return await this.#write(entry, alsoWrite);
    } finally {
      this.#book.giveBack(entry.accountId, debit);
    }
  }

  /**
   * Corrects an entry by a new one on the same account that points at it.
   * @param amount of the new entry: what has to be added (positive) or taken away (negative)
   */
  async correct(
    entryId: number,
    o: { amount: Micros; reason: string; actor: string; idempotencyKey: string },
    alsoWrite?: AlsoWrite,
  ): Promise<Posting> {
    const old = await this.#reader.getRepository(LedgerEntryEntity).findOneBy({ id: entryId });
    if (!old) throw problem(404, 'not-found', 'There is no such ledger entry.');
    return this.post({ ...o, accountId: old.accountId, type: 'correction', callId: old.callId, correctsId: old.id }, alsoWrite);
  }

  /** The entries of one account. */
  async list(accountId: number, filter: LedgerFilter): Promise<Page<LedgerRow>> {
    const builder = this.#reader.getRepository(LedgerEntryEntity).createQueryBuilder('e').where('e.accountId = :accountId', { accountId });
    if (filter.type) builder.andWhere('e.type = :type', { type: filter.type });
    if (filter.from !== undefined) builder.andWhere('e.createdAt >= :from', { from: filter.from });
    if (filter.to !== undefined) builder.andWhere('e.createdAt < :to', { to: filter.to });
    if (filter.q) builder.andWhere(`(e.reason LIKE :q ESCAPE '\\' OR e.actor LIKE :q ESCAPE '\\')`, { q: likeContains(filter.q) });
    const { skip, take } = skipTake(filter);
    // Entries of an account are in the order of their ids, which the index has.
    const [rows, total] = await builder.orderBy('e.id', orderOf(filter.sort).direction).skip(skip).take(take).getManyAndCount();
    const corrections = await this.#correctionsOf(rows.map((row) => row.id));
    const items = rows.map((row) => ({ ...row, correctedById: corrections.get(row.id) ?? null }));
    return { items, total, page: filter.page, pageSize: filter.pageSize };
  }

  /** The id of the entry that charged this call. */
  async chargeOf(callId: string): Promise<number | null> {
    const entry = await this.#byKey(this.#reader.manager, `call:${callId}:charge`);
    return entry?.id ?? null;
  }

  async #write(entry: NewEntry, alsoWrite?: AlsoWrite): Promise<Posting> {
    return this.#uow.write(async (manager) => {
      await lockAccount(manager, entry.accountId); // of two requests with one key the second must see what the first wrote
      const earlier = await this.#byKey(manager, entry.idempotencyKey);
      if (earlier) return replay(entry, earlier);
      if (entry.correctsId) await refuseOverCorrection(manager, entry.correctsId, entry.amount);
      await appendEntries(manager, [entry], Date.now());
      const written = await this.#byKey(manager, entry.idempotencyKey);
      if (!written) throw new Error('the ledger entry is not there after it was written');
      await alsoWrite?.(written);
      this.#uow.afterCommit(() => this.#book.post(entry.accountId, entry.amount));
      return { entry: written, replayed: false };
    });
  }

  #byKey(manager: EntityManager, idempotencyKey: string): Promise<LedgerEntryEntity | null> {
    return manager.findOneBy(LedgerEntryEntity, { idempotencyKey });
  }

  async #correctionsOf(ids: number[]): Promise<Map<number, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#reader
      .getRepository(LedgerEntryEntity)
      .createQueryBuilder('e')
      .select(['e.id AS "id"', 'e.correctsId AS "correctsId"'])
      .where('e.correctsId IN (:...ids)', { ids })
      .orderBy('e.id', 'DESC')
      .getRawMany<{ id: number; correctsId: number }>();
    return new Map(rows.map((row) => [row.correctsId, row.id]));
  }
}

/** A correction may take an entry back once: with the corrections of before it must not turn the entry's effect round. */
async function refuseOverCorrection(manager: EntityManager, entryId: number, amount: Micros): Promise<void> {
  const old = await manager.findOneByOrFail(LedgerEntryEntity, { id: entryId });
  const corrections = await manager.findBy(LedgerEntryEntity, { correctsId: entryId });
  const before = corrections.reduce((sum, correction) => sum + correction.amount, old.amount as number);
  if (Math.sign(before + amount) * Math.sign(old.amount) >= 0) return;
  const taken = 'Together with the corrections of before this would take back more than the whole entry.';
  throw problem(422, 'over-corrected', taken, [{ field: 'amount', code: 'over-corrected', message: taken }]);
}

function replay(entry: NewEntry, earlier: LedgerEntryEntity): Posting {
  if (earlier.accountId === entry.accountId && earlier.amount === entry.amount) return { entry: earlier, replayed: true };
  throw problem(409, 'idempotency-key-reused', 'This Idempotency-Key has made a different entry before.');
}
