import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/**
 * HA1 of `number@domain`, for phones that give their whole address as the user name. It cannot be made from what is stored: it is empty
 * for SIP passwords from before, until they are changed.
 */
export class Ha1AtDomain1763690025000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('subscribers', new TableColumn({ name: 'ha1Md5AtDomain', type: 'varchar', length: '32', isNullable: true }));
    await runner.addColumn('subscribers', new TableColumn({ name: 'ha1Sha256AtDomain', type: 'varchar', length: '64', isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('subscribers', 'ha1Sha256AtDomain');
    await runner.dropColumn('subscribers', 'ha1Md5AtDomain');
  }
}
