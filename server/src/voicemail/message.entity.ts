import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { bigintNumber, timeColumn } from '../database/money-column.ts';
import type { VoicemailWhy } from '../routing/call-plan.ts';

/**
 * - recording: somebody speaks; found at a start, the server died meanwhile
 * - new: nobody has heard it
 * - saved: heard, and kept
 * - deleted: comes back by undo until it is taken away
 */
export const MESSAGE_STATES = ['recording', 'new', 'saved', 'deleted'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** A message. The row is there before the first word is recorded, so that no file is without one. */
@Entity('voicemail_messages')
@Index('voicemail_messages_box', ['subscriberId', 'state', 'receivedAt'])
@Index('voicemail_messages_call', ['callId'])
@Index('voicemail_messages_mail', ['mailId'])
export class VoicemailMessageEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer' })
  subscriberId: number;

  @Column({ type: 'varchar', length: 10 })
  state: MessageState;

  /** Name in the folder of the mailbox. */
  @Column({ type: 'varchar', length: 60 })
  file: string;

  /** The call it was left by, as in its CDR. */
  @Column({ type: 'varchar', length: 40 })
  callId: string;

  @Column({ type: 'varchar', length: 20 })
  why: VoicemailWhy;

  /** Empty: hidden. */
  @Column({ type: 'varchar', length: 64 })
  callerNumber: string;

  @Column({ type: 'varchar', length: 120 })
  callerName: string;

  @Column({ type: 'real', transformer: bigintNumber })
  seconds: number;

  @Column(timeColumn())
  receivedAt: number;

  @Column(timeColumn({ nullable: true }))
  deletedAt: number | null;

  /** In the outbox. null: it is not mailed. */
  @Column({ type: 'integer', nullable: true })
  mailId: number | null;
}
