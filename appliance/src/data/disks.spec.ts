import { describe, expect, it } from 'vitest';
import { Refusal } from '../problem.ts';
import { inEnglish, type Text, textsIn } from '../texts/texts.ts';
import type { BlockDevice, Signature } from './block-devices.ts';
import { confirmation, describeContents, describeDisk, formatBytes, wireDisk } from './disks.ts';
import { checkChoice } from './prepare.ts';
import { blockDevice, GB } from './testing.ts';

const probed = (device: BlockDevice, signatures: Signature[] = [], more = {}) =>
  describeDisk({ device, signatures, unreadable: false, unsigned: false, bootMedium: false, freeSpace: 0, ...more });

const [en, es] = [textsIn('en'), textsIn('es')];

const refusalOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return '';
};

describe('which disks are given away, and how (A-3)', () => {
  it('takes an empty disk without a typed name', () => {
    const disk = probed(blockDevice());
    expect(disk).toMatchObject({ blank: true, refused: '', contents: [], confirm: 'AB12' });
    expect(refusalOf(() => checkChoice(disk, {}))).toBe('');
  });

  it.each([
    ['ntfs', 'sdb1'],
    ['crypto_LUKS', 'sdb'],
    ['LVM2_member', 'sdb1'],
    ['linux_raid_member', 'sdb'],
    ['zfs_member', 'sdb'],
    ['gpt', 'sdb'],
    ['dos', 'sdb'],
    ['ext4', 'sdb'],
  ])('asks for the name of a disk with %s on %s', (type, device) => {
    const disk = probed(blockDevice(), [{ device, type, label: '' }]);
    expect(disk.blank).toBe(false);
    expect(refusalOf(() => checkChoice(disk, {}))).toBe('confirm-needed');
    expect(refusalOf(() => checkChoice(disk, { confirm: 'sdb' }))).toBe('confirm-needed');
    expect(refusalOf(() => checkChoice(disk, { confirm: ' ab12 ' }))).toBe('');
  });

  it('takes a partition without any signature for something', () => {
    const disk = probed(blockDevice({ children: [blockDevice({ name: 'sdb1', type: 'part', size: GB })] }));
    expect(disk).toMatchObject({ blank: false, contents: [{ device: 'sdb1', type: 'unknown' }] });
  });

  it('takes a disk with data and without any signature for full', () => {
    const disk = probed(blockDevice(), [], { unsigned: true });
    expect(disk).toMatchObject({ blank: false, refused: '' });
    expect(describeContents(disk, en)).toBe('unknown');
    expect(refusalOf(() => checkChoice(disk, {}))).toBe('confirm-needed');
  });

  it('asks for the kernel name when the serial number is missing or too short', () => {
    expect(confirmation({ name: 'vda', serial: '' })).toBe('vda');
    expect(confirmation({ name: 'vda', serial: 'A-1' })).toBe('vda');
    expect(confirmation({ name: 'nvme0n1', serial: 'S4EV_N123-4567' })).toBe('4567');
  });

  it('never offers the boot medium, a disk in use, a write-protected, too small or unreadable one', () => {
    const why = ({ refused }: { refused: Text }) => inEnglish(refused);
    const inUse = blockDevice({
      children: [
        blockDevice({ name: 'sdb1', type: 'part', children: [blockDevice({ name: 'vg', type: 'lvm', mountPoints: ['[SWAP]'] })] }),
      ],
    });
    expect(why(probed(blockDevice(), [], { bootMedium: true }))).toContain('started from it');
    expect(why(probed(inUse))).toContain('in use');
    expect(why(probed(blockDevice({ readOnly: true })))).toContain('write-protected');
    expect(why(probed(blockDevice({ size: 1e8 })))).toContain('too small');
    const unreadable = probed(blockDevice(), [], { unreadable: true });
    expect(wireDisk(unreadable)).toMatchObject({ blank: false, refused: 'it cannot be read' });
    expect(es.say(unreadable.refused)).toBe('no se puede leer');
    expect(refusalOf(() => checkChoice(unreadable, { confirm: 'AB12' }))).toBe('disk-refused');
  });

  it('takes the free space of the boot stick only when there is some', () => {
    const stick = probed(blockDevice(), [{ device: 'sdb', type: 'iso9660', label: 'DIALTONE' }], { bootMedium: true, freeSpace: GB });
    expect(refusalOf(() => checkChoice(stick, { freeSpace: true }))).toBe('');
    expect(refusalOf(() => checkChoice({ ...stick, freeSpace: 0 }, { freeSpace: true }))).toBe('disk-refused');
    expect(refusalOf(() => checkChoice(stick, { confirm: 'AB12' }))).toBe('disk-refused');
  });
});

describe('words for disks', () => {
  it('says what is on a disk, each thing once', () => {
    const signatures = [
      { device: 'sdb', type: 'gpt', label: '' },
      { device: 'sdb', type: 'gpt', label: '' },
      { device: 'sdb', type: 'PMBR', label: '' },
      { device: 'sdb1', type: 'ext4', label: 'photos' },
    ];
    const disk = probed(blockDevice({ children: [blockDevice({ name: 'sdb1', type: 'part', size: 19.5 * GB })] }), signatures);
    expect(describeContents(disk, en)).toBe('gpt, ext4 "photos" 19.5 GB');
    expect(describeContents(probed(blockDevice()), en)).toBe('empty');
    expect(describeContents(probed(blockDevice()), es)).toBe('vacío');
  });

  it('counts as disks are sold', () => {
    expect([0, 999, 1500, 20 * GB, 512.4e9].map((bytes) => formatBytes(bytes, en))).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '20.0 GB',
      '512 GB',
    ]);
    expect([20 * GB, 512.4e9].map((bytes) => formatBytes(bytes, es))).toEqual(['20,0 GB', '512 GB']);
  });
});
