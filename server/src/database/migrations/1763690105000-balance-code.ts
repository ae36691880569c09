import type { MigrationInterface, QueryRunner } from 'typeorm';

const CODE = '*103';

/** A number that reads out the balance, unless the operator has given it to something else. */
export class BalanceCode1763690105000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [taken] = await runner.query(`SELECT "code" FROM "feature_codes" WHERE "code" = '${CODE}'`);
    if (taken) return;
    await runner.query(
      `INSERT INTO "feature_codes" ("code", "feature", "argument", "prefix", "description", "enabled") VALUES ('${CODE}', 'balance', NULL, FALSE, 'Says your balance', TRUE)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "feature_codes" WHERE "feature" = 'balance'`);
  }
}
