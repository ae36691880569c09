import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const };

/** Imports of subscribers under way: rows wait here until all of them are good, then they move on in small writes. */
export class SubscriberImports1763690021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'subscriber_imports',
        columns: [
          id,
          { name: 'actor', type: 'varchar', length: '120' },
          { name: 'tariffId', type: 'integer' },
          { name: 'state', type: 'varchar', length: '10' },
          { name: 'createdAt', type: 'bigint' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'subscriber_import_rows',
        columns: [
          id,
          { name: 'importId', type: 'integer' },
          { name: 'domain', type: 'varchar', length: '253' },
          { name: 'number', type: 'varchar', length: '64' },
          { name: 'fields', type: 'text' },
        ],
        indices: [
          { name: 'subscriber_import_rows_number', columnNames: ['domain', 'number'], isUnique: true },
          { name: 'subscriber_import_rows_import', columnNames: ['importId', 'id'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('subscriber_import_rows');
    await runner.dropTable('subscriber_imports');
  }
}
