import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Names of gateways that are gone: records of calls through them go on saying which one it was. */
export class FormerGateways1763690026000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'former_gateways',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'name', type: 'varchar', length: '60' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('former_gateways');
  }
}
