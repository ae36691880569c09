import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hashOf } from '../machine/disk.ts';
import { foreignDisks } from '../machine/foreign-disks.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import type { Scenario } from '../support/scenario.ts';

/** Disks of somebody else in the machine: they are named for what they are, and not a byte of them changes. */
export const foreign: Scenario = {
  name: 'foreign-disks',
  rows: 'gate (c): NTFS, LVM, LUKS, ZFS attached, untouched; A-3',
  short: false,
  programs: { mkntfs: 'ntfs-3g', cryptsetup: 'cryptsetup-bin' },
  async run(bench) {
    const disks = await foreignDisks(join(bench.folder, 'foreign'));
    const before = await Promise.all(disks.map(({ file }) => hashOf(file)));
    const appliance = await Appliance.boot({
      name: 'foreign-disks',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: disks.map(({ file, name }) => ({ file, serial: `THEIRS-${name.toUpperCase()}` })),
      ports: await Ports.take(),
    });
    try {
      const { console: person } = appliance;
      await person.overview(/DATA DISK NOT FOUND/, BOOT_MS);
      await person.openMenu();
      await person.choose('Data disk');
      await person.choose('New system');
      const list = await person.shows(/vdd/);
      await appliance.machine.picture('console-foreign-disks');
      for (const [index, { type }] of disks.entries()) {
        assert.match(list, new RegExp(`vd${'abcd'[index]}.*(?:${type})`), `${type} is named in the list`);
      }
      for (const { name } of disks) {
        await person.choose(`THEIRS-${name.toUpperCase()}`);
        const asked = await person.shows('This disk is NOT empty');
        const wanted = /type (\S+)\./.exec(asked.replace(/\s+/g, ' '))?.[1] ?? '';
        assert.equal(wanted.toLowerCase(), `theirs${name}`.slice(-4), 'the last four letters and digits of the serial number');
        await person.enter('yes');
        await person.shows(/press Esc/);
        appliance.machine.press('\u001b');
        await person.shows('New system: choose');
        await person.choose('New system');
      }
      bench.proven('each foreign disk is named for what it is, and asks for its name; anything else is refused');
    } finally {
      await appliance.machine.powerCut();
    }
    for (const [index, { name, file }] of disks.entries()) assert.equal(await hashOf(file), before[index], `${name} is untouched`);
    bench.proven('NTFS, LVM, LUKS and ZFS: not a byte changed');
  },
};
