import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { administrator, domain } from '../../support/server.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { DATA, hashOf, partitions, stickWith } from '../machine/disk.ts';
import type { Firmware } from '../machine/machine.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { eraseAll, newSystem } from '../support/console-steps.ts';
import type { Scenario } from '../support/scenario.ts';

const MINUTES_MS = 300_000;

/** The entry of the protective MBR that some old BIOSes boot by (A3.7). */
function bootEntry(file: string): string {
  const handle = openSync(file, 'r');
  const entry = Buffer.alloc(16);
  readSync(handle, entry, 0, 16, 0x1ce);
  closeSync(handle);
  return entry.toString('hex');
}

/** One USB stick for everything: the image written to it as it is, and the free space behind it for the data. */
export const stick: Scenario = {
  name: 'stick',
  rows: 'BIOS USB, UEFI USB, stick with data behind the image (A3.7)',
  short: true,
  async run(bench) {
    const file = stickWith(bench.images.current, join(bench.folder, 'stick.raw'), 2048);
    const image = partitions(file)[0];
    assert.ok(image, 'the image brings a partition table');
    const hash = await hashOf(file, image);
    const entry = bootEntry(file);
    const ports = await Ports.take();
    const boot = (name: string, firmware: Firmware) =>
      Appliance.boot({ name, boot: { stick: { file, serial: 'STICK-0001', usb: true } }, firmware, ports });

    const first = await boot('stick-bios', 'bios');
    try {
      await first.console.overview(/DATA DISK NOT FOUND/, BOOT_MS);
      const code = await newSystem(first, 'free space behind', 'free space of this stick?');
      await first.api.post('/setup', { code, admin: administrator, domain, currency: 'EUR', language: 'en' });
      await sleep(2000);
    } finally {
      await first.machine.powerCut();
    }
    await inspect(file);
    assert.equal(await hashOf(file, image), hash, 'the image on the stick is as it was');
    bench.proven('BIOS, USB: free space behind the image became the data partition; the image is untouched');

    const second = await boot('stick-uefi', 'uefi');
    try {
      bench.figure('power to dial tone (UEFI, USB, data on the stick)', `${(await second.dialTone()).toFixed(0)} s`);
      await second.running();
      assert.equal((await second.info()).setupNeeded, false, 'the set-up survived the power cut');
      await second.logIn();
      const { state } = await second.api.get('/host');
      assert.equal(state.disk.onBootMedium, true, 'the system page can say that the data is on the stick');
      bench.proven('UEFI, USB: the data on the stick is found after a power cut');
      await eraseAll(second);
      const isGone = () => !partitions(file).some(({ name }) => name === DATA);
      // Written after the table, by which it is lost.
      await eventually(
        'the data partition is gone, what old BIOSes boot by is there',
        () => isGone() && bootEntry(file) === entry,
        MINUTES_MS,
      );
    } finally {
      await second.machine.powerCut();
    }
    assert.equal(await hashOf(file, image), hash, 'the image on the stick is as it was');
    bench.proven('factory reset: the room behind the image is free again, the image untouched');
    rmSync(file);
  },
};
