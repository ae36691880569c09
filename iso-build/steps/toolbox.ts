import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { archiveState, machineMirrors, proxyOptions, sourcesList, suite } from '../lib/archive.ts';
import { run } from '../lib/command.ts';
import { readPackageList } from '../lib/package-list.ts';
import { type Build, cleanEnvironment, place, type Step } from '../lib/step.ts';

const list = join(import.meta.dirname, '..', 'toolbox.txt');

/** The programs of Debian 13 that pack the image, unpacked into a folder and run in it. */
export const toolbox: Step = {
  name: 'toolbox',
  after: [],
  inputs: (build) => `${readPackageList(list).join(' ')} ${archiveState(build.cache, machineMirrors())}`,
  outputs: (build) => [place.toolbox(build)],
  run(build) {
    const folder = place.toolbox(build);
    rmSync(folder, { recursive: true, force: true });
    const include = `--include=${readPackageList(list).join(',')}`;
    run('mmdebstrap', ['--mode=root', '--variant=extract', '--architectures=amd64', ...proxyOptions(), include, suite, folder, '-'], {
      input: sourcesList(machineMirrors()),
      env: cleanEnvironment(build.sourceDate),
    });
  },
};

/**
 * Runs a program of the toolbox.
 * @param folders folders of this machine it reads and writes: seen at `/mnt/<name>` by the program
 */
export function inToolbox(build: Build, folders: Record<string, string>, command: string[], sourceDate = build.sourceDate): string {
  const binds = Object.entries(folders).map(([name, path]) => `mkdir -p mnt/${name} && mount --bind '${path}' mnt/${name}`);
  // A mount namespace of its own: the bind mounts end with the program, however it ends.
  const script = `cd '${place.toolbox(build)}' && ${[...binds, 'mount --bind /dev dev', 'exec chroot . "$@"'].join(' && ')}`;
  return run('unshare', ['--mount', '--propagation=private', 'sh', '-c', script, 'sh', ...command], { env: cleanEnvironment(sourceDate) });
}
