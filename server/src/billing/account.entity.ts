import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { moneyColumn, timeColumn } from '../database/money-column.ts';
import type { Micros } from '../money/money.ts';
import type { AccountKind, AccountRow } from './account.ts';

/** What a subscriber has paid and may spend. The balance is the sum of the ledger, kept beside it in the same transaction. */
@Entity('accounts')
export class AccountEntity implements AccountRow {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer', unique: true })
  subscriberId: number;

  @Column({ type: 'varchar', length: 10 })
  kind: AccountKind;

  @Column(moneyColumn())
  balance: Micros;

  /** How far below zero a postpaid balance may go. */
  @Column(moneyColumn())
  creditLimit: Micros;

  /** What may be spent on calls in one day; null = no cap. */
  @Column(moneyColumn({ nullable: true }))
  dailyCap: Micros | null;

  @Column(timeColumn())
  createdAt: number;
}
