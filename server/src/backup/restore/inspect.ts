import { migrations } from '../../database/migrations/index.ts';
import { formatMoney } from '../../http/fields.ts';
import { micros } from '../../money/money.ts';
import { defaultSettings } from '../../settings/settings.schema.ts';
import { compareVersions } from '../../upgrade/data-version.ts';
import { ArchiveError } from '../archive/archive-error.ts';
import type { Manifest } from '../archive/manifest.ts';
import { integrityFault, SqliteFile } from '../sqlite-file.ts';

/** What a person sees before he decides. */
export interface Preview {
  readonly version: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly hostname: string;
  readonly subscribers: number;
  readonly calls: number;
  /** All balances together, decimal text. */
  readonly balance: string;
  readonly currency: string;
  /** Settings of the machine are in it: host name, time, firewall, SSH, network. */
  readonly hasHostSettings: boolean;
}

/** @returns why the file is not a whole database of Dialtone, in words */
export async function databaseFault(path: string): Promise<string | undefined> {
  const fault = await integrityFault(path);
  return fault === undefined ? undefined : `the database in it is damaged (${fault})`;
}

/**
 * Looks into the database of an unpacked archive.
 * @throws ArchiveError `newer-version`, `no-archive`
 */
export async function inspect(database: string, manifest: Manifest, version: string, entries: readonly string[]): Promise<Preview> {
  const file = await SqliteFile.open(database, 'read');
  try {
    const tables = new Set(
      (await file.all<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)).map((row) => row.name),
    );
    if (!tables.has('migrations') || !tables.has('subscribers')) {
      throw new ArchiveError('no-archive', 'The database in the file is not one of Dialtone.');
    }
    const known = new Set(migrations.map((migration) => new migration().name ?? migration.name));
    const applied = await file.all<{ name: string }>('SELECT name FROM migrations');
    if (compareVersions(manifest.version, version) > 0 || applied.some(({ name }) => !known.has(name))) {
      throw new ArchiveError(
        'newer-version',
        `The backup was made by Dialtone ${manifest.version}, which is newer than this one (${version}). Update first, then restore.`,
      );
    }
    const number = async (sql: string): Promise<number> => Number((await file.all<{ n: number | null }>(sql))[0]?.n ?? 0);
    return {
      version: manifest.version,
      createdAt: manifest.createdAt,
      hostname: manifest.hostname,
      subscribers: await number('SELECT COUNT(*) AS n FROM subscribers'),
      calls: await number('SELECT COUNT(*) AS n FROM cdrs'),
      balance: formatMoney(micros(await number('SELECT SUM(balance) AS n FROM accounts'))),
      currency: await currencyOf(file),
      hasHostSettings: entries.includes('host.json'),
    };
  } finally {
    await file.close();
  }
}

async function currencyOf(file: SqliteFile): Promise<string> {
  const rows = await file.all<{ value: string }>(`SELECT value FROM settings WHERE key = 'currency'`);
  const value: unknown = rows[0] === undefined ? undefined : JSON.parse(rows[0].value);
  return typeof value === 'string' ? value : defaultSettings.currency;
}
