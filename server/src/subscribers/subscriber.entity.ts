import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

export type SubscriberStatus = 'active' | 'suspended' | 'closed';

const list = { from: (value: string) => (value === '' ? [] : value.split(' ')), to: (value: readonly string[]) => value.join(' ') };

/**
 * A person or a line with a number of our own. Passwords are never stored: SIP knows the two HA1 (RFC 2617, RFC 7616), the pages an
 * argon2id hash. A closed subscriber stays for the books; his number is free again, because `closedAt` is part of the unique key.
 */
@Entity('subscribers')
@Index('subscribers_number', ['domain', 'number', 'closedAt'], { unique: true })
export class SubscriberEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** User part of the AOR. */
  @Column({ type: 'varchar', length: 64 })
  number: string;

  @Column({ type: 'varchar', length: 253 })
  domain: string;

  @Column({ type: 'varchar', length: 120 })
  displayName: string;

  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  @Column({ type: 'varchar', length: 2 })
  language: 'en' | 'es';

  @Column({ type: 'varchar', length: 10 })
  status: SubscriberStatus;

  /** 0 while open, else epoch milliseconds. */
  @Column(timeColumn())
  closedAt: number;

  @Column({ type: 'varchar', length: 32 })
  ha1Md5: string;

  @Column({ type: 'varchar', length: 64 })
  ha1Sha256: string;

  /** Of `number@domain`, for phones that give their whole address as the user name; null for a password from before this was kept. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  ha1Md5AtDomain: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  ha1Sha256AtDomain: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  portalPasswordHash: string | null;

  /** Groups of the access list, separated by blanks in the table. */
  @Column({ type: 'varchar', length: 255, transformer: list })
  groups: readonly string[];

  @Column({ type: 'integer' })
  tariffId: number;

  @Column({ type: 'integer' })
  maxCalls: number;

  @Column({ type: 'boolean' })
  selfSignedUp: boolean;

  /** Number shown to gateways instead of his own, E.164 digits. */
  @Column({ type: 'varchar', length: 32, nullable: true })
  callerId: string | null;

  /** No phone of his rings. */
  @Column({ type: 'boolean', default: false })
  doNotDisturb: boolean;

  /** His mailbox takes messages, where the group `voicemail` gives him one. */
  @Column({ type: 'boolean', default: true })
  takesMessages: boolean;

  /** His calls are recorded, those he makes and those he answers. */
  @Column({ type: 'boolean', default: false })
  recordCalls: boolean;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  updatedAt: number;
}

/** A remark of an administrator about a subscriber. Never seen by him. */
@Entity('subscriber_notes')
@Index('subscriber_notes_subscriber', ['subscriberId', 'createdAt'])
export class SubscriberNoteEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ type: 'integer' })
  subscriberId: number;

  @Column({ type: 'varchar', length: 2000 })
  text: string;

  @Column({ type: 'varchar', length: 120 })
  actor: string;

  @Column(timeColumn())
  createdAt: number;
}
