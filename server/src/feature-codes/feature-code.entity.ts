import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { FeatureName } from '../directory/feature-code.ts';

/** A number that subscribers dial for a service (M-24, O-133). */
@Entity('feature_codes')
export class FeatureCodeEntity {
  @PrimaryGeneratedColumn()
  id: number;

  /** As it is dialled: digits, * and #. */
  @Column({ type: 'varchar', length: 16, unique: true })
  code: string;

  @Column({ type: 'varchar', length: 24 })
  feature: FeatureName;

  /** What the service is told: a conference room, or `other` for a mailbox that is asked for. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  argument: string | null;

  /** Digits may follow, and are what the service is told. */
  @Column({ type: 'boolean' })
  prefix: boolean;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'varchar', length: 120 })
  description: string;
}
