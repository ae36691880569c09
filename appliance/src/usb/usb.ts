import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { USB_ROOT, type UsbVolume } from '../../../server/src/host/contract/index.ts';
import { type BlockDevice, listBlockDevices, probeDevice, tree } from '../data/block-devices.ts';
import { bootMedium, isBootMedium } from '../data/boot-medium.ts';
import { DATA_LABEL } from '../data/find.ts';
import { serverIds } from '../data/layout.ts';
import type { Exec } from '../exec.ts';
import { log } from '../log.ts';
import { Refusal } from '../problem.ts';

/** Labels of the volume with the unattended set-up; FAT has room for eleven signs only. */
export const CONFIG_LABELS: readonly string[] = ['DIALTONE-CFG', 'DIALTONECFG'];
const TYPES = new Set(['vfat', 'exfat', 'ext4', 'ext3', 'ext2']);
// File systems without owners belong to the server as a whole.
const OWNERLESS = new Set(['vfat', 'exfat']);

/** Options of the mount: nothing on a stick is a program or a device. */
export function mountOptions(type: string, { uid, gid }: { uid: number; gid: number }): string {
  const safe = 'rw,nosuid,nodev,noexec,noatime';
  return OWNERLESS.has(type) ? `${safe},uid=${uid},gid=${gid},umask=0077,utf8` : safe;
}

const onUsb = (disk: BlockDevice): boolean => disk.type === 'disk' && (disk.removable || disk.transport === 'usb');

/** Volumes on USB disks that backups can be written to: never the medium we booted from, a data disk, or the set-up volume. */
export async function listUsb(exec: Exec): Promise<UsbVolume[]> {
  const medium = await bootMedium();
  const volumes: UsbVolume[] = [];
  for (const disk of (await listBlockDevices(exec)).filter(onUsb)) {
    if (isBootMedium(disk, medium, [])) continue;
    for (const device of tree(disk)) {
      const facts = await probeDevice(exec, device.path);
      const uuid = facts.get('UUID');
      const type = facts.get('TYPE') ?? '';
      const label = facts.get('LABEL') ?? '';
      if (!uuid || !TYPES.has(type) || label === DATA_LABEL || CONFIG_LABELS.includes(label)) continue;
      const mountPoint = join(USB_ROOT, uuid);
      const mounted = device.mountPoints.includes(mountPoint);
      volumes.push({
        uuid,
        device: device.name,
        label,
        type,
        model: disk.model,
        size: device.size,
        mountPoint: mounted ? mountPoint : null,
      });
    }
  }
  return volumes;
}

async function find(exec: Exec, uuid: string): Promise<UsbVolume> {
  const volume = (await listUsb(exec)).find((v) => v.uuid === uuid);
  if (!volume) throw new Refusal(404, 'no-such-volume', 'The USB volume is not there any more.');
  return volume;
}

/** systemd mounts it, after a check of its file system. @throws Refusal 404 no-such-volume */
export async function mountUsb(exec: Exec, uuid: string): Promise<UsbVolume> {
  const volume = await find(exec, uuid);
  if (volume.mountPoint) return volume;
  const mountPoint = join(USB_ROOT, uuid);
  await mkdir(mountPoint, { recursive: true });
  const options = mountOptions(volume.type, await serverIds());
  const flags = ['--no-ask-password', '--collect', '--fsck=yes', `--type=${volume.type}`, `--options=${options}`];
  await exec('systemd-mount', [...flags, `/dev/${volume.device}`, mountPoint], { timeout: 120_000 });
  log.notice(`USB volume ${volume.label || uuid} mounted`);
  return { ...volume, mountPoint };
}

/** Everything written is on the stick when this returns. @throws Refusal 404 no-such-volume */
export async function unmountUsb(exec: Exec, uuid: string): Promise<void> {
  const volume = await find(exec, uuid);
  if (!volume.mountPoint) return;
  await exec('systemd-umount', [volume.mountPoint], { timeout: 120_000 });
  await rmdir(volume.mountPoint).catch(() => undefined);
  log.notice(`USB volume ${volume.label || uuid} unmounted`);
}
