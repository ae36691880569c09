import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' as const };

export class JobsStatistics1763690003000 implements MigrationInterface {
  readonly name = 'JobsStatistics1763690003000';

  async up(q: QueryRunner): Promise<void> {
    await q.createTable(
      new Table({
        name: 'job_runs',
        columns: [
          id,
          { name: 'job', type: 'varchar', length: '40' },
          { name: 'trigger', type: 'varchar', length: '10' },
          { name: 'actor', type: 'varchar', length: '120', isNullable: true },
          { name: 'startedAt', type: 'bigint' },
          { name: 'endedAt', type: 'bigint' },
          { name: 'result', type: 'varchar', length: '10' },
          { name: 'message', type: 'varchar', length: '2000' },
        ],
        indices: [{ name: 'job_runs_job', columnNames: ['job', 'startedAt'] }],
      }),
    );
    await q.createTable(
      new Table({
        name: 'statistics_samples',
        columns: [
          { name: 'at', type: 'bigint', isPrimary: true },
          { name: 'activeCalls', type: 'integer' },
          { name: 'registrations', type: 'integer' },
          { name: 'attempts', type: 'integer' },
          { name: 'answered', type: 'integer' },
          { name: 'failures', type: 'text' },
          { name: 'cpuPercent', type: 'real' },
          { name: 'memoryBytes', type: 'bigint' },
        ],
      }),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.dropTable('statistics_samples');
    await q.dropTable('job_runs');
  }
}
