import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';
import type { Announce } from './live-rooms.ts';

/** A conference room that was set up; others are opened by whoever dials them. */
@Entity('conference_rooms')
export class ConferenceRoomEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** Digits, dialled after the code of the conference. */
  @Column({ type: 'varchar', length: 16, unique: true })
  number: string;

  @Column({ type: 'varchar', length: 80 })
  name: string;

  /** Digits, asked at the door; null: none. Read by administrators, who hand it out. */
  @Column({ type: 'varchar', length: 12, nullable: true })
  pin: string | null;

  @Column({ type: 'boolean' })
  locked: boolean;

  @Column({ type: 'integer' })
  maxMembers: number;

  @Column({ type: 'varchar', length: 8, default: 'tone' })
  announce: Announce;

  @Column(timeColumn())
  createdAt: number;
}
