import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setUp } from '../../support/pages.ts';
import { freePort } from '../../support/ports.ts';
import { readQrPicture } from '../../support/qr.ts';
import { domain } from '../../support/server.ts';
import { eventually, sleep } from '../../support/wait.ts';
import { blankDisk } from '../machine/disk.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import { inspect } from '../support/books.ts';
import { ABROAD, addSubscriber, answers, callTo, carrier, register, registerThousand, talking } from '../support/company.ts';
import { newSystem } from '../support/console-steps.ts';
import { inBrowser, openTheWayAbroad, picture, signUp } from '../support/pages.ts';
import type { Bench, Scenario } from '../support/scenario.ts';

const MB = 1_000_000;
/** Memory is counted as it is sold: 512 MB are 512 times this. */
const MEMORY_MB = 1_048_576;

/** A spare PC with 512 MB, the disc in its drive and an empty disk, up to paid calls; then somebody pulls the plug during one. */
export const firstBoot: Scenario = {
  name: 'first-boot',
  rows: 'BIOS, CD; A-3 A-5 A-6 A-26, gate (a); under `unshare -n` A-23',
  short: true,
  async run(bench) {
    const disk = blankDisk(join(bench.folder, 'data.raw'), 2048);
    const ports = await Ports.take();
    const imageMb = statSync(bench.images.current).size / MB;
    bench.bar('size of the image', imageMb, 450, 'MB');
    const appliance = await Appliance.boot({
      name: 'first-boot',
      boot: { cd: bench.images.current },
      firmware: 'bios',
      disks: [{ file: disk, serial: 'DATA-0001' }],
      ports,
    });
    try {
      const code = await chooseDisk(appliance, bench);
      const company = await openTheCompany(appliance, bench, code);
      bench.company = { disk, ports, ...company };
      if (isCutOff()) bench.proven('all that without a way to the internet: boot, wizard, sign-up, calls and what they cost');
      await measure(appliance, bench);
      const call = await talking(appliance, company.caller, company.carrierPort);
      // A heartbeat comes every five seconds: the journal on the disk knows of the call by then.
      await sleep(12_000);
      await appliance.machine.powerCut();
      for (const side of call) await side.stop();
    } finally {
      await appliance.machine.powerCut();
    }
    await inspect(disk, (database) => {
      assert.equal(database.number('SELECT COUNT(*) FROM call_journal'), 1, 'the call that was cut is in the journal');
    });
    bench.proven('power cut during a call: fsck clean, database whole, books balance, the call is in the journal');
  },
};

/** Whether this host, and with it the machine, reaches nobody but itself. */
const isCutOff = (): boolean =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .every(({ internal }) => internal);

/** The console asks for the disk and shows where to go on. @returns the set-up code */
async function chooseDisk(appliance: Appliance, bench: Bench): Promise<string> {
  const { console: person, machine } = appliance;
  const text = await person.overview(/DATA DISK NOT FOUND/, BOOT_MS);
  bench.figure('power to the console (BIOS, CD)', `${machine.seconds.toFixed(0)} s`);
  assert.equal(readQrPicture(readFileSync(await machine.picture('console-no-disk'))), 'HTTP://10.0.2.15/', 'the code on the screen');
  assert.match(text, /\d+\.\d+\.\d+\.\d+\/\d+/, 'the address is on the console');
  assert.match(await appliance.status(), /Data disk not found/, 'the status page says the same');
  const code = await newSystem(appliance, 'vd', 'on this empty disk?');
  const screen = person.text;
  assert.equal(readQrPicture(readFileSync(await machine.picture('console-set-up-code'))), 'HTTPS://10.0.2.15/', 'the code on the screen');
  assert.match(screen, /https:\/\/10\.0\.2\.15\//, 'the address of the pages is on the console');
  bench.proven('console: blank disk chosen with No as the default; address, URL, its QR code and set-up code shown');
  return code;
}

/** The wizard, a sign-up, rates and credit in the browser; a registration and a paid call with sipp. */
function openTheCompany(appliance: Appliance, bench: Bench, code: string) {
  return inBrowser('first-boot', async (profile) => {
    const admin = await (await profile()).newPage();
    await admin.goto(appliance.web);
    await admin.getByLabel('Set-up code').waitFor();
    await picture(admin, 'wizard');
    await setUp(admin, appliance.web, code, { domain, currency: 'EUR' });
    await picture(admin, 'after-wizard');
    await appliance.logIn();
    assert.doesNotMatch(await appliance.console.shows('Enter: menu'), new RegExp(code), 'the used code is off the console');
    const caller = await signUp(appliance, await (await profile()).newPage());
    bench.proven(`wizard in Chromium with the code of the console; sign-up through the form: number ${caller.number}`);

    const carrierPort = await freePort();
    const phonePort = await freePort();
    await openTheWayAbroad(appliance, admin, caller, carrierPort, '5.00');
    await register(appliance, caller, phonePort);
    const [far, near] = [await carrier(carrierPort), await callTo(appliance, 'call', caller, ABROAD, { more: ['-d', '3000'] })];
    await Promise.all([near.finished(), far.finished()]);
    const record = await eventually(
      'the record of the call',
      async () => (await appliance.api.list(`/calls?subscriberId=${caller.id}`))[0],
      180_000,
    );
    assert.ok(
      record.talkSeconds >= 3 && record.cost === `0.${String(record.talkSeconds).padStart(2, '0')}`,
      `paid by the second: ${JSON.stringify(record)}`,
    );
    await picture(admin, 'credit');
    bench.proven(`paid call from sipp through the carrier: ${record.talkSeconds} s for ${record.cost} EUR`);

    const friend = await addSubscriber(appliance, '70001');
    const phone = await answers(phonePort);
    await (await callTo(appliance, 'call', friend, caller.number, { more: ['-d', '500'] })).finished();
    await phone.finished();
    bench.proven('a call to the registered phone rings there');
    return { caller, carrierPort, phonePort, records: 2 };
  });
}

/** What a small machine has left with a thousand phones. */
async function measure(appliance: Appliance, bench: Bench): Promise<void> {
  const bindings = await registerThousand(appliance);
  assert.ok(bindings >= 1000, `${bindings} bindings`);
  const { process } = await appliance.api.get('/monitor');
  bench.figure(`RSS of the server after all this, with ${bindings} bindings`, `${(process.memoryBytes / MEMORY_MB).toFixed(0)} MB`);
  const { memory } = await appliance.api.get('/host/system');
  bench.figure(`memory available of 512 MB with ${bindings} bindings`, `${(memory.available / MEMORY_MB).toFixed(0)} MB`);
}
