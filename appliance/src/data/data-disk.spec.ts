import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Exec } from '../exec.ts';
import { DataDisk } from './data-disk.ts';
import { newMarker } from './prepare.ts';

const PARTUUID = '4b77d73a-7e31-46f4-86af-40682ec9a60f';
const folder = mkdtempSync(join(tmpdir(), 'dialtone-data-disk-'));

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

it('finds a disk that was plugged in a moment ago: the kernel has not met it yet', async () => {
  // Files are read for real, so only the second between two looks is played.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const children = [{ name: 'sdb1', path: '/dev/sdb1', type: 'part', size: 1e9 }];
  const stick = { name: 'sdb', path: '/dev/sdb', type: 'disk', size: 2e9, serial: 'S1', children };
  let looks = 0;
  const exec: Exec = async (program) => {
    const answer = (stdout: string, code = 0) => ({ code, stdout, stderr: '' });
    if (program === 'lsblk') return answer(JSON.stringify({ blockdevices: ++looks > 5 ? [stick] : [] }));
    if (program === 'blkid') return answer(`LABEL=dialtone-data\nTYPE=ext4\nPART_ENTRY_UUID=${PARTUUID}\n`);
    if (program === 'debugfs') return answer(JSON.stringify(newMarker(PARTUUID, '0.1.0', new Date())));
    if (program === 'dumpe2fs') return answer('');
    // As far as the check, which nobody gets through here: there is no disk to mount.
    if (program === 'e2fsck') return answer('UNEXPECTED INCONSISTENCY', 4);
    throw new Error(`unexpected ${program}`);
  };
  const data = new DataDisk({
    exec,
    version: '0.1.0',
    fsckPath: join(folder, 'fsck.json'),
    changed: () => undefined,
    ready: async () => undefined,
  });
  const done = data.look();
  let over = false;
  void done.finally(() => (over = true));
  while (!over) {
    vi.advanceTimersByTime(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([data.state, looks]).toEqual(['damaged', 6]);
});
