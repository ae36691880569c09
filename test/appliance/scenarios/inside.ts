import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ApiClient, type Json } from '../../support/api.ts';
import { runProgram } from '../../support/process.ts';
import { eventually } from '../../support/wait.ts';
import { blankDisk } from '../machine/disk.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Appliance } from '../support/appliance.ts';
import { eraseAll } from '../support/console-steps.ts';
import { throughRtpengine } from '../support/rtpengine.ts';
import { type Bench, companyOf, type Scenario } from '../support/scenario.ts';
import { failedServices, greetsOnSsh, Shell } from '../support/shell.ts';

const OURS = ['dialtone', 'dialtone-host', 'dialtone-journal', 'dialtone-screen', 'dialtone-zram'];
/** Greatest exposure that systemd-analyze(1) may find in a service of ours. */
const EXPOSURE = 3;
const MINUTES_MS = 300_000;

/** What shows from inside only, what is done with sticks and disks while it runs, and the console as the last way in. */
export const inside: Scenario = {
  name: 'inside',
  rows: 'SSH, sandboxes, memory, watchdog, rtpengine; backup to a stick (A-10); disk pulled out (A-4); console: access, administrator, factory reset (A-18)',
  short: false,
  after: ['upgrade'],
  programs: { ssh: 'openssh-client', 'mkfs.vfat': 'dosfstools', mdir: 'mtools' },
  async run(bench) {
    const company = await companyOf(bench, 'inside');
    const stick = await backupStick(join(bench.folder, 'backups.raw'));
    const data = { file: company.disk, serial: 'DATA-0001', usb: true };
    const appliance = await Appliance.boot({
      name: 'inside',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [data, { file: stick, serial: 'STICK-0002', usb: true }],
      ports: company.ports,
      watchdog: true,
    });
    try {
      await appliance.running();
      await appliance.logIn();
      assert.equal(await greetsOnSsh(appliance), false, 'SSH is off until a key is added');
      const shell = await Shell.open(appliance, bench.folder);
      await lookInside(bench, shell);
      await throughRtpengine(appliance, bench, company, shell);
      await backUp(appliance, bench, stick);
      await pullTheDisk(appliance, bench, shell, () => appliance.machine.plug(0, data));
      await letIn(appliance, bench);
      await newAdministrator(appliance, bench);
      await factoryReset(appliance, bench);
    } finally {
      await appliance.machine.powerCut();
    }
  },
};

async function backupStick(file: string): Promise<string> {
  blankDisk(file, 256);
  const { code, stderr } = await runProgram('mkfs.vfat', ['-n', 'BACKUPS', file]);
  if (code !== 0) throw new Error(`mkfs.vfat: ${stderr}`);
  return file;
}

async function lookInside(bench: Bench, shell: Shell): Promise<void> {
  await eventually('SSH lets the key in', () => shell.run('id'), 180_000);
  assert.match(await shell.run('passwd --status root'), /^root L/, 'root has no password');
  bench.proven('SSH: off until a key is added, then by that key');

  const scores: string[] = [];
  for (const unit of OURS) {
    const text = await shell.run(`systemd-analyze security --no-pager ${unit}.service | tail -n 1`);
    const exposure = Number(/: ([\d.]+)/.exec(text)?.[1]);
    assert.ok(exposure > 0 && exposure < EXPOSURE, text);
    scores.push(`${unit} ${exposure}`);
  }
  bench.figure('exposure by systemd-analyze (0 to 10)', scores.join(', '));
  assert.equal(await failedServices(shell), '', 'no service has failed');

  assert.match(await shell.run('swapon --show --noheadings'), /zram0 +partition/, 'memory that is compressed');
  const watchdog = await shell.run('cat /sys/class/watchdog/watchdog0/identity /sys/class/watchdog/watchdog0/state');
  assert.match(watchdog, /i6300ESB.*\nactive/i, 'the hardware watchdog is fed by systemd');
  assert.match(await shell.run('systemctl show --property=RuntimeWatchdogUSec'), /=1min/);
  bench.proven('no service failed, every sandbox tight, compressed memory in use, hardware watchdog active');
}

