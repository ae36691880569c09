import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

const text = (name: string, length: number, isNullable = false) => ({ name, type: 'varchar', length: String(length), isNullable });

const bans = () =>
  new Table({
    name: 'bans',
    columns: [
      { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      text('address', 50),
      text('reason', 20),
      text('note', 200, true),
      { name: 'failures', type: 'integer' },
      text('actor', 120, true),
      { name: 'createdAt', type: 'bigint' },
      { name: 'expiresAt', type: 'bigint' },
    ],
    indices: [{ name: 'bans_address', columnNames: ['address'], isUnique: true }],
  });

/** Gateways over TLS, whose certificates are checked unless said otherwise; addresses that may not talk to us for a while. */
export class TlsBans1763690030000 implements MigrationInterface {
  readonly name = 'TlsBans1763690030000';

  async up(runner: QueryRunner): Promise<void> {
    const yes = runner.connection.options.type === 'sqlite' ? '1' : 'true';
    await runner.addColumn('gateways', new TableColumn({ name: 'tlsVerify', type: 'boolean', default: yes }));
    await runner.createTable(bans());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('bans');
    await runner.dropColumn('gateways', 'tlsVerify');
  }
}
