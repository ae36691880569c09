import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const };

export class DomainsNumbersGateways1763690002000 implements MigrationInterface {
  readonly name = 'DomainsNumbersGateways1763690002000';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'domains',
        columns: [id, { name: 'name', type: 'varchar', length: '253' }, { name: 'createdAt', type: 'bigint' }],
        indices: [{ name: 'domains_name', columnNames: ['name'], isUnique: true }],
      }),
    );
    await q.createTable(
      new Table({
        name: 'numbers',
        columns: [
          id,
          { name: 'number', type: 'varchar', length: '64' },
          { name: 'domain', type: 'varchar', length: '253' },
          { name: 'kind', type: 'varchar', length: '5' },
          { name: 'subscriberId', type: 'integer', isNullable: true },
          { name: 'target', type: 'varchar', length: '400', isNullable: true },
          { name: 'createdAt', type: 'bigint' },
        ],
        indices: [
          { name: 'numbers_number', columnNames: ['number', 'domain'], isUnique: true },
          { name: 'numbers_subscriber', columnNames: ['subscriberId'] },
        ],
        foreignKeys: [
          { name: 'numbers_owner', columnNames: ['subscriberId'], referencedTableName: 'subscribers', referencedColumnNames: ['id'] },
        ],
      }),
    );
    await q.createTable(
      new Table({
        name: 'gateways',
        columns: [
          id,
          { name: 'name', type: 'varchar', length: '60' },
          { name: 'enabled', type: 'boolean' },
          { name: 'host', type: 'varchar', length: '253' },
          { name: 'port', type: 'integer' },
          { name: 'transport', type: 'varchar', length: '3' },
          { name: 'username', type: 'varchar', length: '120', isNullable: true },
          { name: 'password', type: 'varchar', length: '255', isNullable: true },
          { name: 'register', type: 'boolean' },
          { name: 'prefix', type: 'varchar', length: '32' },
          { name: 'strip', type: 'integer' },
          { name: 'add', type: 'varchar', length: '32' },
          { name: 'priority', type: 'integer' },
          { name: 'maxCalls', type: 'integer', isNullable: true },
          { name: 'sources', type: 'varchar', length: '2000' },
          { name: 'callerIdMode', type: 'varchar', length: '20' },
          { name: 'probe', type: 'boolean' },
          { name: 'ringTimeout', type: 'integer' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'updatedAt', type: 'bigint' },
        ],
        indices: [{ name: 'gateways_name', columnNames: ['name'], isUnique: true }],
      }),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['gateways', 'numbers', 'domains']) await q.dropTable(table);
  }
}
