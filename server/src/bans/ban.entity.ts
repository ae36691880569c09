import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** Why an address was banned: wrong SIP passwords, wrong log-ins on the pages, or by hand. */
export type BanReason = 'sip-password' | 'web-login' | 'by-hand';

@Entity('bans')
export class BanEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** As `addressKey` writes it. */
  @Index('bans_address', { unique: true })
  @Column({ type: 'varchar', length: 50 })
  address: string;

  @Column({ type: 'varchar', length: 20 })
  reason: BanReason;

  @Column({ type: 'varchar', length: 200, nullable: true })
  note: string | null;

  /** Wrong passwords that led here; 0 by hand. */
  @Column({ type: 'integer' })
  failures: number;

  /** Who banned it by hand. */
  @Column({ type: 'varchar', length: 120, nullable: true })
  actor: string | null;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  expiresAt: number;
}
