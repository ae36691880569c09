import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

const text = (name: string, length: number) => ({ name, type: 'varchar', length: String(length) });
const time = (name: string, isNullable = false) => ({ name, type: 'bigint', isNullable });

const emailChanges = () =>
  new Table({
    name: 'email_changes',
    columns: [
      { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      text('tokenHash', 64),
      { name: 'subscriberId', type: 'integer' },
      text('email', 254),
      text('stamp', 32),
      time('createdAt'),
      time('expiresAt'),
    ],
    indices: [{ name: 'email_changes_token', columnNames: ['tokenHash'], isUnique: true }],
  });

/** Links that die when the password or the address changes; an address that is confirmed before it counts. */
export class LinkStampsEmailChanges1763690020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Links from before carry no stamp. They live for an hour: whoever has one asks again.
    await runner.query('DELETE FROM "password_resets"');
    await runner.addColumn('password_resets', new TableColumn(text('stamp', 32)));
    await runner.createTable(emailChanges());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('email_changes');
    await runner.dropColumn('password_resets', 'stamp');
  }
}
