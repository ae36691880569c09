import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Accounts, and the ledger that the database itself keeps append-only. */
export class AccountsLedger1763690000200 implements MigrationInterface {
  readonly name = 'AccountsLedger1763690000200';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'accounts',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'subscriberId', type: 'integer', isUnique: true },
          { name: 'kind', type: 'varchar', length: '10' },
          { name: 'balance', type: 'bigint' },
          { name: 'creditLimit', type: 'bigint' },
          { name: 'dailyCap', type: 'bigint', isNullable: true },
          { name: 'createdAt', type: 'bigint' },
        ],
      }),
    );
    await q.createTable(
      new Table({
        name: 'ledger_entries',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'accountId', type: 'integer' },
          { name: 'type', type: 'varchar', length: '12' },
          { name: 'amount', type: 'bigint' },
          { name: 'endingBalance', type: 'bigint' },
          { name: 'reason', type: 'varchar', length: '200' },
          { name: 'actor', type: 'varchar', length: '120' },
          { name: 'idempotencyKey', type: 'varchar', length: '160', isUnique: true },
          { name: 'callId', type: 'varchar', length: '64', isNullable: true },
          { name: 'correctsId', type: 'integer', isNullable: true },
          { name: 'createdAt', type: 'bigint' },
        ],
        indices: [
          { name: 'ledger_entries_account', columnNames: ['accountId', 'id'] },
          { name: 'ledger_entries_corrects', columnNames: ['correctsId'], where: '"correctsId" IS NOT NULL' },
          { name: 'ledger_entries_created', columnNames: ['createdAt'] },
        ],
        foreignKeys: [
          { name: 'ledger_entries_owner', columnNames: ['accountId'], referencedTableName: 'accounts', referencedColumnNames: ['id'] },
          {
            name: 'ledger_entries_corrected',
            columnNames: ['correctsId'],
            referencedTableName: 'ledger_entries',
            referencedColumnNames: ['id'],
          },
        ],
      }),
    );
    await forbidChanges(q);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('ledger_entries');
    await q.dropTable('accounts');
    if (q.connection.options.type === 'postgres') await q.query('DROP FUNCTION refuse_ledger_change()');
  }
}

/** Nothing in the ledger is ever edited; a correction is a new entry. The database refuses whoever tries. */
async function forbidChanges(q: QueryRunner): Promise<void> {
  const text = 'the ledger is append-only';
  if (q.connection.options.type === 'postgres') {
    await q.query(`CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '${text}'; END $$`);
    await q.query(
      'CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE ON "ledger_entries" FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()',
    );
    return;
  }
  for (const event of ['UPDATE', 'DELETE']) {
    await q.query(
      `CREATE TRIGGER "ledger_entries_no_${event.toLowerCase()}" BEFORE ${event} ON "ledger_entries" BEGIN SELECT RAISE(ABORT, '${text}'); END`,
    );
  }
}
