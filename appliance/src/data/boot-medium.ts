import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../files.ts';
import type { BlockDevice } from './block-devices.ts';
import { tree } from './block-devices.ts';
import { SMALLEST_DATA } from './disks.ts';

/** Where live-boot mounts what it booted from. */
export const MEDIUM = '/run/live/medium';
const SECTOR = 512;
const ALIGNMENT = 2048 * SECTOR;
/** The backup GPT at the end of a disk: 32 sectors of entries and one header. */
const BACKUP_GPT = 33 * SECTOR;

export interface BootMedium {
  /** Device or "tmpfs"; empty when the machine was not booted by live-boot. */
  readonly source: string;
  /** toram: the medium can be taken out, and which disk it was is not known any more. */
  readonly inMemory: boolean;
}

export interface Mount {
  /** Of the file system. */
  readonly type: string;
  readonly source: string;
}

/** What is mounted at a place, out of /proc/self/mountinfo (proc(5)); the last mount hides the others. */
export function parseMount(mountinfo: string, mountPoint: string): Mount | undefined {
  for (const line of mountinfo.split('\n').reverse()) {
    const [before, after] = line.split(' - ');
    if (before?.split(' ')[4] !== mountPoint || !after) continue;
    const [type = '', source = ''] = after.split(' ');
    return { type, source };
  }
  return undefined;
}

export function parseBootMedium(mountinfo: string): BootMedium {
  const mount = parseMount(mountinfo, MEDIUM);
  return mount ? { source: mount.source, inMemory: mount.type === 'tmpfs' } : { source: '', inMemory: false };
}

export const bootMedium = async (): Promise<BootMedium> => parseBootMedium(await readFile('/proc/self/mountinfo', 'utf8'));

/** The image is on this disk: it was booted from it, or (run from memory) it carries the volume the image is written as. */
export function isBootMedium(disk: BlockDevice, medium: BootMedium, labels: readonly string[]): boolean {
  return tree(disk).some((d) => d.path === medium.source) || labels.includes('DIALTONE');
}

/** First and last byte + 1 of a partition, by its number. */
export interface Extent {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Room behind the image on the stick (A3.7): after the second partition (1 = the image, 2 = the EFI system partition), whose follower is the small
 * "Gap1" that the maker of the image left. 0 when there is a real third partition already or too little room.
 */
export function freeSpaceBehind(size: number, extents: readonly Extent[]): number {
  const image = extents.filter((e) => e.number <= 2);
  const others = extents.filter((e) => e.number > 2);
  if (image.length === 0 || others.some((e) => e.end - e.start > 4 * 1024 * 1024)) return 0;
  const from = Math.ceil(Math.max(...image.map((e) => e.end)) / ALIGNMENT) * ALIGNMENT;
  const room = size - BACKUP_GPT - from;
  return room >= SMALLEST_DATA ? room : 0;
}

/** The partitions of a disk by the kernel's own numbers. */
export async function extentsOf(disk: BlockDevice, sys = '/sys/class/block'): Promise<Extent[]> {
  const parts = disk.children.filter((c) => c.type === 'part');
  return Promise.all(
    parts.map(async ({ name }) => {
      const read = async (file: string) => Number((await readText(join(sys, name, file))) ?? 0);
      const start = (await read('start')) * SECTOR;
      return { number: await read('partition'), start, end: start + (await read('size')) * SECTOR };
    }),
  );
}
