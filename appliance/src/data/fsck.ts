import type { FsckResult } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';

/** e2fsck(8): 0 clean, 1 corrected, 2 corrected and reboot advised (for a mounted root only); 4 and more: not corrected. */
export function fsckResult(exitCode: number, output: string): FsckResult {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('e2fsck '));
  const outcome = exitCode === 0 ? 'clean' : exitCode <= 3 ? 'repaired' : 'failed';
  return { outcome, exitCode, summary: lines.slice(-3).join('\n') };
}

export const NO_FSCK: FsckResult = { outcome: 'none', exitCode: null, summary: '' };

const HOUR = 3_600_000;

const CODES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 32];

async function e2fsck(exec: Exec, args: readonly string[]): Promise<FsckResult> {
  const { code, stdout, stderr } = await exec('e2fsck', args, { ok: CODES, timeout: HOUR });
  return fsckResult(code, `${stdout}\n${stderr}`);
}

/** Checks an ext4 file system that is not mounted, and repairs what can be repaired without a question. Replays the journal. */
export const checkFileSystem = (exec: Exec, path: string): Promise<FsckResult> => e2fsck(exec, ['-p', path]);

/** Checks it from end to end and answers every question with yes: what cannot be saved is dropped. */
export const repairFileSystem = (exec: Exec, path: string): Promise<FsckResult> => e2fsck(exec, ['-f', '-y', path]);
