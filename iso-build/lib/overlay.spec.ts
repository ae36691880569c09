import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layOver } from './overlay.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overlay-'));
  for (const name of ['over/etc', 'over/bin', 'root/etc', 'root/usr/bin']) mkdirSync(join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

it('replaces files and links, joins folders, and goes through a link to a folder', () => {
  symlinkSync('usr/bin', join(folder, 'root/bin'));
  writeFileSync(join(folder, 'root/etc/kept'), 'kept');
  symlinkSync('/nowhere', join(folder, 'root/etc/conf'));
  writeFileSync(join(folder, 'over/etc/conf'), 'ours', { mode: 0o600 });
  symlinkSync('/dev/null', join(folder, 'over/etc/masked'));
  writeFileSync(join(folder, 'over/bin/tool'), '');
  chmodSync(join(folder, 'over/bin/tool'), 0o700);
  layOver(join(folder, 'over'), join(folder, 'root'));

  const root = join(folder, 'root');
  expect(readFileSync(join(root, 'etc/kept'), 'utf8')).toBe('kept');
  expect(readFileSync(join(root, 'etc/conf'), 'utf8')).toBe('ours');
  expect(lstatSync(join(root, 'etc/conf')).mode & 0o777).toBe(0o644);
  expect(readlinkSync(join(root, 'etc/masked'))).toBe('/dev/null');
  expect(readlinkSync(join(root, 'bin'))).toBe('usr/bin');
  expect(lstatSync(join(root, 'usr/bin/tool')).mode & 0o777).toBe(0o755);
});
