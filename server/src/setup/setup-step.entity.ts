import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** What an administrator said of a step of the set-up. */
@Entity('setup_steps')
export class SetupStepEntity {
  @PrimaryColumn({ type: 'varchar', length: 30 })
  key: string;

  @Column({ type: 'varchar', length: 10 })
  state: 'done' | 'skipped';

  @Column(timeColumn())
  at: number;
}
