import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** `warning`: the job did its work and found something a person must look at (such as a balance that is not its ledger's sum). */
export type JobResult = 'ok' | 'warning' | 'failed';

@Entity('job_runs')
@Index('job_runs_job', ['job', 'startedAt'])
export class JobRunEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 40 })
  job: string;

  @Column({ type: 'varchar', length: 10 })
  trigger: 'schedule' | 'manual';

  @Column({ type: 'varchar', length: 120, nullable: true })
  actor: string | null;

  @Column(timeColumn())
  startedAt: number;

  @Column(timeColumn())
  endedAt: number;

  @Column({ type: 'varchar', length: 10 })
  result: JobResult;

  @Column({ type: 'varchar', length: 2000 })
  message: string;
}
