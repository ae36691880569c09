import { describe, expect, it } from 'vitest';
import type { Exec } from '../exec.ts';
import { inEnglish } from '../texts/texts.ts';
import { freeSpaceBehind, isBootMedium, parseBootMedium, parseMount } from './boot-medium.ts';
import { chosenDisk, findDataDisks, parseLastWrite, readMarker } from './find.ts';
import { checkFileSystem, fsckResult, repairFileSystem } from './fsck.ts';
import { activeEntry } from './mbr.ts';
import { dataMountUnit, parseDataMount } from './mount.ts';
import { newMarker } from './prepare.ts';
import { blockDevice } from './testing.ts';

const PARTUUID = '4b77d73a-7e31-46f4-86af-40682ec9a60f';
const marker = newMarker(PARTUUID, '0.1.0', new Date('2026-01-02T03:04:05Z'));

/** A machine with these partitions: name -> facts of blkid, and the marker file. */
function machine(partitions: Record<string, { facts: string; marker?: string }>): { exec: Exec; calls: string[] } {
  const calls: string[] = [];
  const exec: Exec = async (program, args) => {
    calls.push([program, ...args].join(' '));
    const partition = partitions[args.at(-1)?.replace('/dev/', '') ?? ''];
    const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' });
    if (program === 'lsblk') {
      const children = Object.keys(partitions).map((name) => ({ name, path: `/dev/${name}`, type: 'part', size: 1e9 }));
      return answer(JSON.stringify({ blockdevices: [{ name: 'sda', path: '/dev/sda', type: 'disk', size: 2e9, serial: 'S1', children }] }));
    }
    if (program === 'blkid') return answer(partition?.facts ?? '');
    if (program === 'debugfs') return answer(partition?.marker ?? '');
    if (program === 'dumpe2fs') return answer('Filesystem state:  clean\nLast write time:          Sat Nov 21 07:29:30 2026\n');
    throw new Error(`unexpected ${program}`);
  };
  return { exec, calls };
}

const facts = (uuid = PARTUUID, label = 'dialtone-data', type = 'ext4') => `LABEL=${label}\nTYPE=${type}\nPART_ENTRY_UUID=${uuid}\n`;
const text = JSON.stringify(marker);

describe('which partition is the data disk (A-2)', () => {
  it('takes label, marker and PARTUUID together', async () => {
    const { found, strangers } = await findDataDisks(machine({ sda1: { facts: facts(), marker: text } }).exec);
    expect(strangers).toEqual([]);
    expect(found.map((f) => f.candidate)).toEqual([
      {
        partuuid: PARTUUID,
        device: 'sda1',
        model: '',
        serial: 'S1',
        size: 1e9,
        applianceId: marker.applianceId,
        created: '2026-01-02T03:04:05.000Z',
        lastUsed: '2026-11-21T07:29:30.000Z',
      },
    ]);
  });

  it.each([
    ['no marker', { facts: facts() }, 'no marker'],
    ['a marker that is no JSON', { facts: facts(), marker: '/ union' }, 'cannot be read'],
    ['the marker of another product', { facts: facts(), marker: '{"schema":7}' }, 'not from Dialtone'],
    [
      'a copy of the marker of another partition',
      { facts: facts('00000000-0000-0000-0000-000000000001'), marker: text },
      'another partition',
    ],
    ['another file system', { facts: facts(PARTUUID, 'dialtone-data', 'vfat'), marker: text }, 'not ext4'],
    ['no partition id', { facts: 'LABEL=dialtone-data\nTYPE=ext4\n', marker: text }, 'no UUID'],
  ])('calls a labelled partition with %s a stranger', async (_case, partition, why) => {
    const { found, strangers } = await findDataDisks(machine({ sda1: partition }).exec);
    expect(found).toEqual([]);
    expect(strangers.map((s) => [s.device, inEnglish(s.why)])).toEqual([['sda1', expect.stringContaining(why)]]);
  });

  it('does not even read other partitions', async () => {
    const { exec, calls } = machine({ sda1: { facts: facts(PARTUUID, 'photos'), marker: text } });
    expect(await findDataDisks(exec)).toEqual({ found: [], strangers: [] });
    expect(calls.some((c) => c.startsWith('debugfs'))).toBe(false);
  });

  it('finds both of two', async () => {
    const other = newMarker('00000000-0000-0000-0000-000000000002', '0.1.0', new Date());
    const two = { sda1: { facts: facts(), marker: text }, sda2: { facts: facts(other.partuuid ?? ''), marker: JSON.stringify(other) } };
    expect((await findDataDisks(machine(two).exec)).found).toHaveLength(2);
  });

  it('tells a sector by sector copy from its original by the device only', async () => {
    const { found } = await findDataDisks(machine({ sda1: { facts: facts(), marker: text }, sda2: { facts: facts(), marker: text } }).exec);
    expect(() => chosenDisk(found, PARTUUID)).toThrow('sda1 and sda2 are copies of each other');
    expect(chosenDisk(found, PARTUUID.toUpperCase(), 'sda2').partition.path).toBe('/dev/sda2');
    expect(() => chosenDisk(found, PARTUUID, 'sda3')).toThrow('no data disk');
  });

  it('is mounted as the very device that was checked, whatever other device has the same id', () => {
    expect(dataMountUnit('/dev/sda2')).toContain('\nWhat=/dev/sda2\n');
  });

  it('reads a marker only as it was written', () => {
    expect(readMarker(text, PARTUUID)).toEqual({ marker });
    const foreign = readMarker(JSON.stringify({ ...marker, applianceId: 'x' }), PARTUUID);
    expect('why' in foreign && inEnglish(foreign.why)).toContain('not from Dialtone');
    expect(newMarker(null, '1', new Date())).toMatchObject({ partuuid: null, demo: true });
    expect(parseLastWrite('nothing')).toBeNull();
  });
});

