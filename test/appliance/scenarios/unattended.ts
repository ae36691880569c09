import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '../../../server/src/auth/passwords.ts';
import { runProgram } from '../../support/process.ts';
import { administrator, domain } from '../../support/server.ts';
import { blankDisk, hashOf } from '../machine/disk.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import type { Scenario } from '../support/scenario.ts';

/** Nobody has the private part. */
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio nobody';

/** The file of the README, as an operator would write it. */
const yaml = (passwordHash: string): string => `disk: auto-blank
hostname: village
domain: ${domain}
currency: USD
timeZone: America/Lima
language: es
admin: { name: ${administrator.name}, email: ada@example.org, passwordHash: "${passwordHash}" }
network: { interfaces: [], dns: [10.0.2.3] }
firewall: { adminNetworks: [10.0.0.0/8, 198.51.100.0/24] }
sshKeys: ["${SSH_KEY}"]
backup: { keep: 4, place: { kind: here }, passphrase: seven gulls over a quiet harbour }
`;

/** A stick with nothing but the file on it. FAT has room for eleven letters of its name. */
async function configStick(file: string): Promise<string> {
  blankDisk(file, 64);
  const text = `${file}.yaml`;
  writeFileSync(text, yaml(await hashPassword(administrator.password)));
  const run = async (program: string, args: string[]) => {
    const { code, stderr } = await runProgram(program, args);
    if (code !== 0) throw new Error(`${program}: ${stderr}`);
  };
  await run('mkfs.vfat', ['-n', 'DIALTONECFG', file]);
  await run('mcopy', ['-i', file, text, '::/dialtone.yaml']);
  return file;
}

/** Nobody sits at it: a blank disk and a stick with one file make it the telephone company the file describes. */
export const unattended: Scenario = {
  name: 'unattended',
  rows: 'A-22: set up by a file on a stick, without a question',
  short: false,
  programs: { 'mkfs.vfat': 'dosfstools', mcopy: 'mtools' },
  async run(bench) {
    const stick = await configStick(join(bench.folder, 'config.raw'));
    const hash = await hashOf(stick);
    const appliance = await Appliance.boot({
      name: 'unattended',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [
        { file: blankDisk(join(bench.folder, 'unattended.raw'), 1024), serial: 'BLANK-0022' },
        { file: stick, serial: 'CONFIG-22', usb: true },
      ],
      ports: await Ports.take(),
    });
    try {
      await appliance.running();
      await appliance.logIn();
      const screen = await appliance.console.shows('https://village.local/');
      assert.doesNotMatch(screen, /Set-up code|Código de instalación/, 'nobody is asked for a set-up');
      assert.match(screen, /Estado +en marcha[\s\S]*Enter: menú/, 'the console speaks the language of the file');
      await appliance.machine.picture('console-unattended');
      const { api } = appliance;
      const { setupNeeded, domain: served, currency, timeZone, defaultLanguage } = await appliance.info();
      assert.deepEqual(
        { setupNeeded, served, currency, timeZone, defaultLanguage },
        { setupNeeded: false, served: domain, currency: 'USD', timeZone: 'America/Lima', defaultLanguage: 'es' },
      );
      const { state } = await api.get('/host');
      assert.equal(state.disk.serial, 'BLANK-0022');
      assert.deepEqual(state.unattendedFaults, []);
      assert.equal((await api.get('/host/time')).settings.timeZone, 'America/Lima');
      assert.deepEqual((await api.get('/host/network')).settings.dns, ['10.0.2.3']);
      assert.deepEqual((await api.get('/settings')).adminNetworks, ['10.0.0.0/8', '198.51.100.0/24']);
      const ssh = await api.get('/host/ssh');
      assert.deepEqual([ssh.enabled, ssh.keys.length], [true, 1]);
      const plan = await api.get('/backups/plan');
      assert.deepEqual([plan.keep, plan.passphrase?.kind], [4, 'typed']);
    } finally {
      await appliance.machine.powerCut();
    }
    assert.equal(await hashOf(stick), hash, 'the stick was only read');
    bench.proven('dialtone.yaml: disk, names, language, network, clock, administrator, SSH and backups as it says, and no question asked');
  },
};