async function backUp(appliance: Appliance, bench: Bench, stick: string): Promise<void> {
  const { api } = appliance;
  const [found] = (await api.get('/backups/sticks')).items;
  assert.equal(found?.label, 'BACKUPS', 'the stick is offered, and only that');
  const place = { kind: 'usb', uuid: found.uuid, label: found.label };
  await api.post('/backups/plan/test', { place });
  await api.put('/backups/plan', { schedule: { every: 'day', hour: 3, weekday: 0 }, keep: 3, place });
  await api.put('/backups/passphrase', { passphrase: 'seven gulls over a quiet harbour' });
  await api.post('/backups/archives');
  const archive: Json = await eventually(
    'the backup is on the stick',
    async () => (await api.get('/backups/plan')).running === false && (await api.get('/backups/archives?where=place')).items[0],
    MINUTES_MS,
  );
  const { stdout } = await runProgram('mdir', ['-b', '-i', stick, '::/dialtone-backups']);
  assert.ok(stdout.includes(archive.name), `${archive.name} is on the stick: ${stdout}`);
  bench.proven(`backup to a USB stick: ${archive.bytes} bytes, written through before anybody pulls it out`);
}

async function pullTheDisk(appliance: Appliance, bench: Bench, shell: Shell, plugIn: () => Promise<void>): Promise<void> {
  const { console: person, machine } = appliance;
  await machine.unplug(0);
  await person.overview(/DATA DISK NOT FOUND/, MINUTES_MS);
  await person.shows(/taken\s+off/);
  await machine.picture('console-disk-pulled');
  await assert.rejects(appliance.info(), 'the server does not go on without its disk');
  assert.match(await appliance.status(), /taken off/, 'the status page says so');
  await plugIn();
  await person.openMenu();
  await person.choose('Data disk');
  await person.choose('Look again');
  // Back in the menu once the disk was checked and mounted.
  await person.shows('Power off', MINUTES_MS);
  await person.leave();
  await appliance.running();
  await appliance.logIn();
  const journal = await eventually(
    'SSH lets the key in again',
    () => shell.run('findmnt --noheadings --output FSROOT /var/log/journal'),
    180_000,
  );
  assert.equal(journal.trim(), '/log/journal', 'the journal is kept on the disk again');
  assert.equal(await failedServices(shell), '', 'no service has failed');
  bench.proven('data disk pulled out: said on console and page, the server stops; plugged in again it goes on');
}

/** A machine on the internet: its administrator comes from an address that no private network has. */
async function letIn(appliance: Appliance, bench: Bench): Promise<void> {
  const { console: person } = appliance;
  await person.openMenu();
  await person.choose('Access');
  await person.choose('Let in an address');
  await person.shows('An address or a network');
  await person.enter('198.51.100.7');
  await person.shows('Remove 198.51.100.7');
  await person.leave();
  assert.ok((await appliance.api.get('/settings')).adminNetworks.includes('198.51.100.7'), 'the pages let it in');
  assert.ok((await appliance.api.get('/host/firewall')).adminNetworks.includes('198.51.100.7'), 'the status page too');
  bench.proven('console: an address from which administrators may work, for the pages and the status page');
}

async function newAdministrator(appliance: Appliance, bench: Bench): Promise<void> {
  const { console: person, machine } = appliance;
  await person.openMenu();
  await person.choose('Administrator');
  await person.shows('Login name');
  await person.enterKey();
  const password = /Password {2}(\S+)/.exec(await person.shows('Password  ', MINUTES_MS))?.[1] ?? '';
  await machine.picture('console-administrator');
  await person.enterKey();
  await person.leave();
  const fresh = new ApiClient(appliance.web);
  await fresh.post('/session', { login: 'rescue', password });
  const audit = await fresh.list('/audit?pageSize=50');
  assert.ok(
    audit.some((entry) => JSON.stringify(entry).includes('rescue')),
    'the new administrator is in the audit log',
  );
  bench.proven('console: a new administrator with a password shown once; it is in the audit log');
}

async function factoryReset(appliance: Appliance, bench: Bench): Promise<void> {
  const { console: person, machine } = appliance;
  await eraseAll(appliance);
  await person.shows(/Dialtone \S+, safe mode/, MINUTES_MS);
  await person.overview(/DATA DISK NOT FOUND/, BOOT_MS);
  await machine.picture('console-after-factory-reset');
  bench.proven('console: factory reset by the typed word only; the machine comes back as a new one');
}
