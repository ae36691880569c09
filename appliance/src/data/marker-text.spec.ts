import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exec } from '../exec.ts';
import { markerText } from './find.ts';

const folder = mkdtempSync(join(tmpdir(), 'dialtone-marker-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sbin = { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } };

it('finds the marker on a real file system whose bitmaps a power cut left half written', async () => {
  const disk = join(folder, 'disk.raw');
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, '.dialtone.json'), '{"schema":1}\n');
  closeSync(openSync(disk, 'w'));
  truncateSync(disk, 16 * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', '-F', '-O', 'metadata_csum', '-b', '4096', '-d', content, disk], { ...sbin, stdio: 'ignore' });
  const block = Number(/Block bitmap at (\d+)/.exec(execFileSync('dumpe2fs', [disk], { ...sbin, stdio: 'pipe' }).toString())?.[1]);
  const handle = openSync(disk, 'r+');
  writeSync(handle, Buffer.alloc(64, 0x5a), 0, 64, block * 4096);
  closeSync(handle);
  expect((await exec('debugfs', ['-R', 'cat /.dialtone.json', disk])).stdout).toBe('');
  expect(await markerText(exec, disk)).toBe('{"schema":1}\n');
});
