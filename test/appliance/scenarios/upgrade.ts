import assert from 'node:assert/strict';
import { eventually } from '../../support/wait.ts';
import type { Firmware } from '../machine/machine.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import type { Bench, Company, Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

const REFUSED = /does not start on this data/;

/** A newer disc over the same disk and back: migrated with a copy, refused in words by the older one, undone. */
export const upgrade: Scenario = {
  name: 'upgrade',
  rows: 'UEFI, CD, Secure Boot off; A-9, gate (b)',
  short: true,
  after: ['second-life'],
  async run(bench) {
    const company = bench.company as Company;
    const next = await bench.images.next();
    const boot = (name: string, cd: string, firmware: Firmware) =>
      Appliance.boot({ name, boot: { cd }, firmware, disks: [{ file: company.disk, serial: 'DATA-0001' }], ports: company.ports });

    const balance = await newerTakesIt(await boot('upgrade-newer', next, 'uefi'), bench, company);
    await olderRefuses(await boot('upgrade-older', bench.images.current, 'bios'), bench);
    await newerUndoes(await boot('upgrade-undo', next, 'bios'), bench);
    await olderRuns(await boot('upgrade-undone', bench.images.current, 'bios'), bench, company, balance);
    await inspect(company.disk, (database) => assert.equal(database.number('SELECT COUNT(*) FROM cdrs'), company.records));
  },
};

/** @returns the balance it shows */
async function newerTakesIt(appliance: Appliance, bench: Bench, company: Company): Promise<string> {
  const { version, nextVersion } = bench.images;
  try {
    await appliance.running();
    await appliance.console.shows(`Dialtone ${nextVersion}`);
    await appliance.logIn();
    const { firmware, secureBoot } = await appliance.api.get('/host/system');
    assert.deepEqual({ firmware, secureBoot }, { firmware: 'uefi', secureBoot: false });
    const { upgrade: last } = await appliance.api.get('/upgrade');
    assert.equal(last?.from, version);
    assert.equal(last?.to, nextVersion);
    const { balance } = await appliance.api.get(`/subscribers/${company.caller.id}`);
    assert.equal((await appliance.api.get('/calls')).total, company.records);
    // Not in order: the older version meets the log of a database that was not closed.
    await appliance.machine.powerCut();
    await inspect(company.disk, (database, folder) => {
      assert.equal(database.one('SELECT note FROM next_version').note, 'migrated', `the migration of ${nextVersion} has run in ${folder}`);
    });
    bench.proven(`${nextVersion} took the data of ${version}: copied, migrated, nothing missing`);
    return balance;
  } finally {
    await appliance.machine.powerCut();
  }
}

async function olderRefuses(appliance: Appliance, bench: Bench): Promise<void> {
  try {
    await appliance.console.overview(REFUSED, BOOT_MS);
    await appliance.console.shows('newer');
    await appliance.machine.picture('console-older-refuses');
    const page = await eventually('the status page says why', async () => {
      const text = await appliance.status();
      return /newer/.test(text) ? text : undefined;
    });
    assert.match(page, REFUSED);
    await assert.rejects(appliance.info(), 'the pages of the server are not there');
    bench.proven('the older version refuses the newer data in words, on the console and the status page');
  } finally {
    await appliance.machine.powerCut();
  }
}

async function newerUndoes(appliance: Appliance, bench: Bench): Promise<void> {
  try {
    await appliance.running();
    await appliance.logIn();
    const { upgrade: last, lost } = await appliance.api.get('/upgrade');
    assert.deepEqual(lost, { calls: 0, ledgerEntries: 0, subscribers: 0 }, 'what the undo would lose is said before');
    await appliance.api.post('/upgrade/undo', { confirm: last.from });
    await appliance.console.overview(REFUSED, 300_000);
    // What it said last may reach the journal a moment after its end.
    await appliance.console.shows(/undone/);
    await appliance.machine.picture('console-undone');
    bench.proven('undo: what it loses is said before, the newer version then holds back');
  } finally {
    await appliance.machine.powerCut();
  }
}

async function olderRuns(appliance: Appliance, bench: Bench, company: Company, balance: string): Promise<void> {
  try {
    bench.figure('power to dial tone (BIOS, CD)', `${(await appliance.dialTone()).toFixed(0)} s`);
    await appliance.running();
    await appliance.logIn();
    assert.equal((await appliance.api.get(`/subscribers/${company.caller.id}`)).balance, balance);
    await readyForTheNext(appliance);
    bench.proven('the older version runs again on the data of before');
  } finally {
    await appliance.machine.powerCut();
  }
}
