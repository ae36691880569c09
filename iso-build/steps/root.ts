import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, run } from '../lib/command.ts';
import { digestOf } from '../lib/digest.ts';
import { publicKeyOf } from '../lib/minisign.ts';
import { layOver } from '../lib/overlay.ts';
import { signingKey } from '../lib/signing-key.ts';
import { type Build, buildId, cleanEnvironment, place, type Step } from '../lib/step.ts';

const overlay = (build: Build): string => join(build.project, 'appliance', 'root');

/** What the running image knows of itself. Read by shells too: no value needs quotes. */
export function releaseFile(build: Build): string {
  return [
    'NAME=Dialtone',
    `VERSION=${build.version}`,
    `BUILD_ID=${buildId(build)}`,
    `BUILD_DATE=${build.sourceDate}`,
    `PUBLIC_KEY=${publicKeyOf(signingKey(build))}`,
    '',
  ].join('\n');
}

/** Debian, the files of appliance/root over it, the product, users, and what starts by itself. */
export const root: Step = {
  name: 'root',
  after: ['base', 'product'],
  inputs: (build) =>
    `${digestOf([overlay(build), join(import.meta.dirname, '..', 'lib', 'overlay.ts')])} ${build.version} ${build.sourceDate} ${publicKeyOf(signingKey(build))}`,
  outputs: (build) => [place.root(build), place.kernel(build)],
  run(build) {
    const folder = place.root(build);
    const inside = (...command: string[]): string => run('chroot', [folder, ...command], { env: cleanEnvironment(build.sourceDate) });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    // Devices of the archive stay out: the kernel makes them.
    const unpack = ['--extract', '--preserve-permissions', '--same-owner', '--numeric-owner', '--xattrs', '--xattrs-include=*'];
    run('tar', [...unpack, '--exclude=./dev/*', '--file', place.base(build), '--directory', folder]);
    takeKernel(folder, place.kernel(build));

    if (existsSync(overlay(build))) layOver(overlay(build), folder);
    else if (!build.options.withoutAgent) throw new BuildError('The files of the appliance (appliance/root) are not there.');
    // Where the data disk is mounted: always there, always empty.
    for (const name of ['opt/dialtone', 'var/lib/dialtone']) mkdirSync(join(folder, name), { recursive: true });
    layOver(place.product(build), join(folder, 'opt/dialtone'));
    mkdirSync(join(folder, 'usr/share/doc/dialtone'), { recursive: true });
    for (const name of readdirSync(join(folder, 'opt/dialtone/doc'))) {
      renameSync(join(folder, 'opt/dialtone/doc', name), join(folder, 'usr/share/doc/dialtone', name));
    }
    rmSync(join(folder, 'opt/dialtone/doc'), { recursive: true });
    writeFileSync(join(folder, 'etc/dialtone-release'), releaseFile(build));

    inside('systemd-sysusers');
    const presets = join(folder, 'usr/lib/systemd/system-preset');
    if (readdirSync(presets).some((name) => name.includes('dialtone'))) inside('systemctl', 'preset-all');
    finish(folder, build);
  },
};

/** The kernel and its initramfs lie beside the file system on the medium, not in it. */
function takeKernel(folder: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  const boot = join(folder, 'boot');
  const names = readdirSync(boot);
  for (const [prefix, name] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    const found = names.filter((one) => one.startsWith(prefix));
    if (found.length !== 1) throw new BuildError(`Debian left ${found.length} files ${prefix}* in /boot, not one.`);
    copyFileSync(join(boot, found[0] ?? ''), join(to, name));
  }
  for (const name of names) rmSync(join(boot, name), { recursive: true });
  for (const name of ['vmlinuz', 'vmlinuz.old', 'initrd.img', 'initrd.img.old']) rmSync(join(folder, name), { force: true });
}

function finish(folder: string, build: Build): void {
  const shadow = readFileSync(join(folder, 'etc/shadow'), 'utf8');
  if (!/^root:[!*]/m.test(shadow)) throw new BuildError('The account root of the image is not locked.');
  for (const name of ['passwd-', 'group-', 'shadow-', 'gshadow-', '.pwd.lock']) rmSync(join(folder, 'etc', name), { force: true });
  // With this folder journald would write into memory what it takes for a disk, before the data disk is there.
  rmSync(join(folder, 'var/log/journal'), { recursive: true, force: true });
  // /usr never gets newer than these: nothing that updates caches after an upgrade of /usr runs at each boot.
  const updated = `TIMESTAMP_NSEC=${build.sourceDate}000000000\n`;
  for (const name of ['etc/.updated', 'var/.updated']) writeFileSync(join(folder, name), updated);
}
