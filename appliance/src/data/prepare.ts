import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MARKER_FILE, type Marker } from '../../../server/src/host/contract/index.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { Refusal, words } from '../problem.ts';
import { type BlockDevice, tree } from './block-devices.ts';
import { type DescribedDisk, isConfirmed } from './disks.ts';
import { DATA_LABEL } from './find.ts';
import { keepingActiveEntry } from './mbr.ts';

const MINUTE = 60_000;
/** Partition of GPT type "Linux filesystem". */
const TYPE = '8300';

export function newMarker(partuuid: string | null, version: string, now: Date): Marker {
  return {
    applianceId: randomUUID(),
    schema: 1,
    created: now.toISOString(),
    partuuid,
    version,
    ...(partuuid === null && { demo: true }),
  };
}

/**
 * Whether a person may have this disk written over.
 * @throws Refusal 409 disk-refused, confirm-needed
 */
export function checkChoice(
  disk: DescribedDisk,
  choice: { readonly confirm?: string | undefined; readonly freeSpace?: boolean | undefined },
): void {
  const { device, confirm, refused } = disk;
  if (choice.freeSpace) {
    if (disk.freeSpace === 0) throw new Refusal(409, 'disk-refused', ({ t }) => t('refusal.noRoom', { device }));
    return; // Nothing that anyone made is in the gap behind the image.
  }
  if (refused !== '') {
    throw new Refusal(409, 'disk-refused', ({ t, say }) => t('refusal.diskRefused', { device, why: say(refused) }));
  }
  if (!isConfirmed(disk, choice.confirm)) {
    throw new Refusal(409, 'confirm-needed', ({ t }) => t('refusal.confirmNeeded', { device, confirm }));
  }
}

/** Gives the partition its file system, the marker already in it, so that there is no moment with a label and no marker. */
async function makeFileSystem(exec: Exec, path: string, marker: Marker): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dialtone-marker-'));
  try {
    await writeFile(join(folder, MARKER_FILE), `${JSON.stringify(marker, null, 2)}\n`);
    await chmod(join(folder, MARKER_FILE), 0o644);
    await exec('mkfs.ext4', ['-q', '-F', '-L', DATA_LABEL, '-m', '1', '-e', 'remount-ro', '-d', folder, path], { timeout: 30 * MINUTE });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await exec('blockdev', ['--flushbufs', path], { ok: [0, 1] });
}

/** The device of a partition appears when the kernel has read the new table and udev has made its links. */
async function waitForPartition(exec: Exec, partuuid: string): Promise<string> {
  const path = `/dev/disk/by-partuuid/${partuuid}`;
  for (let tries = 0; tries < 40; tries++) {
    await exec('udevadm', ['settle', '--timeout=5'], { ok: [0, 1] });
    if (await stat(path).catch(() => undefined)) return path;
    await sleep(250);
  }
  throw new Refusal(500, 'no-partition', ({ t }) => t('refusal.noPartition'));
}

/** The number of a partition, out of its kernel name: 3 of sda3 and of nvme0n1p3. */
const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0]);

/** A whole disk becomes one data partition. Everything on it is lost: ask `checkChoice` before. */
export async function prepareWholeDisk(exec: Exec, device: BlockDevice, version: string): Promise<Marker> {
  const partuuid = randomUUID();
  // Signatures inside of old partitions would come back to life under a new table of the same shape.
  for (const old of tree(device).reverse()) await exec('wipefs', ['--all', '--force', old.path], { timeout: MINUTE });
  await exec('sgdisk', ['--zap-all', device.path], { ok: [0, 2], timeout: MINUTE }); // 2: there was no table to zap.
  await exec('sgdisk', ['-n', '1:0:0', '-t', `1:${TYPE}`, '-c', `1:${DATA_LABEL}`, '-u', `1:${partuuid}`, device.path], {
    timeout: MINUTE,
  });
  const marker = newMarker(partuuid, version, new Date());
  await makeFileSystem(exec, await waitForPartition(exec, partuuid), marker);
  return marker;
}

/** The room behind the image on the boot stick becomes the data partition (number 3). The image itself is not touched. */
export async function prepareFreeSpace(exec: Exec, device: BlockDevice, version: string): Promise<Marker> {
  const partuuid = randomUUID();
  const gaps = device.children.map(({ name }) => numberOf(name)).filter((number) => number > 2);
  const remove = gaps.flatMap((number) => ['-d', String(number)]);
  const partition = ['-n', '3:0:0', '-t', `3:${TYPE}`, '-c', `3:${DATA_LABEL}`, '-u', `3:${partuuid}`];
  await keepingActiveEntry(device.path, async () => {
    await exec('sgdisk', ['-e', device.path], { timeout: MINUTE });
    await exec('sgdisk', [...remove, '-a', '2048', ...partition, device.path], { timeout: MINUTE });
  });
  // The disk is in use (we run from it): the kernel does not read the table again, it is told of the one change.
  for (const number of gaps) await exec('partx', ['--delete', '--nr', String(number), device.path], { ok: [0, 1] });
  await exec('partx', ['--add', '--nr', '3', device.path], { ok: [0, 1] });
  const marker = newMarker(partuuid, version, new Date());
  await makeFileSystem(exec, await waitForPartition(exec, partuuid), marker);
  return marker;
}

/**
 * The end of an installation: its file system is gone, and its partition with it. Else the room behind the image on a stick would belong to a partition
 * that nobody can have any more. A disk that can forget is told to (TRIM); on any other, what was written is there for forensic tools until it is written over.
 * @throws ExecError when the file system is still there
 */
export async function erasePartition(exec: Exec, disk: BlockDevice, partition: BlockDevice): Promise<void> {
  await exec('blkdiscard', [partition.path], { timeout: MINUTE }).catch((error: unknown) => log.info(words(error)));
  await exec('wipefs', ['--all', '--force', partition.path], { timeout: MINUTE });
  const number = String(numberOf(partition.name));
  try {
    await keepingActiveEntry(disk.path, () => exec('sgdisk', ['-d', number, disk.path], { timeout: MINUTE }));
    await exec('partx', ['--delete', '--nr', number, disk.path], { ok: [0, 1] });
  } catch (error) {
    log.warn(`The empty partition ${partition.name} stays in the table: ${words(error)}`);
  }
}
