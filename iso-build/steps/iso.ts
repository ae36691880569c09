import { copyFileSync, cpSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../lib/command.ts';
import { digestOf, filesBelow, sha256File } from '../lib/digest.ts';
import { hashFile, signHash } from '../lib/minisign.ts';
import { signingKey } from '../lib/signing-key.ts';
import { type Build, buildId, place, type Step } from '../lib/step.ts';
import { inToolbox } from './toolbox.ts';

const boot = join(import.meta.dirname, '..', 'boot');
/** Modules GRUB for BIOS carries in itself: enough to find the medium and read the others from it. */
const coreModules =
  'biosdisk iso9660 part_gpt part_msdos search search_fs_file search_label normal configfile linux linux16 serial terminal test echo';

/** What goes onto a medium. `extra` are file systems laid over the first: for tests. */
export interface Medium {
  id: string;
  version: string;
  extra: { name: string; path: string }[];
  target: string;
}

/** The image for disc and stick: BIOS, UEFI and Secure Boot from one file. */
export const iso: Step = {
  name: 'iso',
  after: ['toolbox', 'squashfs'],
  inputs: (build) => `${digestOf([boot])} ${build.version} ${build.sourceDate}`,
  outputs: (build) => [place.iso(build)],
  run: (build) => pressMedium(build, { id: buildId(build), version: build.version, extra: [], target: place.iso(build) }),
};

export function pressMedium(build: Build, medium: Medium): void {
  const work = join(build.cache, `medium-${medium.id}`);
  rmSync(work, { recursive: true, force: true });
  const tree = join(work, 'tree');
  const live = join(tree, 'live', medium.id);
  for (const folder of [live, join(tree, '.disk'), join(tree, 'boot', 'grub', 'i386-pc')]) mkdirSync(folder, { recursive: true });
  const text = (name: string): string =>
    readFileSync(join(boot, name), 'utf8').replaceAll('@BUILD_ID@', medium.id).replaceAll('@VERSION@', medium.version);

  writeFileSync(join(tree, '.disk', 'info'), `Dialtone ${medium.version} amd64\n`);
  writeFileSync(join(tree, '.disk', medium.id), '');
  for (const name of ['vmlinuz', 'initrd.img']) copyFileSync(join(place.kernel(build), name), join(live, name));
  linkSync(place.squashfs(build), join(live, 'filesystem.squashfs'));
  for (const { name, path } of medium.extra) copyFileSync(path, join(live, name));
  grubForBios(build, work, text('early.cfg'));
  writeFileSync(join(tree, 'boot', 'grub', 'grub.cfg'), text('grub.cfg'));
  copyFileSync(join(place.toolbox(build), 'boot', 'memtest86+x64.bin'), join(tree, 'boot', 'memtest.bin'));
  copyFileSync(join(place.toolbox(build), 'boot', 'memtest86+x64.efi'), join(tree, 'boot', 'memtest.efi'));
  cpSync(join(build.project, 'LICENSE'), join(tree, 'LICENSE'));
  writeSums(build, tree, medium);
  secureBootPartition(build, work);

  run('find', [work, '-exec', 'touch', '--no-dereference', `--date=@${build.sourceDate}`, '{}', '+']);
  const part = `${medium.target}.part`;
  mkdirSync(dirname(part), { recursive: true });
  rmSync(part, { force: true });
  inToolbox(build, { work, out: dirname(part) }, ['xorriso', '-as', 'mkisofs', ...mkisofs(`/mnt/out/${basename(part)}`)]);
  renameSync(part, medium.target);
  rmSync(work, { recursive: true });
}

const mkisofs = (output: string): string[] => [
  ...['-quiet', '-iso-level', '3', '-r', '-J', '-joliet-long', '-V', 'DIALTONE'],
  // A stick: MBR code, a GPT beside it, and a second entry that lets old firmware see a partition to boot.
  ...['--grub2-mbr', '/usr/lib/grub/i386-pc/boot_hybrid.img', '-partition_offset', '16', '--mbr-force-bootable'],
  ...['-append_partition', '2', '0xef', '/mnt/work/efi.img', '-appended_part_as_gpt'],
  // A disc: El Torito for BIOS, then for UEFI.
  ...[
    '-c',
    '/boot.catalog',
    '-b',
    '/boot/grub/eltorito.img',
    '-no-emul-boot',
    '-boot-load-size',
    '4',
    '-boot-info-table',
    '--grub2-boot-info',
  ],
  ...['-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot'],
  ...['-o', output, '/mnt/work/tree'],
];

function grubForBios(build: Build, work: string, early: string): void {
  const modules = join(place.toolbox(build), 'usr/lib/grub/i386-pc');
  const target = join(work, 'tree/boot/grub/i386-pc');
  for (const name of readdirSync(modules)) {
    if (/\.(mod|lst)$/.test(name)) copyFileSync(join(modules, name), join(target, name));
  }
  writeFileSync(join(work, 'early.cfg'), early);
  const options = [
    '-O',
    'i386-pc-eltorito',
    '-p',
    '/boot/grub',
    '-c',
    '/mnt/work/early.cfg',
    '-o',
    '/mnt/work/tree/boot/grub/eltorito.img',
  ];
  inToolbox(build, { work }, ['grub-mkimage', ...options, ...coreModules.split(' ')]);
}

/** The partition UEFI reads: shim, which the firmware trusts, and the GRUB for CD that shim trusts. */
function secureBootPartition(build: Build, work: string): void {
  const files = join(work, 'efi');
  mkdirSync(files);
  const signed: [from: string, to: string][] = [
    ['usr/lib/shim/shimx64.efi.signed', 'BOOTX64.EFI'],
    ['usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed', 'grubx64.efi'],
    ['usr/lib/shim/mmx64.efi.signed', 'mmx64.efi'],
  ];
  for (const [from, to] of signed) copyFileSync(join(place.toolbox(build), from), join(files, to));
  run('find', [files, '-exec', 'touch', `--date=@${build.sourceDate}`, '{}', '+']);
  const image = '/mnt/work/efi.img';
  // 8 MB as FAT; its serial number is fixed, else it would be the time of day.
  const script = [
    `mformat -C -i ${image} -t 16 -h 64 -s 16 -N 64696c74 -v DIALTONE ::`,
    `mmd -i ${image} ::/EFI ::/EFI/BOOT`,
    ...signed.map(([, to]) => `mcopy -m -i ${image} /mnt/work/efi/${to} ::/EFI/BOOT/${to}`),
  ];
  inToolbox(build, { work }, ['sh', '-euc', script.join('\n')]);
}

/** Sums of what the running system reads from the medium, signed: it checks them itself now and then. */
function writeSums(build: Build, tree: string, medium: Medium): void {
  const files = filesBelow(join(tree, 'live')).map((name) => `live/${name}`);
  const path = join(tree, 'SHA256SUMS');
  writeFileSync(path, files.map((name) => `${sha256File(join(tree, name))}  ${name}\n`).join(''));
  writeFileSync(`${path}.minisig`, signHash(hashFile(path), signingKey(build), `medium of Dialtone ${medium.version}, build ${medium.id}`));
}
