import { z } from 'zod';

/** Something found on a disk or partition, in words ("ext4 \"photos\"", "NTFS", "LVM2 member", "partition table gpt"). */
const content = z.object({
  /** Kernel name, "sda1"; the disk's own for its partition table. */
  device: z.string(),
  /** As blkid(8) names it: ext4, ntfs, crypto_LUKS, LVM2_member, linux_raid_member, zfs_member, gpt, dos ... */
  type: z.string(),
  label: z.string(),
  /** Bytes; 0 when not known. */
  size: z.number(),
});
export type DiskContent = z.infer<typeof content>;

export const disk = z.object({
  /** Kernel name, "sda". */
  device: z.string(),
  model: z.string(),
  serial: z.string(),
  /** Bytes. */
  size: z.number(),
  /** usb, sata, nvme, virtio, ... as the kernel names it; empty when not known. */
  transport: z.string(),
  removable: z.boolean(),
  /** Dialtone booted from it: it is never offered whole. */
  bootMedium: z.boolean(),
  contents: z.array(content),
  /** Nothing at all was found on it: it is used without a typed name. */
  blank: z.boolean(),
  /** What must be typed to use it when it is not blank: the last 4 of its serial, or its kernel name when it has none. */
  confirm: z.string(),
  /** Why it cannot be used whole; empty when it can. */
  refused: z.string(),
  /** Bytes behind the image on the boot stick that can become the data partition; 0 when there are none. */
  freeSpace: z.number(),
});
export type Disk = z.infer<typeof disk>;

/** `GET /disks` */
export const diskList = z.object({ disks: z.array(disk) });
export type DiskList = z.infer<typeof diskList>;

/** `POST /disks/prepare`: makes a new, empty installation on a disk. 409 `confirm-needed`, `disk-refused`, `disk-in-use`; 404 `no-such-disk`. Answers hostState. */
export const prepareDisk = z.strictObject({
  device: z.string().regex(/^[a-z0-9]+$/),
  /** The typed name; needed when the disk is not blank. */
  confirm: z.string().optional(),
  /** The free space behind the image on the boot stick, instead of a whole disk. */
  freeSpace: z.boolean().optional(),
});
export type PrepareDisk = z.infer<typeof prepareDisk>;

/**
 * `POST /disks/adopt`: one of `candidates` of state `duplicate`. A copy made sector by sector has the same PARTUUID: then the device says which one.
 * 404 `no-such-disk`, 409 `same-id`. Answers hostState.
 */
export const adoptDisk = z.strictObject({ partuuid: z.string().min(1), device: z.string().optional() });
export type AdoptDisk = z.infer<typeof adoptDisk>;

/** A stick or disk that backups can be written to. */
export const usbVolume = z.object({
  /** UUID of the file system. */
  uuid: z.string(),
  device: z.string(),
  label: z.string(),
  type: z.string(),
  model: z.string(),
  size: z.number(),
  /** Where it is mounted, `/run/dialtone-host/usb/<uuid>`; null when it is not. */
  mountPoint: z.string().nullable(),
});
export type UsbVolume = z.infer<typeof usbVolume>;

/** `GET /usb` */
export const usbList = z.object({ volumes: z.array(usbVolume) });
export type UsbList = z.infer<typeof usbList>;

/** `POST /usb/mount`, `POST /usb/unmount`. 404 `no-such-volume`. mount answers usbVolume, unmount 204. */
export const usbChoice = z.strictObject({ uuid: z.string().regex(/^[0-9A-Za-z-]{4,64}$/) });
export type UsbChoice = z.infer<typeof usbChoice>;
