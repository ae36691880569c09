import assert from 'node:assert/strict';
import { eventually } from '../../support/wait.ts';
import { fillData } from '../machine/disk.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { ABROAD, addSubscriber, callTo, carrier } from '../support/company.ts';
import { companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

/** Recordings have filled the disk to its last block: an alarm says so, and calls go on being recorded and charged. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  rows: 'gate (d): disk full; A-24',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'full-disk');
    await fillData(company.disk, '/recordings/full');
    const appliance = await Appliance.boot({
      name: 'full-disk',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: company.disk, serial: 'DATA-0001' }],
      ports: company.ports,
    });
    try {
      await appliance.running();
      await appliance.machine.picture('console-full-disk');
      await appliance.logIn();
      await eventually('there is an alarm', async () => JSON.stringify(await appliance.api.get('/alarms')).includes('disk-space'), 180_000);
      const caller = await addSubscriber(appliance, '70200', { groups: ['local', 'int'], balance: '5.00' });
      const far = await carrier(company.carrierPort);
      const near = await callTo(appliance, 'call', caller, ABROAD, { more: ['-d', '1500'] });
      await Promise.all([near.finished(), far.finished()]);
      const record = await eventually('the record', async () => (await appliance.api.list(`/calls?subscriberId=${caller.id}`))[0], 180_000);
      assert.ok(Number(record.cost) > 0, 'the call is charged');
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
    await inspect(company.disk);
    bench.proven('full disk: an alarm, and a paid call recorded and charged in the room kept for money');
  },
};
