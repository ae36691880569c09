import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintNumber } from '../database/money-column.ts';

const json = {
  from: (value: string) => JSON.parse(value) as Record<string, number>,
  to: (value: Record<string, number>) => JSON.stringify(value),
};

/** One minute of the server's life. */
@Entity('statistics_samples')
export class StatisticsSampleEntity {
  /** Epoch milliseconds at the end of the minute. */
  @PrimaryColumn({ type: 'bigint', transformer: bigintNumber })
  at: number;

  @Column({ type: 'integer' })
  activeCalls: number;

  @Column({ type: 'integer' })
  registrations: number;

  /** Calls that ended in this minute. */
  @Column({ type: 'integer' })
  attempts: number;

  @Column({ type: 'integer' })
  answered: number;

  /** Calls of this minute that were not answered, by SIP status code. */
  @Column({ type: 'text', transformer: json })
  failures: Record<string, number>;

  @Column({ type: 'real' })
  cpuPercent: number;

  @Column({ type: 'bigint', transformer: bigintNumber })
  memoryBytes: number;
}
