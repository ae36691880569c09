import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

export class Subscribers1763690001000 implements MigrationInterface {
  readonly name = 'Subscribers1763690001000';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'subscribers',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'number', type: 'varchar', length: '64' },
          { name: 'domain', type: 'varchar', length: '253' },
          { name: 'displayName', type: 'varchar', length: '120' },
          { name: 'email', type: 'varchar', length: '254', isNullable: true },
          { name: 'language', type: 'varchar', length: '2' },
          { name: 'status', type: 'varchar', length: '10' },
          { name: 'closedAt', type: 'bigint' },
          { name: 'ha1Md5', type: 'varchar', length: '32' },
          { name: 'ha1Sha256', type: 'varchar', length: '64' },
          { name: 'portalPasswordHash', type: 'varchar', length: '255', isNullable: true },
          { name: 'groups', type: 'varchar', length: '255' },
          { name: 'tariffId', type: 'integer' },
          { name: 'maxCalls', type: 'integer' },
          { name: 'selfSignedUp', type: 'boolean' },
          { name: 'callerId', type: 'varchar', length: '32', isNullable: true },
          { name: 'createdAt', type: 'bigint' },
          { name: 'updatedAt', type: 'bigint' },
        ],
        indices: [
          { name: 'subscribers_number', columnNames: ['domain', 'number', 'closedAt'], isUnique: true },
          { name: 'subscribers_email', columnNames: ['email'] },
          { name: 'subscribers_name', columnNames: ['displayName'] },
          { name: 'subscribers_tariff', columnNames: ['tariffId'] },
        ],
      }),
    );
    await q.createTable(
      new Table({
        name: 'subscriber_notes',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'subscriberId', type: 'integer' },
          { name: 'text', type: 'varchar', length: '2000' },
          { name: 'actor', type: 'varchar', length: '120' },
          { name: 'createdAt', type: 'bigint' },
        ],
        foreignKeys: [
          {
            name: 'subscriber_notes_owner',
            columnNames: ['subscriberId'],
            referencedTableName: 'subscribers',
            referencedColumnNames: ['id'],
          },
        ],
      }),
    );
    await q.createIndex(
      'subscriber_notes',
      new TableIndex({ name: 'subscriber_notes_subscriber', columnNames: ['subscriberId', 'createdAt'] }),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('subscriber_notes');
    await q.dropTable('subscribers');
  }
}
