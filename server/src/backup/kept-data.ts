import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What a restore and the undoing of an upgrade moved out of the way: a folder, or a database with what belongs to it. */
const PATTERN = /^(?:dialtone\.sqlite\.)?before-restore-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})(?:-wal|-shm)?$/;

/** Whoever restored the wrong thing has noticed by then. Each may be as large as all data. */
const KEPT = 2;
const KEPT_MS = 30 * 86_400_000;

/** Epoch milliseconds when it was moved; undefined for any other file. */
export function keptSince(name: string): number | undefined {
  const parts = PATTERN.exec(name)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts;
  return Date.UTC(y, mo - 1, d, h, mi, s);
}

/** Removes data of before a restore: all but the last two, and those after a month. @returns their names */
export async function pruneKeptData(dataDir: string, now = Date.now()): Promise<string[]> {
  const found = (await readdir(dataDir)).flatMap((name) => {
    const since = keptSince(name);
    return since === undefined ? [] : [{ name, since }];
  });
  const newest = [...new Set(found.map(({ since }) => since))].sort((a, b) => b - a).slice(0, KEPT);
  const old = found.filter(({ since }) => !newest.includes(since) || now - since > KEPT_MS).map(({ name }) => name);
  for (const name of old) await rm(join(dataDir, name), { recursive: true, force: true });
  return old.sort();
}
