import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';
import type { Rounding } from '../money/money.ts';

/** A price list. What it has no rate for is looked up in its parent, then in the default tariff. */
@Entity('tariffs')
export class TariffEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 80 })
  name: string;

  @Column({ type: 'integer', nullable: true })
  parentId: number | null;

  /** Exactly one is. */
  @Column({ type: 'boolean' })
  isDefault: boolean;

  /** Decimals of a charge, 2 to 6. */
  @Column({ type: 'integer' })
  scale: number;

  @Column({ type: 'varchar', length: 10 })
  rounding: Rounding;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  updatedAt: number;
}
