import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBackup, pruneBackups } from '../backup/backup-files.ts';
import { RestoreError, requireStopped, restoreBackup } from '../backup/restore.ts';
import { removePrivate, writePrivate } from '../files/private-file.ts';
import { REFUSAL_FILE, type ServerRefusal } from '../host/contract/index.ts';
import { compareVersions, type DataVersion, readDataVersion, writeDataVersion } from './data-version.ts';
import { databaseFacts } from './database-facts.ts';

/** Why this version must not run on this data, in words for the person at the console. Starting again does not help (sysexits(3) EX_CONFIG). */
export class DataRefused extends Error {
  static readonly exitCode = 78;
}

export const upgradesFolder = (dataDir: string): string => join(dataDir, 'upgrades');

/** Data of before `version.json` was written. */
const FIRST_VERSION = '0.1.0';
/** Copies of databases of before upgrades that are kept. */
const COPIES_KEPT = 3;

interface Place {
  readonly dataDir: string;
  readonly databaseFile: string;
  /** This version of Dialtone. */
  readonly version: string;
}

/**
 * To be called before the database is opened. Refuses data of a newer version; carries out an undo that was asked for; and before a new version
 * first touches the data, puts a copy of the database into `upgrades`.
 * @throws DataRefused with what to do; the data is as it was (or, after an undo, as it was before the upgrade)
 */
export async function guardUpgrade(o: Place & { now?: Date }): Promise<void> {
  // It is of an earlier start, perhaps of another version.
  await removePrivate(join(o.dataDir, REFUSAL_FILE));
  const known = await readDataVersion(o.dataDir);
  if (known?.undoRequested) await undoNow(o, known);
  if (known?.undone === o.version) await refuse(o.dataDir, { code: 'upgrade-undone', undone: known.undone, data: known.version });
  const facts = await databaseFacts(o.databaseFile);
  if (!facts) return;
  const version = known?.version ?? FIRST_VERSION;
  if (compareVersions(version, o.version) > 0 || facts.unknown.length > 0) {
    await refuse(o.dataDir, { code: 'data-newer', data: version, ours: o.version });
  }
  const changes = compareVersions(version, o.version) < 0 || facts.pending.length > 0;
  if (!changes || (await copyIsThere(o, known))) return;
  const at = o.now ?? new Date();
  const copy = await makeBackup(o.databaseFile, upgradesFolder(o.dataDir), at);
  await writeDataVersion(o.dataDir, {
    version,
    upgrade: { from: version, to: o.version, at: at.toISOString(), copy: copy.name, held: facts.counts, finished: false },
    undoRequested: false,
    undone: null,
  });
  await pruneBackups(upgradesFolder(o.dataDir), COPIES_KEPT);
}

/** To be called when this version runs: from now on the data is of this version. */
export async function upgradeFinished({ dataDir, version }: Pick<Place, 'dataDir' | 'version'>): Promise<void> {
  const known = await readDataVersion(dataDir);
  if (known?.version === version && known.undone === null && known.upgrade?.finished !== false) return;
  const upgrade = known?.upgrade && { ...known.upgrade, finished: true };
  await writeDataVersion(dataDir, { version, upgrade: upgrade ?? null, undoRequested: false, undone: null });
}

/** Puts the database of before the upgrade back; the one of now is kept beside it. The data then belongs to the former version. */
export async function undoUpgrade(o: Place, known: DataVersion | undefined): Promise<DataVersion> {
  const upgrade = known?.upgrade;
  if (!upgrade) throw new DataRefused('There is no upgrade to undo.');
  const file = join(upgradesFolder(o.dataDir), upgrade.copy);
  if (!existsSync(file)) throw new DataRefused(`The copy of before the upgrade, ${upgrade.copy}, is no longer there: nothing was changed.`);
  await requireStopped(o.dataDir);
  // Noted first: broken off anywhere by a power cut, the next start does it again instead of upgrading the old data anew.
  await writeDataVersion(o.dataDir, { ...known, undoRequested: true });
  try {
    await restoreBackup({ dataDir: o.dataDir, file });
  } catch (error) {
    // Nothing was changed, and trying it at every start would keep this version from running.
    if (error instanceof RestoreError) await writeDataVersion(o.dataDir, { ...known, undoRequested: false });
    throw error;
  }
  const undone: DataVersion = { version: upgrade.from, upgrade: null, undoRequested: false, undone: upgrade.to };
  await writeDataVersion(o.dataDir, undone);
  return undone;
}

/** Lets the version whose upgrade was undone take the data after all. */
export async function allowUpgradeAgain(dataDir: string): Promise<void> {
  const known = await readDataVersion(dataDir);
  if (!known?.undone) throw new DataRefused('No upgrade was undone: nothing is held back.');
  await writeDataVersion(dataDir, { ...known, undone: null });
}

async function undoNow(o: Place, known: DataVersion): Promise<never> {
  // Whoever calls the guard knows that no other process has the data; the number in this file may be anybody's by now.
  await rm(join(o.dataDir, 'run.json'), { force: true });
  const { version, undone } = await undoUpgrade(o, known);
  return refuse(o.dataDir, { code: 'upgrade-undone', undone: undone ?? o.version, data: version });
}

/** In words for whoever reads the log, and as a file for the console, which has them in its own language. */
async function refuse(dataDir: string, refusal: ServerRefusal): Promise<never> {
  // A disk without room for it leaves the words.
  await writePrivate(join(dataDir, REFUSAL_FILE), refusal).catch(() => undefined);
  throw new DataRefused(refusal.code === 'data-newer' ? newerText(refusal.data, refusal.ours) : undoneText(refusal.undone, refusal.data));
}

/** A start that was broken off after the copy and before the end of the migration must not copy the half-migrated database over it. */
async function copyIsThere(o: Place, known: DataVersion | undefined): Promise<boolean> {
  const upgrade = known?.upgrade;
  return upgrade?.to === o.version && !upgrade.finished && existsSync(join(upgradesFolder(o.dataDir), upgrade.copy));
}

const newerText = (data: string, ours: string): string =>
  `This data was last used by Dialtone ${data === ours ? 'of a newer build' : data}, which is newer than this one (${ours}). ` +
  `Nothing was changed. Start the newer Dialtone again; to come back to ${ours}, choose "undo upgrade" there.`;

const undoneText = (undone: string, data: string): string =>
  `The upgrade to Dialtone ${undone} was undone: the data is again as it was before it, and belongs to Dialtone ${data}. ` +
  `Start Dialtone ${data} now. To upgrade after all, run: dialtone upgrade again`;
