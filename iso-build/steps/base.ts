import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { archiveState, machineMirrors, proxyOptions, sourcesList, suite } from '../lib/archive.ts';
import { run } from '../lib/command.ts';
import { readPackageList } from '../lib/package-list.ts';
import { cleanEnvironment, place, type Step } from '../lib/step.ts';

const folder = join(import.meta.dirname, '..');
const list = join(folder, 'packages.txt');
const hook = join(folder, 'base', 'clean.sh');
const withoutList = join(folder, 'base', 'without.txt');

/** Paths of Debian packages that stay out of the image; a line that begins with `!` brings some of them back. */
function pathRules(): string[] {
  const lines = run('sed', ['-e', 's/#.*//', '-e', 's/[[:space:]]*$//', '-e', '/^$/d', withoutList]).trim().split('\n');
  return lines.map((line) => (line.startsWith('!') ? `--dpkgopt=path-include=${line.slice(1)}` : `--dpkgopt=path-exclude=${line}`));
}

/**
 * The time programs see that write one into what they make while packages are configured (the initramfs, the list of accounts). Always
 * the same one: a base out of the cache has the bytes of one that is made anew at a later commit. Seconds since 1970.
 */
const baseDate = 1795247539;

/** Debian 13 with the packages of packages.txt and nothing of ours, as one archive. */
export const base: Step = {
  name: 'base',
  after: [],
  inputs: (build) => `${readPackageList(list).join(' ')} ${run('cat', [hook, withoutList])} ${archiveState(build.cache, machineMirrors())}`,
  outputs: (build) => [place.base(build), place.baseControl(build)],
  run(build) {
    const part = `${place.base(build)}.part`;
    run(
      'mmdebstrap',
      [
        '--mode=root',
        '--variant=minbase',
        '--format=tar',
        '--architectures=amd64',
        ...proxyOptions(),
        ...pathRules(),
        // live-boot looks for it while the system comes up.
        '--setup-hook=mkdir -p "$1/etc/network"',
        `--customize-hook=sh '${hook}' "$1" '${place.baseControl(build)}'`,
        `--include=${readPackageList(list).join(',')}`,
        suite,
        part,
        '-',
      ],
      { input: sourcesList(machineMirrors()), env: cleanEnvironment(baseDate) },
    );
    renameSync(part, place.base(build));
  },
};
