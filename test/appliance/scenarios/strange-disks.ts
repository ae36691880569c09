import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../support/process.ts';
import { blankDisk, copyDisk, damageData, hashOf } from '../machine/disk.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { type Bench, type Company, companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

const MINUTES_MS = 300_000;

/** Disks that claim to be the data disk: a hostile stick is ignored, and of two copies a person chooses. */
export const strangeDisks: Scenario = {
  name: 'strange-disks',
  rows: 'hostile stick, gate (i); two disks with the same label; damaged disk; A-2',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'strange-disks');
    const stick = await hostileStick(join(bench.folder, 'hostile.raw'));
    const hash = await hashOf(stick);
    const ours = { file: company.disk, serial: 'DATA-0001' };
    const appliance = await Appliance.boot({
      name: 'hostile-stick',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: stick, serial: 'HOSTILE-1', usb: true }, ours],
      ports: company.ports,
    });
    try {
      await appliance.running();
      await appliance.logIn();
      const { state } = await appliance.api.get('/host');
      assert.equal(state.disk.serial, 'DATA-0001', 'the data disk is the genuine one');
      assert.doesNotMatch(appliance.machine.raw, /HOSTILE WAS HERE/, 'nothing of the stick ran');
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
    assert.equal(await hashOf(stick), hash, 'nothing was written to the stick');
    bench.proven('hostile stick with label and persistence.conf: ignored, unchanged');
    await twoCopies(bench, company);
    await damaged(bench, company);
  },
};

async function twoCopies(bench: Bench, company: Company): Promise<void> {
  const copy = await copyDisk(company.disk, join(bench.folder, 'copy.raw'));
  const appliance = await Appliance.boot({
    name: 'two-data-disks',
    boot: { cd: bench.images.current },
    firmware: 'uefi',
    disks: [
      { file: company.disk, serial: 'DATA-0001' },
      { file: copy, serial: 'DATA-COPY' },
    ],
    ports: company.ports,
  });
  try {
    const { console: person } = appliance;
    await person.overview(/MORE THAN ONE DATA DISK/, BOOT_MS);
    await appliance.machine.picture('console-two-disks');
    assert.match(await appliance.status(), /More than one/);
    await assert.rejects(appliance.info(), 'nothing is started on either');
    await person.openMenu();
    await person.choose('Data disk');
    const list = await person.shows('DATA-COPY');
    assert.match(list, /DATA-0001/);
  } finally {
    await appliance.machine.powerCut();
  }
  assert.equal(await hashOf(copy), await hashOf(company.disk), 'neither of the two was written to');
  bench.proven('two disks with one label: nothing starts, both are listed, neither is written to');
}

/** A folder that cannot be read any more: nothing starts, until a person has it repaired. */
async function damaged(bench: Bench, company: Company): Promise<void> {
  await damageData(company.disk, '/voicemail');
  const appliance = await Appliance.boot({
    name: 'damaged-disk',
    boot: { cd: bench.images.current },
    firmware: 'bios',
    disks: [{ file: company.disk, serial: 'DATA-0001' }],
    ports: company.ports,
  });
  try {
    const { console: person, machine } = appliance;
    await person.overview(/DATA DISK DAMAGED/, BOOT_MS);
    await machine.picture('console-damaged');
    assert.match(await appliance.status(), /is damaged/);
    await assert.rejects(appliance.info(), 'nothing is started on it');
    await person.openMenu();
    await person.choose('Data disk');
    await person.choose('Repair the disk');
    await person.shows('Repair the disk?');
    await person.choose('Yes');
    await person.shows('Power off', MINUTES_MS);
    await person.leave();
    await appliance.running();
    await appliance.logIn();
    assert.equal((await appliance.api.get('/calls')).total, company.records, 'the records are there');
    await readyForTheNext(appliance);
  } finally {
    await appliance.machine.powerCut();
  }
  await inspect(company.disk);
  bench.proven('damaged disk: nothing starts by itself; repaired from the console it goes on with all records');
}

/** A stick that live-boot's persistence would have taken as the root of the machine. */
async function hostileStick(file: string): Promise<string> {
  blankDisk(file, 256);
  const source = join(file, '..', 'hostile');
  const script = join(source, 'rw', 'usr', 'local', 'sbin', 'dialtone');
  await runProgram('mkdir', ['-p', join(script, '..')]);
  writeFileSync(join(source, 'persistence.conf'), '/ union\n');
  writeFileSync(script, '#!/bin/sh\necho HOSTILE WAS HERE >/dev/ttyS0\n', { mode: 0o755 });
  // As a whole disk and without a partition: live-boot took those, too.
  const { code, stderr } = await runProgram('mkfs.ext4', ['-q', '-F', '-L', 'dialtone-data', '-d', source, file]);
  if (code !== 0) throw new Error(`mkfs.ext4: ${stderr}`);
  return file;
}
