import assert from 'node:assert/strict';
import { sleep } from '../../support/wait.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { addSubscriber, answers, callTo } from '../support/company.ts';
import type { Bench, Company, Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

/** Memory is counted as it is sold: 512 MB are 512 times this. */
const MB = 1_048_576;

/** After the power cut, on another firmware: everything is there, and the call that was cut is closed and charged. */
export const secondLife: Scenario = {
  name: 'second-life',
  rows: 'UEFI, CD, Secure Boot on, disk present; gate (a)',
  short: true,
  after: ['first-boot'],
  async run(bench) {
    const company = bench.company as Company;
    const appliance = await Appliance.boot({
      name: 'second-life',
      boot: { cd: bench.images.current },
      firmware: 'secure-boot',
      disks: [{ file: company.disk, serial: 'DATA-0001' }],
      ports: company.ports,
    });
    try {
      bench.figure('power to dial tone (Secure Boot, CD)', `${(await appliance.dialTone()).toFixed(0)} s`);
      await appliance.running();
      await appliance.machine.picture('console-running');
      await idle(appliance, bench);
      await everythingIsThere(appliance, bench, company);
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
    await inspect(company.disk, (database) => {
      assert.equal(database.number('SELECT COUNT(*) FROM call_journal'), 0, 'calls left in the journal');
      assert.equal(database.number('SELECT COUNT(*) FROM cdrs'), company.records);
    });
    bench.proven('switched off from the web: fsck clean, books balance, one record a call');
  },
};

/** What the server takes when nobody wants anything of it. */
async function idle(appliance: Appliance, bench: Bench): Promise<void> {
  await appliance.logIn();
  await sleep(30_000);
  const { process } = await appliance.api.get('/monitor');
  const rss = process.memoryBytes / MB;
  bench.bar('RSS of the server, idle', rss, 150, 'MB');
  const { memory } = await appliance.api.get('/host/system');
  bench.figure('memory available of 512 MB, idle', `${(memory.available / MB).toFixed(0)} MB`);
}

async function everythingIsThere(appliance: Appliance, bench: Bench, company: Company): Promise<void> {
  const { caller } = company;
  const host = await appliance.api.get('/host/system');
  assert.equal(host.firmware, 'uefi');
  assert.equal(host.secureBoot, true, 'Secure Boot is on');

  const calls = await appliance.api.list(`/calls?subscriberId=${caller.id}`);
  const cut = calls.find(({ endedBy }) => endedBy === 'recovered');
  assert.ok(cut, 'the call that was cut has a record');
  assert.ok(Number(cut.cost) >= 0.05, `it is charged: ${cut.cost}`);
  company.records += 1;

  const { balance, held } = await appliance.api.get(`/subscribers/${caller.id}`);
  assert.equal(held, '0.00', 'nothing is held any more');
  const ledger = await appliance.api.list(`/subscribers/${caller.id}/ledger`);
  const sum = ledger.reduce((total, { amount }) => total + Math.round(Number(amount) * 1_000_000), 0);
  assert.equal(sum, Math.round(Number(balance) * 1_000_000), 'the sum of the ledger is the balance');
  bench.proven(
    `after the power cut: account, ledger and records are there; the cut call is closed at ${cut.talkSeconds} s for ${cut.cost} EUR`,
  );

  const friend = await addSubscriber(appliance, '70002');
  const phone = await answers(company.phonePort);
  await (await callTo(appliance, 'call', friend, caller.number, { more: ['-d', '500'] })).finished();
  await phone.finished();
  company.records += 1;
  bench.proven('the phone that registered before the cut still rings');
}
