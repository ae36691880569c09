import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** A person who administers Dialtone. */
@Entity('admins')
@Index('admins_login', ['login'], { unique: true })
export class AdminEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** Lower case, unique. */
  @Column({ type: 'varchar', length: 254 })
  login: string;

  @Column({ type: 'varchar', length: 120 })
  name: string;

  /** For a forgotten password. */
  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  @Column({ type: 'varchar', length: 2 })
  language: 'en' | 'es';

  @Column({ type: 'varchar', length: 255 })
  passwordHash: string;

  /** Since when a code is asked for beside the password; null while the password alone opens. */
  @Column(timeColumn({ nullable: true }))
  secondFactorSince: number | null;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn({ nullable: true }))
  lastLoginAt: number | null;
}
