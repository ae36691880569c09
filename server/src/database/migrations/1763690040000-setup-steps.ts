import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Steps of the set-up that were taken or left for later. Who set up before there were steps has taken those that leave no other trace. */
export class SetupSteps1763690040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'setup_steps',
        columns: [
          { name: 'key', type: 'varchar', length: '30', isPrimary: true },
          { name: 'state', type: 'varchar', length: '10' },
          { name: 'at', type: 'bigint' },
        ],
      }),
    );
    const [admins]: { count: number | string }[] = await runner.query('SELECT COUNT(*) AS "count" FROM "admins"');
    if (Number(admins?.count ?? 0) === 0) return;
    for (const key of ['domain', 'currency', 'timeZone', 'signup', 'network']) {
      await runner.query(`INSERT INTO "setup_steps" ("key", "state", "at") VALUES ('${key}', 'done', ${Date.now()})`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('setup_steps');
  }
}