describe('the boot medium', () => {
  const mountinfo = [
    '24 1 0:22 / / rw - overlay overlay rw',
    '30 24 11:0 / /run/live/medium ro,noatime - iso9660 /dev/sda1 ro',
    '40 24 253:1 / /var/lib/dialtone rw - ext4 /dev/vda1 rw',
  ].join('\n');

  it('is what live-boot mounted', () => {
    expect(parseBootMedium(mountinfo)).toEqual({ source: '/dev/sda1', inMemory: false });
    expect(parseBootMedium(mountinfo.replace('iso9660 /dev/sda1', 'tmpfs tmpfs'))).toEqual({ source: 'tmpfs', inMemory: true });
    expect(parseBootMedium('')).toEqual({ source: '', inMemory: false });
    expect(parseMount(mountinfo, '/var/lib/dialtone')).toEqual({ type: 'ext4', source: '/dev/vda1' });
  });

  it('is told from what the sandbox of the agent mounts in place of the data', () => {
    const folder = '39 24 0:22 /var/lib/dialtone /var/lib/dialtone rw - overlay overlay rw';
    const [root = '', medium = '', data = ''] = mountinfo.split('\n');
    expect(parseDataMount([root, medium, folder, data].join('\n'))).toEqual({ type: 'ext4', source: '/dev/vda1' });
    expect(parseDataMount([root, medium, folder].join('\n'))).toBeUndefined();
    expect(parseDataMount(`${folder}\n40 39 0:50 / /var/lib/dialtone rw - tmpfs tmpfs rw`)).toEqual({ type: 'tmpfs', source: 'tmpfs' });
  });

  it('is the whole disk of the partition, or whatever carries the image when run from memory', () => {
    const disk = blockDevice({ name: 'sda', children: [blockDevice({ name: 'sda1', type: 'part' })] });
    const medium = { source: '/dev/sda1', inMemory: false };
    expect(isBootMedium(disk, medium, [])).toBe(true);
    expect(isBootMedium(blockDevice({ name: 'sdb' }), medium, [])).toBe(false);
    expect(isBootMedium(blockDevice({ name: 'sdb' }), { source: 'tmpfs', inMemory: true }, ['DIALTONE'])).toBe(true);
  });

  it('has room behind the image, from the next whole MiB to the backup table', () => {
    const MiB = 1024 * 1024;
    const image = { number: 1, start: 8192, end: 300 * MiB };
    const efi = { number: 2, start: 300 * MiB, end: 308.5 * MiB };
    const gap = { number: 3, start: 308.5 * MiB, end: 308.8 * MiB };
    expect(freeSpaceBehind(8000 * MiB, [image, efi, gap])).toBe(8000 * MiB - 33 * 512 - 309 * MiB);
    expect(freeSpaceBehind(310 * MiB, [image, efi, gap])).toBe(0);
    expect(freeSpaceBehind(8000 * MiB, [image, efi, { number: 3, start: 309 * MiB, end: 7000 * MiB }])).toBe(0);
    expect(freeSpaceBehind(8000 * MiB, [])).toBe(0);
  });

  it('keeps the dummy active entry some BIOSes boot by', () => {
    const sector = Buffer.alloc(512);
    expect(activeEntry(sector)).toBeUndefined();
    Buffer.from('80000100000001000000000001000000', 'hex').copy(sector, 0x1ce);
    expect(activeEntry(sector)?.toString('hex')).toBe('80000100000001000000000001000000');
  });
});

describe('e2fsck', () => {
  it('tells clean, repaired and failed apart', () => {
    expect(fsckResult(0, 'dialtone-data: clean, 13/131072 files\n')).toEqual({
      outcome: 'clean',
      exitCode: 0,
      summary: 'dialtone-data: clean, 13/131072 files',
    });
    expect(fsckResult(1, 'dialtone-data: recovering journal\ndialtone-data: clean').outcome).toBe('repaired');
    expect(fsckResult(4, 'e2fsck 1.47.2 (1-Jan-2025)\nUNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.')).toMatchObject({
      outcome: 'failed',
      summary: 'UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.',
    });
    expect(fsckResult(8, 'is mounted').outcome).toBe('failed');
  });

  it('answers no question by itself; a repair that somebody asked for answers each with yes', async () => {
    const calls: string[] = [];
    const exec: Exec = async (program, args) => {
      calls.push([program, ...args].join(' '));
      return { code: calls.length === 1 ? 4 : 1, stdout: '', stderr: '' };
    };
    expect((await checkFileSystem(exec, '/dev/sda1')).outcome).toBe('failed');
    expect((await repairFileSystem(exec, '/dev/sda1')).outcome).toBe('repaired');
    expect(calls).toEqual(['e2fsck -p /dev/sda1', 'e2fsck -f -y /dev/sda1']);
  });
});
