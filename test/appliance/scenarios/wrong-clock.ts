import assert from 'node:assert/strict';
import { logInAsAdministrator } from '../../support/pages.ts';
import { eventually } from '../../support/wait.ts';
import { Appliance } from '../support/appliance.ts';
import { ABROAD, callTo, carrier } from '../support/company.ts';
import { inBrowser, picture } from '../support/pages.ts';
import { companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

/** The battery of the clock is empty: the machine runs, says so, and charges nobody by a time that cannot be. */
export const wrongClock: Scenario = {
  name: 'wrong-clock',
  rows: 'gate (e): clock in 1970; A-25',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'wrong-clock');
    const appliance = await Appliance.boot({
      name: 'wrong-clock',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: company.disk, serial: 'DATA-0001' }],
      ports: company.ports,
      clock: '1970-01-02T00:00:00',
    });
    try {
      await appliance.running();
      assert.match(await appliance.console.shows('Enter: menu'), /Clock +wrong/, 'the console says so');
      await appliance.machine.picture('console-wrong-clock');
      await appliance.logIn();
      const clock = await appliance.api.get('/clock');
      assert.deepEqual({ blocked: clock.blocked, why: clock.why }, { blocked: true, why: 'before-build' });
      await eventually(
        'there is an alarm',
        async () => JSON.stringify(await appliance.api.get('/alarms')).includes('clock-not-set'),
        180_000,
      );
      const refused = { status: '503', words: '[Cc]lock|[Tt]ime', patience: 20_000 };
      await (await callTo(appliance, 'call-refused', company.caller, ABROAD, { fill: refused })).finished();
      bench.proven('clock in 1970: console, alarm and the refusal of paid calls say so');
      await setTheClock(appliance);
      const far = await carrier(company.carrierPort);
      const near = await callTo(appliance, 'call', company.caller, ABROAD, { more: ['-d', '1500'] });
      await Promise.all([near.finished(), far.finished()]);
      bench.proven('clock taken from the browser: paid calls go on');
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
  },
};

/** An administrator takes the time of the computer in front of him. His session of 1970 ends by that. */
async function setTheClock(appliance: Appliance): Promise<void> {
  await inBrowser('wrong-clock', async (profile) => {
    const page = await (await profile()).newPage();
    await logInAsAdministrator(page, appliance.web);
    await page.getByRole('button', { name: 'Check the time' }).click();
    const dialog = page.getByRole('dialog', { name: 'What time is it?' });
    await dialog.getByText('This computer', { exact: true }).waitFor();
    await picture(page, 'clock-dialog');
    await dialog.getByRole('button', { name: 'Take the time of this computer' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });
  await appliance.logIn();
  const { blocked, now } = await appliance.api.get('/clock');
  assert.equal(blocked, false);
  assert.ok(Math.abs(Date.parse(now) - Date.now()) < 60_000, `the clock of the machine is right: ${now}`);
  await eventually('the console says so no more', () => !/Clock +wrong/.test(appliance.console.text), 60_000);
}
