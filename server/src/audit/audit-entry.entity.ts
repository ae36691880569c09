import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';

/** Who changed what, and when. Never changed, never removed. */
@Entity('audit_entries')
@Index('audit_entries_entity', ['entity', 'entityId'])
@Index('audit_entries_at', ['at'])
export class AuditEntryEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Column(timeColumn())
  at: number;

  /** As actorName() writes it. */
  @Column({ type: 'varchar', length: 120 })
  actor: string;

  @Column({ type: 'varchar', length: 40 })
  action: string;

  @Column({ type: 'varchar', length: 40 })
  entity: string;

  @Column({ type: 'varchar', length: 120, nullable: true })
  entityId: string | null;

  /** JSON object of the fields before, secrets left out. */
  @Column({ type: 'text', nullable: true })
  before: string | null;

  @Column({ type: 'text', nullable: true })
  after: string | null;
}
