import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

/** Call records, the journal of paid calls that are talking, and the heartbeat that says until when they were. */
export class CdrsJournal1763690000300 implements MigrationInterface {
  readonly name = 'CdrsJournal1763690000300';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'cdrs',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
          { name: 'callId', type: 'varchar', length: '64', isUnique: true },
          { name: 'sipCallId', type: 'varchar', length: '255' },
          { name: 'fromSubscriberId', type: 'integer', isNullable: true },
          { name: 'toSubscriberId', type: 'integer', isNullable: true },
          { name: 'accountId', type: 'integer', isNullable: true },
          { name: 'fromUser', type: 'varchar', length: '255' },
          { name: 'dialled', type: 'varchar', length: '255' },
          { name: 'e164', type: 'varchar', length: '32', isNullable: true },
          { name: 'destination', type: 'varchar', length: '120', isNullable: true },
          { name: 'gatewayId', type: 'integer', isNullable: true },
          { name: 'direction', type: 'varchar', length: '10' },
          { name: 'startedAt', type: 'bigint' },
          { name: 'answeredAt', type: 'bigint', isNullable: true },
          { name: 'endedAt', type: 'bigint' },
          { name: 'talkMs', type: 'bigint' },
          { name: 'billedSeconds', type: 'integer' },
          { name: 'cost', type: 'bigint' },
          { name: 'status', type: 'integer' },
          { name: 'reason', type: 'varchar', length: '255' },
          { name: 'endedBy', type: 'varchar', length: '16' },
          { name: 'missed', type: 'boolean' },
          { name: 'refusal', type: 'varchar', length: '40', isNullable: true },
          { name: 'userAgent', type: 'varchar', length: '255', isNullable: true },
          { name: 'rate', type: 'text', isNullable: true },
        ],
        indices: [
          { name: 'cdrs_started', columnNames: ['startedAt'] },
          { name: 'cdrs_from', columnNames: ['fromSubscriberId', 'startedAt'] },
          { name: 'cdrs_to', columnNames: ['toSubscriberId', 'startedAt'] },
        ],
      }),
    );
    await q.createTable(
      new Table({
        name: 'call_journal',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'answeredMono', type: 'bigint' },
          { name: 'answeredAt', type: 'bigint' },
          { name: 'call', type: 'text' },
        ],
      }),
    );
    await q.createTable(
      new Table({
        name: 'call_heartbeat',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'mono', type: 'bigint' },
        ],
      }),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('call_heartbeat');
    await q.dropTable('call_journal');
    await q.dropTable('cdrs');
  }
}
