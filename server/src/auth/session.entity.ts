import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** A login that lasts. Of the cookie only the hash is stored. */
@Entity('sessions')
@Index('sessions_token', ['tokenHash'], { unique: true })
@Index('sessions_expires', ['expiresAt'])
export class SessionEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'integer', nullable: true })
  adminId: number | null;

  @Column({ type: 'integer', nullable: true })
  subscriberId: number | null;

  /** Fingerprint of the password it was opened with: a changed password ends the session. */
  @Column({ type: 'varchar', length: 32 })
  stamp: string;

  @Column({ type: 'varchar', length: 45 })
  address: string;

  @Column({ type: 'varchar', length: 255 })
  userAgent: string;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  lastSeenAt: number;

  @Column(timeColumn())
  expiresAt: number;
}

/** A link to set a new password. Single use. */
@Entity('password_resets')
@Index('password_resets_token', ['tokenHash'], { unique: true })
export class PasswordResetEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'integer', nullable: true })
  adminId: number | null;

  @Column({ type: 'integer', nullable: true })
  subscriberId: number | null;

  /** Fingerprint of the password and the address it was sent to: when either changes, by whatever way, the link is void. */
  @Column({ type: 'varchar', length: 32 })
  stamp: string;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  expiresAt: number;

  @Column(timeColumn({ nullable: true }))
  usedAt: number | null;
}
