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
 * Debian 13 with the packages of packages.txt and nothing of ours, as one archive. Its time is that of the last commit to the files that
 * say what is in it: so a base out of the cache has the bytes of one that is made anew.
 */
export const base: Step = {
  name: 'base',
  after: [],
  inputs: (build) => `${readPackageList(list).join(' ')} ${run('cat', [hook, withoutList])} ${archiveState(build.cache, machineMirrors())}`,
  outputs: (build) => [place.base(build), place.baseControl(build)],
  run(build) {
    const date = process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct', '--', folder], { cwd: build.project }).trim();
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
      { input: sourcesList(machineMirrors()), env: cleanEnvironment(date === '' ? build.sourceDate : Number(date)) },
    );
    renameSync(part, place.base(build));
  },
};
