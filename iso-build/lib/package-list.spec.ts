import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePackageList, readPackageList } from './package-list.ts';

describe('package list', () => {
  it('reads one name a line, without comments and empty lines, sorted', () => {
    expect(parsePackageList('# why\n\nzstd\nchrony # time\n')).toEqual(['chrony', 'zstd']);
  });

  it('refuses what is no package name, and a name that is there twice', () => {
    expect(() => parsePackageList('two words')).toThrow('"two words" is no name');
    expect(() => parsePackageList('--simulate')).toThrow('is no name');
    expect(() => parsePackageList('zstd\nzstd')).toThrow('zstd is in the list twice');
  });

  it('reads the lists of the image and of the toolbox', () => {
    const list = (name: string) => readPackageList(join(import.meta.dirname, '..', name));
    expect(list('packages.txt')).toEqual(expect.arrayContaining(['linux-image-amd64', 'live-boot', 'nftables', 'openssh-server']));
    expect(list('toolbox.txt')).toEqual(expect.arrayContaining(['shim-signed', 'grub-efi-amd64-signed', 'xorriso']));
  });
});
