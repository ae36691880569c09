import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { RateTier } from '../billing/rate.ts';
import { moneyColumn, timeColumn } from '../database/money-column.ts';
import type { Micros } from '../money/money.ts';

/** One entry of a tariff; the units are those of billing's Rate. */
@Entity('rates')
export class RateEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer' })
  tariffId: number;

  @Column({ type: 'varchar', length: 15 })
  prefix: string;

  @Column({ type: 'varchar', length: 120 })
  name: string;

  @Column(moneyColumn())
  pricePerMinute: Micros;

  @Column(moneyColumn())
  connectFee: Micros;

  @Column({ type: 'integer' })
  firstIncrement: number;

  @Column({ type: 'integer' })
  nextIncrement: number;

  @Column(moneyColumn())
  minCharge: Micros;

  @Column({ type: 'integer' })
  freeSeconds: number;

  @Column({ type: 'integer' })
  graceSeconds: number;

  @Column({ type: 'boolean' })
  blocked: boolean;

  @Column(timeColumn())
  effectiveFrom: number;

  @Column({ type: 'integer' })
  version: number;

  @Column({ type: 'boolean' })
  connectDeductible: boolean;

  @Column(moneyColumn({ nullable: true }))
  maxCost: Micros | null;

  @Column({ type: 'varchar', length: 10, nullable: true })
  maxCostAction: 'free' | 'disconnect' | null;

  @Column({ type: 'simple-json', nullable: true })
  tiers: RateTier[] | null;

  @Column(timeColumn())
  updatedAt: number;
}
