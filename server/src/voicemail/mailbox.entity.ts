import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** What a subscriber (or an administrator) set for a mailbox. No row: nothing was set, the mailbox is as every other one. */
@Entity('mailboxes')
export class MailboxEntity {
  @PrimaryColumn({ type: 'integer' })
  subscriberId: number;

  /** argon2id. null: no PIN, and no way in from the phone of somebody else. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  pinHash: string | null;

  /** Of the prompts; null: the subscriber's own. */
  @Column({ type: 'varchar', length: 5, nullable: true })
  language: string | null;

  @Column({ type: 'boolean' })
  mailMessages: boolean;

  @Column({ type: 'boolean' })
  attachRecording: boolean;

  @Column({ type: 'boolean' })
  deleteAfterMailing: boolean;

  /** null, here and below: as the settings say. */
  @Column({ type: 'integer', nullable: true })
  maxMessages: number | null;

  @Column({ type: 'integer', nullable: true })
  maxMinutes: number | null;

  @Column({ type: 'integer', nullable: true })
  retentionDays: number | null;

  @Column(timeColumn())
  updatedAt: number;
}
