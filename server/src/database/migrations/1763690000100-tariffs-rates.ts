import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Tariffs with their rates, and the default tariff that a new house begins with. */
export class TariffsRates1763690000100 implements MigrationInterface {
  readonly name = 'TariffsRates1763690000100';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'tariffs',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'name', type: 'varchar', length: '80', isUnique: true },
          { name: 'parentId', type: 'integer', isNullable: true },
          { name: 'isDefault', type: 'boolean' },
          { name: 'scale', type: 'integer' },
          { name: 'rounding', type: 'varchar', length: '10' },
          { name: 'createdAt', type: 'bigint' },
          { name: 'updatedAt', type: 'bigint' },
        ],
        foreignKeys: [{ name: 'tariffs_parent', columnNames: ['parentId'], referencedTableName: 'tariffs', referencedColumnNames: ['id'] }],
      }),
    );
    await q.createTable(
      new Table({
        name: 'rates',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'tariffId', type: 'integer' },
          { name: 'prefix', type: 'varchar', length: '15' },
          { name: 'name', type: 'varchar', length: '120' },
          { name: 'pricePerMinute', type: 'bigint' },
          { name: 'connectFee', type: 'bigint' },
          { name: 'firstIncrement', type: 'integer' },
          { name: 'nextIncrement', type: 'integer' },
          { name: 'minCharge', type: 'bigint' },
          { name: 'freeSeconds', type: 'integer' },
          { name: 'graceSeconds', type: 'integer' },
          { name: 'blocked', type: 'boolean' },
          { name: 'effectiveFrom', type: 'bigint' },
          { name: 'version', type: 'integer' },
          { name: 'connectDeductible', type: 'boolean' },
          { name: 'maxCost', type: 'bigint', isNullable: true },
          { name: 'maxCostAction', type: 'varchar', length: '10', isNullable: true },
          { name: 'tiers', type: 'text', isNullable: true },
          { name: 'updatedAt', type: 'bigint' },
        ],
        indices: [{ name: 'rates_prefix', columnNames: ['tariffId', 'prefix', 'effectiveFrom'], isUnique: true }],
        foreignKeys: [{ name: 'rates_tariff', columnNames: ['tariffId'], referencedTableName: 'tariffs', referencedColumnNames: ['id'] }],
      }),
    );
    const now = Date.now();
    await q.query(
      `INSERT INTO "tariffs" ("name", "isDefault", "scale", "rounding", "createdAt", "updatedAt") VALUES ('Standard', TRUE, 4, 'half-up', ${now}, ${now})`,
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('rates');
    await q.dropTable('tariffs');
  }
}
