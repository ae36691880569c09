import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Json } from '../../support/api.ts';
import { administrator } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';
import { blankDisk } from '../machine/disk.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { newSystem } from '../support/console-steps.ts';
import { type Bench, type Company, companyOf, type Scenario } from '../support/scenario.ts';
import { readyForTheNext } from '../support/shut-down.ts';

const { login, password } = administrator;
const PASSPHRASE = 'seven gulls over a quiet harbour';
/** Settings of the machine, which are in the backup too. */
const HOSTNAME = 'exchange';
const TIME_ZONE = 'Europe/Rome';
/** Nobody has the private part. */
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio nobody';
const MINUTES_MS = 300_000;

/** The encrypted backup of one machine, put onto a fresh one by whoever has its set-up code. */
export const restore: Scenario = {
  name: 'restore',
  rows: 'gate (g): a backup on a fresh machine; A-11 A-12',
  short: false,
  after: ['upgrade'],
  async run(bench) {
    const company = await companyOf(bench, 'restore');
    const { backup, balance, hostKeys } = await takeBackup(bench, company);
    const disk = blankDisk(join(bench.folder, 'fresh.raw'), 2048);
    const appliance = await Appliance.boot({
      name: 'restore-fresh',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: disk, serial: 'FRESH-0001' }],
      ports: await Ports.take(),
    });
    try {
      await appliance.console.overview(/DATA DISK NOT FOUND/);
      const code = await newSystem(appliance, 'vd', 'on this empty disk?');
      await putBack(appliance, backup, code);
      await eventually('the old administrator logs in', () => appliance.api.post('/session', { login, password }), MINUTES_MS);
      assert.equal((await appliance.api.get(`/subscribers/${company.caller.id}`)).balance, balance);
      assert.equal((await appliance.info()).setupNeeded, false);
      await eventually(
        'the settings of the machine are back',
        async () =>
          (await appliance.api.get('/host/hostname')).hostname === HOSTNAME &&
          (await appliance.api.get('/host/time')).settings.timeZone === TIME_ZONE &&
          JSON.stringify((await appliance.api.get('/host/ssh')).hostKeys) === hostKeys,
        MINUTES_MS,
      );
      await appliance.console.shows(`https://${HOSTNAME}.local/`);
      await appliance.machine.picture('console-restored');
      await readyForTheNext(appliance);
    } finally {
      await appliance.machine.powerCut();
    }
    await inspect(disk, (database) => assert.equal(database.number('SELECT COUNT(*) FROM cdrs'), company.records));
    bench.proven(
      'an encrypted backup restored on a fresh machine: account, balance, records, host name, time zone and SSH host key are those of before',
    );
  },
};

async function takeBackup(bench: Bench, company: Company): Promise<{ backup: Blob; balance: string; hostKeys: string }> {
  const appliance = await Appliance.boot({
    name: 'restore-backup',
    boot: { cd: bench.images.current },
    firmware: 'bios',
    disks: [{ file: company.disk, serial: 'DATA-0001' }],
    ports: company.ports,
  });
  try {
    await appliance.running();
    await appliance.logIn();
    await appliance.api.put('/host/hostname', { hostname: HOSTNAME });
    await appliance.api.put('/host/time', { timeZone: TIME_ZONE, ntpServers: [] });
    const { hostKeys } = await appliance.api.put('/host/ssh', { enabled: true, keys: [SSH_KEY] });
    assert.equal(hostKeys.length, 1, 'SSH has a host key');
    await appliance.api.put('/backups/passphrase', { passphrase: PASSPHRASE });
    await appliance.api.post('/backups/archives');
    const archive = await eventually(
      'the backup is made',
      async () => (await appliance.api.get('/backups/archives')).items[0] as Json | undefined,
      MINUTES_MS,
    );
    const file = await appliance.api.raw('GET', `/backups/archives/${archive.name}/file`);
    assert.equal(file.status, 200);
    const backup = await file.blob();
    assert.equal(backup.size, archive.bytes);
    const { balance } = await appliance.api.get(`/subscribers/${company.caller.id}`);
    await readyForTheNext(appliance);
    return { backup, balance, hostKeys: JSON.stringify(hostKeys) };
  } finally {
    await appliance.machine.powerCut();
  }
}

async function putBack(appliance: Appliance, backup: Blob, code: string): Promise<void> {
  const withCode = { 'x-dialtone-setup-code': code };
  const form = new FormData();
  form.append('file', backup, 'dialtone.backup');
  const { id } = await appliance.api.post('/restores', form, withCode);
  const until = (state: string) =>
    eventually(
      `the restore is ${state}`,
      async () => {
        const now = await appliance.api.call('GET', `/restores/${id}`, undefined, withCode);
        return now.state === state ? now : undefined;
      },
      MINUTES_MS,
    );
  await until('locked');
  await appliance.api.post(`/restores/${id}/open`, { passphrase: 'eight gulls over a quiet harbour' }, withCode);
  const refused = await eventually(
    'the wrong passphrase is called wrong',
    async () => {
      const now = await appliance.api.call('GET', `/restores/${id}`, undefined, withCode);
      return now.fault ? now : undefined;
    },
    MINUTES_MS,
  );
  assert.match(refused.fault.message, /passphrase/i);
  // Typed right, without another upload.
  await appliance.api.post(`/restores/${id}/open`, { passphrase: PASSPHRASE }, withCode);
  const { preview } = await until('ready');
  assert.ok(preview.subscribers >= 1 && preview.calls >= 1, JSON.stringify(preview));
  await appliance.api.post(`/restores/${id}/apply`, { confirm: 'RESTORE' }, withCode);
}
