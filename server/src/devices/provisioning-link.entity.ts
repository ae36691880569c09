import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** A single-use address from which a phone fetches its account. Of the token only the hash is stored. */
@Entity('provisioning_links')
@Index('provisioning_links_token', ['tokenHash'], { unique: true })
@Index('provisioning_links_subscriber', ['subscriberId'])
export class ProvisioningLinkEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'integer' })
  subscriberId: number;

  /** Who asked for it, as the audit names him. */
  @Column({ type: 'varchar', length: 120 })
  createdBy: string;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  expiresAt: number;

  @Column(timeColumn({ nullable: true }))
  usedAt: number | null;

  @Column({ type: 'varchar', length: 45, nullable: true })
  usedFrom: string | null;
}
