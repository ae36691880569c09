import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { moneyColumn, timeColumn } from '../database/money-column.ts';
import type { Micros } from '../money/money.ts';
import type { EntryType } from './ledger-entries.ts';

/** One movement of money. Never edited: the database refuses UPDATE and DELETE. */
@Entity('ledger_entries')
export class LedgerEntryEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer' })
  accountId: number;

  @Column({ type: 'varchar', length: 12 })
  type: EntryType;

  /** Positive = in favour of the subscriber. */
  @Column(moneyColumn())
  amount: Micros;

  /** Balance of the account after this entry. */
  @Column(moneyColumn())
  endingBalance: Micros;

  @Column({ type: 'varchar', length: 200 })
  reason: string;

  @Column({ type: 'varchar', length: 120 })
  actor: string;

  @Column({ type: 'varchar', length: 160, unique: true })
  idempotencyKey: string;

  @Column({ type: 'varchar', length: 64, nullable: true })
  callId: string | null;

  /** The entry that this one corrects. */
  @Column({ type: 'integer', nullable: true })
  correctsId: number | null;

  @Column(timeColumn())
  createdAt: number;
}
