import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

const recordings = () =>
  new Table({
    name: 'recordings',
    columns: [
      { name: 'callId', type: 'varchar', length: '64', isPrimary: true },
      { name: 'file', type: 'varchar', length: '120' },
      { name: 'startedAt', type: 'bigint' },
      { name: 'seconds', type: 'integer' },
      { name: 'bytes', type: 'bigint' },
    ],
    indices: [{ name: 'recordings_started', columnNames: ['startedAt'] }],
  });

/** Whose media passes through the server, and whose calls are recorded. */
export class RelayRecordings1763690070000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const no = runner.connection.options.type === 'sqlite' ? '0' : 'false';
    await runner.addColumn('subscribers', new TableColumn({ name: 'recordCalls', type: 'boolean', default: no }));
    await runner.addColumn('gateways', new TableColumn({ name: 'relayMedia', type: 'varchar', length: '12', default: "'when-needed'" }));
    await runner.addColumn('gateways', new TableColumn({ name: 'recordCalls', type: 'boolean', default: no }));
    await runner.createTable(recordings());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('recordings');
    await runner.dropColumn('gateways', 'recordCalls');
    await runner.dropColumn('gateways', 'relayMedia');
    await runner.dropColumn('subscribers', 'recordCalls');
  }
}
