import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { timeColumn } from '../database/money-column.ts';
import type { MediaPolicy } from '../directory/types.ts';

const list = { from: (value: string) => (value === '' ? [] : value.split(' ')), to: (value: readonly string[]) => value.join(' ') };

/** A way out to (and in from) another network: where it is, what is sent there, and who may call us from there. */
@Entity('gateways')
export class GatewayEntity {
  @PrimaryGeneratedColumn()
  id: number;

  @Index('gateways_name', { unique: true })
  @Column({ type: 'varchar', length: 60 })
  name: string;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'varchar', length: 253 })
  host: string;

  @Column({ type: 'integer' })
  port: number;

  @Column({ type: 'varchar', length: 3 })
  transport: 'udp' | 'tcp' | 'tls';

  @Column({ type: 'boolean' })
  tlsVerify: boolean;

  @Column({ type: 'varchar', length: 120, nullable: true })
  username: string | null;

  /** In clear: we are the client here and must answer any challenge. Never leaves the server. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  password: string | null;

  @Column({ type: 'boolean' })
  register: boolean;

  /** Dialled prefix this gateway serves, `00` for all international calls, empty for everything. */
  @Column({ type: 'varchar', length: 32 })
  prefix: string;

  @Column({ type: 'integer' })
  strip: number;

  @Column({ type: 'varchar', length: 32 })
  add: string;

  /** Lower is tried first among gateways with the same prefix. */
  @Column({ type: 'integer' })
  priority: number;

  @Column({ type: 'integer', nullable: true })
  maxCalls: number | null;

  /** Addresses and CIDR blocks calls are accepted from, separated by blanks in the table. */
  @Column({ type: 'varchar', length: 2000, transformer: list })
  sources: readonly string[];

  @Column({ type: 'varchar', length: 20 })
  callerIdMode: string;

  @Column({ type: 'boolean' })
  probe: boolean;

  @Column({ type: 'integer' })
  ringTimeout: number;

  @Column({ type: 'varchar', length: 12, default: 'when-needed' })
  relayMedia: MediaPolicy;

  /** Its calls are recorded. */
  @Column({ type: 'boolean', default: false })
  recordCalls: boolean;

  @Column(timeColumn())
  createdAt: number;

  @Column(timeColumn())
  updatedAt: number;
}
