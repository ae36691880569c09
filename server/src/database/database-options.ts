import sqlite3 from 'sqlite3';
import { type DataSourceOptions, getMetadataArgsStorage } from 'typeorm';
import { migrations } from './migrations/index.ts';

/**
 * TypeORM asks the driver for its verbose mode, which takes a stack and prints every parameter for each statement, and throws both away:
 * half of what a statement costs on the main thread.
 */
const quietDriver = { ...sqlite3, verbose: () => sqlite3 };

/**
 * Options of the writing data source.
 * @param url `postgres://...`, or the path of a SQLite file. No `:memory:`: readers open a second connection.
 */
export function databaseOptions(url: string): DataSourceOptions {
  const common = {
    entities: knownEntities(),
    migrations,
    migrationsRun: true,
    migrationsTransactionMode: 'each',
    synchronize: false,
  } as const;
  if (/^postgres(ql)?:/.test(url)) return { ...common, type: 'postgres', url };
  return { ...common, type: 'sqlite', database: url, driver: quietDriver, enableWAL: true, busyTimeout: 5000 };
}

/** The same database for reading only: a stray `repository.save()` fails instead of crossing a write transaction. */
export function readOnly(options: DataSourceOptions): DataSourceOptions {
  if (options.type === 'sqlite') return { ...options, migrationsRun: false, enableWAL: false, flags: sqlite3.OPEN_READONLY };
  return { ...options, migrationsRun: false, extra: { options: '-c default_transaction_read_only=on' } } as DataSourceOptions;
}

/** Every entity class imported so far: the feature modules are loaded before the database is opened. */
function knownEntities() {
  return getMetadataArgsStorage()
    .tables.filter((table) => table.type === 'regular')
    .map((table) => table.target);
}
