import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

/** As of this version (M-24, O-133): code, feature, argument, may digits follow, description. */
const codes = [
  ['613', 'echo', null, false, 'Echo test'],
  ['958', 'number-readback', null, false, 'Says your own number'],
  ['511', 'conference', null, true, 'Conference: 511 and the room'],
  ['*98', 'conference', null, false, 'Conference: asks for the room'],
  ['*99', 'mailbox', null, false, 'Your voicemail'],
  ['*97', 'mailbox', 'other', false, 'Voicemail from another phone'],
  ['*100', 'demo', null, false, 'Demo announcement'],
  ['*101', 'music', null, false, 'Music on hold'],
  ['*102', 'prompt-recorder', null, false, 'Record an announcement'],
] as const;

const literal = (value: string | boolean | null): string =>
  value === null ? 'NULL' : typeof value === 'boolean' ? String(value).toUpperCase() : `'${value}'`;

/** Calls the server answers itself: the service in each CDR, the numbers of the services, and conference rooms. */
export class Services1763690080000 implements MigrationInterface {
  readonly name = 'Services1763690080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('cdrs', new TableColumn({ name: 'app', type: 'varchar', length: '24', isNullable: true }));
    await runner.createTable(
      new Table({
        name: 'feature_codes',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'code', type: 'varchar', length: '16', isUnique: true },
          { name: 'feature', type: 'varchar', length: '24' },
          { name: 'argument', type: 'varchar', length: '64', isNullable: true },
          { name: 'prefix', type: 'boolean' },
          { name: 'enabled', type: 'boolean' },
          { name: 'description', type: 'varchar', length: '120' },
        ],
      }),
    );
    await runner.query(
      `INSERT INTO "feature_codes" ("code", "feature", "argument", "prefix", "description", "enabled") VALUES ${codes
        .map((row) => `(${row.map(literal).join(', ')}, TRUE)`)
        .join(', ')}`,
    );
    await runner.createTable(
      new Table({
        name: 'conference_rooms',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'number', type: 'varchar', length: '16', isUnique: true },
          { name: 'name', type: 'varchar', length: '80' },
          { name: 'pin', type: 'varchar', length: '12', isNullable: true },
          { name: 'locked', type: 'boolean' },
          { name: 'maxMembers', type: 'integer' },
          { name: 'announce', type: 'boolean' },
          { name: 'createdAt', type: 'bigint' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('conference_rooms');
    await runner.dropTable('feature_codes');
    await runner.dropColumn('cdrs', 'app');
  }
}
