import assert from 'node:assert/strict';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { companyOf, type Scenario } from '../support/scenario.ts';

/** No network card at all: nothing waits for one, and the machine runs until it is switched off at its console. */
export const noNetwork: Scenario = {
  name: 'no-network',
  rows: 'gate (f): no network; A-23',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'no-network');
    const appliance = await Appliance.boot({
      name: 'no-network',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: company.disk, serial: 'DATA-0001' }],
      ports: company.ports,
      withoutNetwork: true,
    });
    try {
      const { console: person, machine } = appliance;
      const screen = await person.overview(/(?<!not )running/);
      bench.figure('power to a running server (BIOS, CD, no network)', `${machine.seconds.toFixed(0)} s`);
      assert.match(screen, /no network card/);
      await machine.picture('console-no-network');
      await person.openMenu();
      await person.choose('Power off');
      await person.choose('Yes');
      await machine.poweredOff();
    } finally {
      await appliance.machine.powerCut();
    }
    await inspect(company.disk);
    bench.proven('no network: runs, and goes off from the console in order');
  },
};
