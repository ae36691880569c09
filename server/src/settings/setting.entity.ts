import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** One setting that is not at its default. */
@Entity('settings')
export class SettingEntity {
  @PrimaryColumn({ type: 'varchar', length: 60 })
  key: string;

  /** JSON. */
  @Column({ type: 'text' })
  value: string;

  @Column(timeColumn())
  updatedAt: number;
}
