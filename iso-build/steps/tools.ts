import { ensureDebianPackages } from '../../server/bin/prepare.mjs';
import { BuildError } from '../lib/command.ts';
import type { Step } from '../lib/step.ts';

/**
 * What the machine itself must bring: the program that installs a Debian from outside. All others that write bytes of the image come
 * from that Debian (step "toolbox").
 */
export const tools: Step = {
  name: 'tools',
  after: [],
  inputs: () => '',
  outputs: () => [],
  run() {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new BuildError('The image is built on x86-64 Linux.');
    if (process.getuid?.() !== 0) {
      throw new BuildError(
        'Building the image needs root: it installs a Debian into a folder, with its owners and devices. Please run: sudo npm run iso',
      );
    }
    ensureDebianPackages({ mmdebstrap: 'mmdebstrap', 'apt-get': 'apt', git: 'git' }, 'npm run iso');
  },
};
