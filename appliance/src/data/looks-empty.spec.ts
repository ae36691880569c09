import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { looksEmpty } from './looks-empty.ts';

const SIZE = 64 * 1024 * 1024;

describe('a disk without any signature', () => {
  let folder: string;
  let path: string;
  const write = async (bytes: Buffer, at: number) => {
    const file = await open(path, 'r+');
    await file.write(bytes, 0, bytes.length, at);
    await file.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dialtone-empty-'));
    path = join(folder, 'disk.raw');
    const file = await open(path, 'w');
    await file.truncate(SIZE);
    await file.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is empty when it holds zeros, or ones as erased flash memory does', async () => {
    expect(await looksEmpty(path, SIZE)).toBe(true);
    await write(Buffer.alloc(SIZE, 0xff), 0);
    expect(await looksEmpty(path, SIZE)).toBe(true);
  });

  it.each([
    ['in its first sector, as a disk encrypted as a whole has its salt', 17],
    ['in its last sector', SIZE - 3],
  ])('is not empty with one byte %s', async (_case, at) => {
    await write(Buffer.from([0x5a]), at);
    expect(await looksEmpty(path, SIZE)).toBe(false);
  });

  it('is not empty with data in its middle', async () => {
    await write(Buffer.alloc(4 * 1024 * 1024, 'photo'), SIZE / 2);
    expect(await looksEmpty(path, SIZE)).toBe(false);
  });

  it('is looked at whole when it is small', async () => {
    await write(Buffer.from([1]), 1_000_000);
    expect(await looksEmpty(path, 1_500_000)).toBe(false);
    await expect(looksEmpty(join(folder, 'gone'), 1000)).rejects.toThrow('ENOENT');
  });
});
