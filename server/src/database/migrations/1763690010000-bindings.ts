import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const text = (name: string, length: number, isNullable = false) => ({ name, type: 'varchar', length: String(length), isNullable });
const whole = (name: string, isNullable = false) => ({ name, type: 'integer', isNullable });
const time = (name: string, isNullable = false) => ({ name, type: 'bigint', isNullable });

/** Contact bindings as the registrar writes them behind. No foreign key: they are written after the REGISTER was answered. */
export class Bindings1763690010000 implements MigrationInterface {
  readonly name = 'Bindings1763690010000';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'bindings',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          whole('subscriberId'),
          text('aor', 400),
          text('contact', 400),
          text('params', 400),
          whole('q'),
          time('expiresAt', true),
          text('callId', 1000),
          time('cseq'),
          text('instance', 1000, true),
          whole('regId', true),
          text('path', 4000),
          text('protocol', 4, true),
          text('remoteAddress', 45, true),
          whole('remotePort', true),
          text('localAddress', 45, true),
          whole('localPort', true),
          whole('nat'),
          text('userAgent', 200, true),
          time('registeredAt'),
          time('refreshedAt'),
        ],
      }),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('bindings');
  }
}
