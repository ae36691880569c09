import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { CallDirection, CallEnd } from '../billing/call-record.ts';
import { moneyColumn, timeColumn } from '../database/money-column.ts';
import type { Micros } from '../money/money.ts';

/** One call that is over. Written by billing in groups; never changed. */
@Entity('cdrs')
export class CdrEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 64, unique: true })
  callId: string;

  @Column({ type: 'varchar', length: 255 })
  sipCallId: string;

  @Column({ type: 'integer', nullable: true })
  fromSubscriberId: number | null;

  @Column({ type: 'integer', nullable: true })
  toSubscriberId: number | null;

  /** Account that paid; null = nobody had to. */
  @Column({ type: 'integer', nullable: true })
  accountId: number | null;

  @Column({ type: 'varchar', length: 255 })
  fromUser: string;

  @Column({ type: 'varchar', length: 255 })
  dialled: string;

  @Column({ type: 'varchar', length: 32, nullable: true })
  e164: string | null;

  /** Name of the rate. */
  @Column({ type: 'varchar', length: 120, nullable: true })
  destination: string | null;

  @Column({ type: 'integer', nullable: true })
  gatewayId: number | null;

  @Column({ type: 'varchar', length: 10 })
  direction: CallDirection;

  @Column(timeColumn())
  startedAt: number;

  @Column(timeColumn({ nullable: true }))
  answeredAt: number | null;

  @Column(timeColumn())
  endedAt: number;

  /** Talk time that was charged, ms. */
  @Column(timeColumn())
  talkMs: number;

  @Column({ type: 'integer' })
  billedSeconds: number;

  @Column(moneyColumn())
  cost: Micros;

  /** Final SIP status. */
  @Column({ type: 'integer' })
  status: number;

  @Column({ type: 'varchar', length: 255 })
  reason: string;

  @Column({ type: 'varchar', length: 16 })
  endedBy: CallEnd;

  @Column({ type: 'boolean' })
  missed: boolean;

  @Column({ type: 'varchar', length: 40, nullable: true })
  refusal: string | null;

  /** The service that answered it; null: people, or nobody. */
  @Column({ type: 'varchar', length: 24, nullable: true })
  app: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent: string | null;

  /** RateSnapshot as JSON: rating again with it gives the same cost. */
  @Column({ type: 'text', nullable: true, select: false })
  rate: string | null;
}
