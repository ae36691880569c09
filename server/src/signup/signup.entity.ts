import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';
import type { SignupState } from './signup-lifecycle.ts';

/** Somebody who filled the sign-up form. */
@Entity('signups')
@Index('signups_token', ['tokenHash'], { unique: true })
@Index('signups_state', ['state', 'expiresAt'])
@Index('signups_email', ['email'])
export class SignupEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 12 })
  state: SignupState;

  @Column({ type: 'varchar', length: 120 })
  name: string;

  @Column({ type: 'varchar', length: 254 })
  email: string;

  @Column({ type: 'varchar', length: 2 })
  language: 'en' | 'es';

  /** Of the portal password; emptied when the sign-up is over. */
  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  /** Of the confirmation link. */
  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'varchar', length: 45 })
  address: string;

  @Column(timeColumn())
  createdAt: number;

  /** Of the confirmation link. */
  @Column(timeColumn())
  expiresAt: number;

  /** Terms accepted with the form; null where there were none. */
  @Column(timeColumn({ nullable: true }))
  termsAcceptedAt: number | null;

  @Column(timeColumn({ nullable: true }))
  confirmedAt: number | null;

  @Column(timeColumn({ nullable: true }))
  decidedAt: number | null;

  @Column({ type: 'varchar', length: 120, nullable: true })
  decidedBy: string | null;

  @Column({ type: 'integer', nullable: true })
  subscriberId: number | null;
}
