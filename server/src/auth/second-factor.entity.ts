import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** What an administrator's authenticator app shares with us (RFC 6238). It counts once his `secondFactorSince` is set. */
@Entity('second_factors')
export class SecondFactorEntity {
  @PrimaryColumn({ type: 'integer' })
  adminId: number;

  /** Base32, in clear like the passwords of gateways: codes are computed from it. Leaves the server once, towards its owner. */
  @Column({ type: 'varchar', length: 64 })
  secret: string;

  @Column(timeColumn())
  startedAt: number;

  /** The newest time step a code was taken of: neither it nor an older one is taken again. */
  @Column({ type: 'integer', nullable: true })
  lastStep: number | null;
}

/** For a lost phone: opens the door once, in place of a code. */
@Entity('recovery_codes')
@Index('recovery_codes_admin', ['adminId', 'codeHash'], { unique: true })
export class RecoveryCodeEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer' })
  adminId: number;

  @Column({ type: 'varchar', length: 64 })
  codeHash: string;

  @Column(timeColumn({ nullable: true }))
  usedAt: number | null;
}
