import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, createReadStream, ftruncateSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../../support/process.ts';

const MB = 1_048_576;
/** Type "Linux filesystem" of a GPT entry is not looked at: the name is. */
export const DATA = 'dialtone-data';

/** Bytes and place of a partition. */
export interface Extent {
  offset: number;
  size: number;
  name: string;
}

/** A raw disk image as a file with holes. */
export function blankDisk(file: string, megabytes: number): string {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'w');
  ftruncateSync(handle, megabytes * MB);
  closeSync(handle);
  return file;
}

/** The image written to a stick of this size, as `dd` would. */
export function stickWith(image: string, file: string, megabytes: number): string {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(image, file);
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, megabytes * MB);
  closeSync(handle);
  return file;
}

/** A copy of a disk, with its holes. */
export async function copyDisk(file: string, copy: string): Promise<string> {
  const { code, stderr } = await runProgram('cp', ['--sparse=always', file, copy], { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`cp: ${stderr}`);
  return copy;
}

/** The partitions of a GPT (UEFI 2.10, section 5.3), read from the image itself. */
export function partitions(file: string): Extent[] {
  const handle = openSync(file, 'r');
  try {
    const head = Buffer.alloc(512);
    readSync(handle, head, 0, 512, 512);
    if (head.toString('latin1', 0, 8) !== 'EFI PART') return [];
    const at = Number(head.readBigUInt64LE(72)) * 512;
    const count = head.readUInt32LE(80);
    const size = head.readUInt32LE(84);
    const table = Buffer.alloc(count * size);
    readSync(handle, table, 0, table.length, at);
    return Array.from({ length: count }, (_, index) => table.subarray(index * size, (index + 1) * size))
      .filter((entry) => entry.subarray(0, 16).some((byte) => byte !== 0))
      .map((entry) => {
        const first = Number(entry.readBigUInt64LE(32));
        const last = Number(entry.readBigUInt64LE(40));
        const name = entry.toString('utf16le', 56, 128).replace(/\0.*$/s, '');
        return { offset: first * 512, size: (last - first + 1) * 512, name };
      });
  } finally {
    closeSync(handle);
  }
}

/** @throws Error when the disk has no data partition */
export function dataPartition(file: string): Extent {
  const found = partitions(file).find(({ name }) => name === DATA);
  if (!found) throw new Error(`${file} has no partition ${DATA}`);
  return found;
}

/** SHA-256 over a part of a disk, or over all of it. */
export async function hashOf(file: string, extent?: Extent): Promise<string> {
  const hash = createHash('sha256');
  const range = extent ? { start: extent.offset, end: extent.offset + extent.size - 1 } : {};
  await pipeline(createReadStream(file, { ...range, highWaterMark: 4 * MB }), hash);
  return hash.digest('hex');
}

async function dd(args: string[]): Promise<void> {
  const { code, stderr } = await runProgram('dd', ['bs=4M', 'status=none', ...args], { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`dd: ${stderr}`);
}

/** The data partition as a file of its own: the tools of ext4 do not take an offset everywhere. */
export async function takePartition(disk: string, target: string): Promise<string> {
  const { offset, size } = dataPartition(disk);
  await dd([`if=${disk}`, `of=${target}`, 'iflag=skip_bytes,count_bytes', `skip=${offset}`, `count=${size}`, 'conv=sparse']);
  return target;
}

/**
 * A file system as after a boot: its journal replayed and checked as the machine does it (`e2fsck -p`: also the counts of free blocks, which ext4
 * leaves to that), then checked from end to end.
 * @throws Error when the machine would have needed a person, or when anything is left to correct
 */
export async function replayAndCheck(partition: string): Promise<void> {
  const boot = await runProgram('e2fsck', ['-p', partition], { timeoutMs: 300_000 });
  if (boot.code === null || boot.code > 1) throw new Error(`The check at boot would fail (${boot.code}):\n${boot.stdout}${boot.stderr}`);
  const check = await runProgram('e2fsck', ['-f', '-n', partition], { timeoutMs: 300_000 });
  if (check.code !== 0) throw new Error(`fsck is not clean after the boot (${check.code}):\n${check.stdout}${check.stderr}`);
}

/** Takes a folder out of a file system whose journal is replayed (debugfs(8)). @returns where it is now */
export async function takeFolder(partition: string, folder: string, target: string): Promise<string> {
  mkdirSync(target, { recursive: true });
  const { code, stderr } = await runProgram('debugfs', ['-R', `rdump ${folder} ${target}`, partition], { timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`debugfs: ${stderr}`);
  return join(target, basename(folder));
}

/** Writes over a folder of the data partition of a machine without power, as a failing disk would: it takes a person to put that right. */
export async function damageData(disk: string, folder: string): Promise<void> {
  const partition = await takePartition(disk, `${disk}.partition`);
  await replayAndCheck(partition);
  const { stdout } = await runProgram('debugfs', ['-R', `blocks ${folder}`, partition]);
  const { stdout: facts } = await runProgram('dumpe2fs', ['-h', partition]);
  const size = Number(/^Block size:\s+(\d+)/m.exec(facts)?.[1]);
  const handle = openSync(partition, 'r+');
  writeSync(handle, Buffer.alloc(size, 0xa5), 0, size, Number(stdout.trim().split(/\s+/)[0]) * size);
  closeSync(handle);
  // The kernel notes that it met a fault.
  const { code, stderr } = await runProgram('debugfs', ['-w', '-R', 'set_super_value state 2', partition]);
  if (code !== 0) throw new Error(`debugfs: ${stderr}`);
  await putBack(disk, partition);
}

async function putBack(disk: string, partition: string): Promise<void> {
  await dd([`if=${partition}`, `of=${disk}`, 'oflag=seek_bytes', `seek=${dataPartition(disk).offset}`, 'conv=notrunc']);
  rmSync(partition);
}

/** Puts a file into the data partition of a machine without power that takes every block the server could write to (those of root are left). */
export async function fillData(disk: string, path: string): Promise<void> {
  const partition = await takePartition(disk, `${disk}.partition`);
  await replayAndCheck(partition);
  const { stdout } = await runProgram('dumpe2fs', ['-h', partition]);
  const fact = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(stdout)?.[1]);
  // The blocks that say which blocks the file has come on top.
  const blocks = fact('Free blocks') - fact('Reserved block count') - 64;
  const commands = [
    `write /dev/null ${path}`,
    `fallocate ${path} 0 ${blocks - 1}`,
    `set_inode_field ${path} size ${blocks * fact('Block size')}`,
  ];
  for (const command of commands) {
    const { code, stderr } = await runProgram('debugfs', ['-w', '-R', command, partition], { timeoutMs: 300_000 });
    if (code !== 0) throw new Error(`debugfs ${command}: ${stderr}`);
  }
  await replayAndCheck(partition);
  await putBack(disk, partition);
}
