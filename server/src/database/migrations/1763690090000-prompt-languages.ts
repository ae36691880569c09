import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** The language services speak, by domain and by subscriber. */
export class PromptLanguages1763690090000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'prompt_languages',
        columns: [
          { name: 'scope', type: 'varchar', length: '12', isPrimary: true },
          { name: 'key', type: 'varchar', length: '253', isPrimary: true },
          { name: 'language', type: 'varchar', length: '2' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('prompt_languages');
  }
}
