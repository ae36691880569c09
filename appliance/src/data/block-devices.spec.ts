import { describe, expect, it } from 'vitest';
import { parseBlkid, parseLsblk, parseWipefs, tree } from './block-devices.ts';

// lsblk of util-linux 2.41 in the appliance, with a stick of somebody's and a CD drive.
const LSBLK = `{"blockdevices":[
 {"name":"sda","path":"/dev/sda","type":"disk","size":16013942784,"model":"Ultra Fit        ","serial":"4C530001","tran":"usb","rm":true,"ro":false,"mountpoints":[null],
  "children":[{"name":"sda1","path":"/dev/sda1","type":"part","size":16012894208,"model":null,"serial":null,"tran":null,"rm":true,"ro":false,"mountpoints":["/mnt",null]}]},
 {"name":"sdb","path":"/dev/sdb","type":"disk","size":"500107862016","model":"WDC WD5000","serial":"WD-WX11","tran":"sata","rm":"0","ro":"0","mountpoints":[null],
  "children":[{"name":"sdb1","path":"/dev/sdb1","type":"part","size":500000000000,"mountpoints":[],
   "children":[{"name":"vg-swap","path":"/dev/mapper/vg-swap","type":"lvm","size":1000,"mountpoints":["[SWAP]"]}]}]},
 {"name":"sr0","path":"/dev/sr0","type":"rom","size":362217472,"model":"QEMU DVD-ROM","serial":"QM00003","tran":"ata","rm":true,"ro":false,"mountpoints":["/run/live/medium"]}
]}`;

describe('lsblk', () => {
  it('reads disks, what lies on them, and where it is mounted', () => {
    const [stick, disk, cd] = parseLsblk(LSBLK);
    expect(stick).toMatchObject({
      name: 'sda',
      model: 'Ultra Fit',
      serial: '4C530001',
      transport: 'usb',
      removable: true,
      mountPoints: [],
    });
    expect(stick?.children[0]?.mountPoints).toEqual(['/mnt']);
    // Older versions write numbers and booleans as strings.
    expect(disk).toMatchObject({ size: 500107862016, removable: false });
    expect(disk && tree(disk).map((d) => [d.name, d.type, d.mountPoints])).toEqual([
      ['sdb', 'disk', []],
      ['sdb1', 'part', []],
      ['vg-swap', 'lvm', ['[SWAP]']],
    ]);
    expect(cd).toMatchObject({ type: 'rom', mountPoints: ['/run/live/medium'] });
  });

  it('throws at what lsblk does not print', () => {
    expect(() => parseLsblk('{"devices":[]}')).toThrow();
  });
});

describe('wipefs and blkid', () => {
  it('reads signatures; silence means there are none', () => {
    const json =
      '{"signatures": [{"device":"vda","offset":"0x200","type":"gpt","uuid":null,"label":null},{"device":"vda1","offset":"0x438","type":"ext4","uuid":"b8","label":"photos"}]}';
    expect(parseWipefs(json)).toEqual([
      { device: 'vda', type: 'gpt', label: '' },
      { device: 'vda1', type: 'ext4', label: 'photos' },
    ]);
    expect(parseWipefs('')).toEqual([]);
  });

  it('reads the facts of a partition', () => {
    const facts = parseBlkid(
      'DEVNAME=/dev/vda1\nLABEL=dialtone-data\nTYPE=ext4\nPART_ENTRY_NAME=my\\ disk\nPART_ENTRY_UUID=4b77d73a-7e31\n',
    );
    expect(facts.get('LABEL')).toBe('dialtone-data');
    expect(facts.get('PART_ENTRY_NAME')).toBe('my disk');
    expect(parseBlkid('').size).toBe(0);
  });
});
