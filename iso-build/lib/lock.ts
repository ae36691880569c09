import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildError } from './command.ts';

const patienceMs = 30 * 60_000;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Two builds in one cache would tear each other's folders away: the second waits for the first.
 * @returns gives the cache back
 * @throws BuildError when the other one does not end
 */
export async function lockCache(cache: string): Promise<() => void> {
  const path = join(cache, 'lock');
  const until = Date.now() + patienceMs;
  for (let said = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = holder(path);
    if (owner !== undefined && !alive(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (Date.now() > until) throw new BuildError(`Another build (process ${owner}) works in ${cache} and does not end.`);
    if (!said) process.stdout.write(`Waiting for another build (process ${owner})\n`);
    said = true;
    await sleep(500);
  }
}

/** The process that holds the lock; undefined while the file is being written or has just gone. */
function holder(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
