import assert from 'node:assert/strict';
import { join } from 'node:path';
import { blankDisk, hashOf } from '../machine/disk.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Appliance } from '../support/appliance.ts';
import { companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

/** The other entries of the boot menu: run from memory, and the safe mode that touches no disk. */
export const fromMemory: Scenario = {
  name: 'from-memory',
  rows: 'toram; safe mode; A-1, A-19',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'from-memory');
    const disks = [{ file: company.disk, serial: 'DATA-0001' }];
    const options = { boot: { cd: bench.images.current }, firmware: 'bios' as const, disks, ports: company.ports };
    const safeHash = await hashOf(company.disk);
    const safe = await Appliance.boot({ ...options, name: 'safe-mode' });
    try {
      await safe.console.shows('run from memory', 120_000);
      for (const _ of [1, 2]) safe.machine.press('\u001b[B');
      await safe.console.enterKey();
      assert.match(await safe.console.shows(/Safe mode/, BOOT_MS), /nothing was started/);
      await safe.machine.picture('console-safe-mode');
    } finally {
      await safe.machine.powerCut();
    }
    assert.equal(await hashOf(company.disk), safeHash, 'the data disk is as it was');
    bench.proven('safe mode: the data disk is untouched, byte for byte');

    const spare = blankDisk(join(bench.folder, 'spare.raw'), 64);
    const memory = await Appliance.boot({
      ...options,
      name: 'from-memory',
      memory: 2048,
      disks: [...disks, { file: spare, serial: 'SPARE' }],
    });
    try {
      await memory.console.shows('run from memory', 120_000);
      memory.machine.press('\u001b[B');
      await memory.console.enterKey();
      await memory.running();
      await memory.logIn();
      const { bootMedium } = await memory.api.get('/host/system');
      assert.equal(bootMedium.inMemory, true);
      await readyForTheNext(memory);
    } finally {
      await memory.machine.powerCut();
    }
    bench.proven('run from memory: the system page says that the disc can be taken out');
  },
};
