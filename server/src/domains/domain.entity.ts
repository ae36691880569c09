import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** A SIP domain this server is responsible for. */
@Entity('domains')
export class DomainEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Index('domains_name', { unique: true })
  @Column({ type: 'varchar', length: 253 })
  name: string;

  @Column(timeColumn())
  createdAt: number;
}
