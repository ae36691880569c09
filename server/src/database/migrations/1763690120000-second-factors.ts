import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

const ofAdmin = (name: string) => ({
  name,
  columnNames: ['adminId'],
  referencedTableName: 'admins',
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

const tables = () => [
  new Table({
    name: 'second_factors',
    columns: [
      { name: 'adminId', type: 'integer', isPrimary: true },
      { name: 'secret', type: 'varchar', length: '64' },
      { name: 'startedAt', type: 'bigint' },
      { name: 'lastStep', type: 'integer', isNullable: true },
    ],
    foreignKeys: [ofAdmin('second_factors_admin')],
  }),
  new Table({
    name: 'recovery_codes',
    columns: [
      { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      { name: 'adminId', type: 'integer' },
      { name: 'codeHash', type: 'varchar', length: '64' },
      { name: 'usedAt', type: 'bigint', isNullable: true },
    ],
    indices: [{ name: 'recovery_codes_admin', columnNames: ['adminId', 'codeHash'], isUnique: true }],
    foreignKeys: [ofAdmin('recovery_codes_of_admin')],
  }),
];

/** A second factor for administrators (M-9). */
export class SecondFactors1763690120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('admins', new TableColumn({ name: 'secondFactorSince', type: 'bigint', isNullable: true }));
    for (const table of tables()) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await runner.dropTable(table);
    await runner.dropColumn('admins', 'secondFactorSince');
  }
}
