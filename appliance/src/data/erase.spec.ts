import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exec } from '../exec.ts';
import { activeEntry } from './mbr.ts';
import { erasePartition } from './prepare.ts';
import { blockDevice } from './testing.ts';

const ENTRY = '80000100000001000000000001000000';

describe('the end of an installation (factory reset)', () => {
  let folder: string;
  let disk: ReturnType<typeof blockDevice>;
  let partition: ReturnType<typeof blockDevice>;
  let calls: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-erase-'));
    const path = join(folder, 'stick');
    const sector = Buffer.alloc(512);
    Buffer.from(ENTRY, 'hex').copy(sector, 0x1ce);
    await writeFile(path, sector);
    partition = blockDevice({ name: 'nvme0n1p3', type: 'part' });
    disk = { ...blockDevice({ name: 'nvme0n1', children: [partition] }), path };
    calls = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** sgdisk drops the active entry, as the real one does. */
  const machine =
    (refuses: string[] = []): Exec =>
    async (program, args) => {
      calls.push([program, ...args].join(' ').replace(disk.path, 'DISK'));
      if (refuses.includes(program)) throw new Error(`${program}: not supported`);
      if (program === 'sgdisk') {
        const file = await open(disk.path, 'r+');
        await file.write(Buffer.alloc(16), 0, 16, 0x1ce);
        await file.close();
      }
      return { code: 0, stdout: '', stderr: '' };
    };

  it('gives the room of the partition back, and keeps the stick bootable', async () => {
    await erasePartition(machine(), disk, partition);
    expect(calls).toEqual([
      'blkdiscard /dev/nvme0n1p3',
      'wipefs --all --force /dev/nvme0n1p3',
      'sgdisk -d 3 DISK',
      'partx --delete --nr 3 DISK',
    ]);
    expect(activeEntry(await readFile(disk.path))?.toString('hex')).toBe(ENTRY);
  });

  it('does without a disk that forgets, and without a new table, but not without the end of the file system', async () => {
    await erasePartition(machine(['blkdiscard', 'sgdisk']), disk, partition);
    await expect(erasePartition(machine(['wipefs']), disk, partition)).rejects.toThrow('not supported');
  });
});
