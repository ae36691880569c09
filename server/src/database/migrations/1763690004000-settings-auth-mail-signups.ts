import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const };
const text = (name: string, length: number, isNullable = false) => ({ name, type: 'varchar', length: String(length), isNullable });
const long = (name: string, isNullable = false) => ({ name, type: 'text', isNullable });
const integer = (name: string, isNullable = false) => ({ name, type: 'integer', isNullable });
const time = (name: string, isNullable = false) => ({ name, type: 'bigint', isNullable });
const unique = (name: string, ...columnNames: string[]) => ({ name, columnNames, isUnique: true });
const index = (name: string, ...columnNames: string[]) => ({ name, columnNames });

const tables = () => [
  new Table({ name: 'settings', columns: [{ ...text('key', 60), isPrimary: true }, long('value'), time('updatedAt')] }),
  new Table({
    name: 'audit_entries',
    columns: [
      id,
      time('at'),
      text('actor', 120),
      text('action', 40),
      text('entity', 40),
      text('entityId', 120, true),
      long('before', true),
      long('after', true),
    ],
    indices: [index('audit_entries_entity', 'entity', 'entityId'), index('audit_entries_at', 'at')],
  }),
  new Table({
    name: 'admins',
    columns: [
      id,
      text('login', 254),
      text('name', 120),
      text('email', 254, true),
      text('language', 2),
      text('passwordHash', 255),
      time('createdAt'),
      time('lastLoginAt', true),
    ],
    indices: [unique('admins_login', 'login')],
  }),
  new Table({
    name: 'sessions',
    columns: [
      id,
      text('tokenHash', 64),
      integer('adminId', true),
      integer('subscriberId', true),
      text('stamp', 32),
      text('address', 45),
      text('userAgent', 255),
      time('createdAt'),
      time('lastSeenAt'),
      time('expiresAt'),
    ],
    indices: [unique('sessions_token', 'tokenHash'), index('sessions_expires', 'expiresAt')],
  }),
  new Table({
    name: 'password_resets',
    columns: [
      id,
      text('tokenHash', 64),
      integer('adminId', true),
      integer('subscriberId', true),
      time('createdAt'),
      time('expiresAt'),
      time('usedAt', true),
    ],
    indices: [unique('password_resets_token', 'tokenHash')],
  }),
  new Table({
    name: 'outbox',
    columns: [
      id,
      text('recipient', 254),
      text('template', 40),
      text('language', 2),
      text('subject', 300),
      long('text'),
      text('state', 10),
      integer('attempts'),
      time('nextAttemptAt'),
      text('lastError', 500, true),
      time('createdAt'),
      time('sentAt', true),
    ],
    indices: [index('outbox_due', 'state', 'nextAttemptAt')],
  }),
  new Table({
    name: 'signups',
    columns: [
      id,
      text('state', 12),
      text('name', 120),
      text('email', 254),
      text('language', 2),
      text('passwordHash', 255),
      text('tokenHash', 64),
      text('address', 45),
      time('createdAt'),
      time('expiresAt'),
      time('termsAcceptedAt', true),
      time('confirmedAt', true),
      time('decidedAt', true),
      text('decidedBy', 120, true),
      integer('subscriberId', true),
    ],
    indices: [unique('signups_token', 'tokenHash'), index('signups_state', 'state', 'expiresAt'), index('signups_email', 'email')],
  }),
  new Table({
    name: 'provisioning_links',
    columns: [
      id,
      text('tokenHash', 64),
      integer('subscriberId'),
      text('createdBy', 120),
      time('createdAt'),
      time('expiresAt'),
      time('usedAt', true),
      text('usedFrom', 45, true),
    ],
    indices: [unique('provisioning_links_token', 'tokenHash'), index('provisioning_links_subscriber', 'subscriberId')],
  }),
];

export class SettingsAuthMailSignups1763690004000 implements MigrationInterface {
  readonly name = 'SettingsAuthMailSignups1763690004000';

  async up(q: QueryRunner): Promise<void> {
    for (const table of tables()) await q.createTable(table);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await q.dropTable(table);
  }
}
