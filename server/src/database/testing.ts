import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { databaseOptions, readOnly } from './database-options.ts';
import { UnitOfWork } from './unit-of-work.ts';

export interface TestDatabase {
  readonly path: string;
  readonly uow: UnitOfWork;
  /** The read-only data source. */
  readonly reader: DataSource;
  close(): Promise<void>;
}

/** A migrated SQLite database in a file of its own, for specs. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'dialtone-db-'));
  const path = join(folder, 'dialtone.sqlite');
  const uow = await UnitOfWork.open(databaseOptions(path));
  const reader = await new DataSource(readOnly(databaseOptions(path))).initialize();
  return {
    path,
    uow,
    reader,
    close: async () => {
      await reader.destroy();
      await uow.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
