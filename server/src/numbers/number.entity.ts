import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** A second name of a subscriber (alias) or a number that callers from outside dial (DID). */
@Entity('numbers')
@Index('numbers_number', ['number', 'domain'], { unique: true })
export class NumberEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** Alias user part, or the E.164 digits of a DID without `+`. */
  @Column({ type: 'varchar', length: 64 })
  number: string;

  /** The alias's domain; empty for a DID, which is one and the same in all domains. */
  @Column({ type: 'varchar', length: 253 })
  domain: string;

  @Column({ type: 'varchar', length: 5 })
  kind: 'alias' | 'did';

  @Column({ type: 'integer', nullable: true })
  subscriberId: number | null;

  /** SIP URI when it does not lead to a subscriber. */
  @Column({ type: 'varchar', length: 400, nullable: true })
  target: string | null;

  @Column(timeColumn())
  createdAt: number;
}
