import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** The sound of one call that is over. */
@Entity('recordings')
export class RecordingEntity {
  /** Our id of the call, as its CDR has it. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  callId: string;

  /** Below the folder of recordings. */
  @Column({ type: 'varchar', length: 120 })
  file: string;

  @Column(timeColumn())
  startedAt: number;

  @Column({ type: 'integer' })
  seconds: number;

  @Column(timeColumn())
  bytes: number;
}
