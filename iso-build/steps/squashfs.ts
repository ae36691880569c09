import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Build, place, type Step } from '../lib/step.ts';
import { inToolbox } from './toolbox.ts';

/**
 * Packs a folder into a squashfs: owner as they are, every time that of the source.
 * Blocks of 256 KB: with the 1 MB that packs a little better, a machine of 512 MB reads four times as much for each page it needs.
 */
export function packSquashfs(build: Build, folder: string, file: string): void {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  const time = String(build.sourceDate);
  const options = ['-comp', 'zstd', '-Xcompression-level', '15', '-b', '256K', '-noappend', '-no-progress', '-quiet'];
  const times = ['-all-time', time, '-mkfs-time', time];
  const target = part.slice(dirname(part).length + 1);
  // mksquashfs refuses to be told the time twice.
  const command = ['env', '-u', 'SOURCE_DATE_EPOCH', 'mksquashfs', '/mnt/in', `/mnt/out/${target}`, ...options, ...times];
  inToolbox(build, { in: folder, out: dirname(file) }, command);
  renameSync(part, file);
}

/** The read-only file system of the image. */
export const squashfs: Step = {
  name: 'squashfs',
  after: ['toolbox', 'root'],
  inputs: () => '',
  outputs: (build) => [place.squashfs(build)],
  run: (build) => packSquashfs(build, place.root(build), place.squashfs(build)),
};
