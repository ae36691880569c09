import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** An address a subscriber wants to have, until he opens the link that was sent to it. Gone when it is used. */
@Entity('email_changes')
@Index('email_changes_token', ['tokenHash'], { unique: true })
export class EmailChangeEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'integer' })
  subscriberId: number;

  @Column({ type: 'varchar', length: 254 })
  email: string;

  /** Fingerprint of the password and the address he had: when either changes meanwhile, the link is void. */
  @Column({ type: 'varchar', length: 32 })
  stamp: string;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  expiresAt: number;
}
