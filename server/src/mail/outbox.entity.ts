import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/**
 * - queued: to be sent at `nextAttemptAt`
 * - sent: taken by the mail server
 * - kept: there was no mail server; an administrator can read it and send it later
 * - failed: given up after the last attempt
 */
export const MAIL_STATES = ['queued', 'sent', 'kept', 'failed'] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** A mail. Every one is a row before anything is sent, so a mail server that is down loses nothing. */
@Entity('outbox')
@Index('outbox_due', ['state', 'nextAttemptAt'])
export class OutboxMailEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'varchar', length: 254 })
  recipient: string;

  @Column({ type: 'varchar', length: 40 })
  template: string;

  @Column({ type: 'varchar', length: 2 })
  language: string;

  @Column({ type: 'varchar', length: 300 })
  subject: string;

  @Column({ type: 'text' })
  text: string;

  /** A file that goes along, below the data folder; it is read when the mail leaves. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  attachmentFile: string | null;

  /** What it is called in the mail. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  attachmentName: string | null;

  @Column({ type: 'varchar', length: 10 })
  state: MailState;

  @Column({ type: 'integer' })
  attempts: number;

  @Column(timeColumn())
  nextAttemptAt: number;

  @Column({ type: 'varchar', length: 500, nullable: true })
  lastError: string | null;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn({ nullable: true }))
  sentAt: number | null;
}
