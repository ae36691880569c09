import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { HostAgent } from '../support/host-agent.ts';
import { accessibilityFaults, logInAsAdministrator, widerThanScreen } from '../support/pages.ts';
import { freePort } from '../support/ports.ts';
import { addCaller } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screens = ['/admin/system', '/admin/network', '/admin/firewall', '/admin/firewall?tab=ssh', '/admin/logs'];
/** The address the machine "moves" to; the server listens there over TLS. */
const newAddress = '127.0.0.2';

/** The pages of the machine, with an agent that stands for the appliance's. */
describe('the pages of the machine', () => {
  let agent: HostAgent;
  let server: TestServer;
  let chromium: Chromium;
  let office: BrowserContext;
  let admin: Page;
  /** The pages at the new address. */
  let there: string;

  beforeAll(async () => {
    agent = await HostAgent.start();
    const port = await freePort(newAddress);
    there = `https://${newAddress}:${port}`;
    server = await TestServer.start('machine-pages', { env: { ...agent.env, DIALTONE_HTTPS: `${newAddress}:${port}` } });
    chromium = await Chromium.start();
    office = await chromium.profile({ ignoreHTTPSErrors: true });
    admin = await office.newPage();
    await logInAsAdministrator(admin, server.http);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(admin, `machine ${context.task.name.slice(0, 20)}`);
    expect(chromium.takeErrors()).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await agent?.stop();
  });

  const open = async (path: string, page = admin) => {
    await page.goto(`${server.http}${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await eventually(`${path} has loaded`, async () => (await page.getByText('Loading…').count()) === 0);
  };
  const setAddress = async (address: string) => {
    await open('/admin/network');
    await admin.getByRole('button', { name: 'Change enp1s0' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('IPv4', { exact: true }).selectOption('static');
    await dialog.getByLabel('IPv4 addresses').fill(address);
    await dialog.getByLabel('IPv4 router').fill('');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    return dialog;
  };

  it('U-3, U-5: have no accessibility fault in either appearance, and fit a telephone', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) {
        const profile = await chromium.profile({ colorScheme, viewport: { width, height: 800 } });
        const page = await profile.newPage();
        await logInAsAdministrator(page, server.http);
        for (const path of [...screens, '/network/confirm']) {
          await open(path, page);
          expect(await accessibilityFaults(page, axe), `${path} ${colorScheme} ${width}`).toEqual([]);
          expect(await widerThanScreen(page), `${path} ${width}`).toBeLessThanOrEqual(0);
        }
        await profile.close();
      }
    }
  });

  it('M-3: show the state of the machine, restart a service, rename it and set its clock', async () => {
    await open('/admin/system');
    for (const text of ['Clean', 'QEMU HARDDISK', '47 °C', 'Europe/Madrid', 'Nearly full', agent.state.buildId]) {
      await admin.getByText(text).first().waitFor();
    }
    await admin.getByRole('button', { name: 'Restart: Clock' }).click();
    await admin.getByRole('alertdialog').getByRole('button', { name: 'Restart' }).click();
    await eventually('the clock was restarted', () => agent.done.includes('restart chrony'));

    await admin.getByRole('button', { name: 'Rename' }).click();
    await admin.getByLabel('Host name').fill('not a name');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Expected letters, digits and dashes').waitFor();
    await admin.getByLabel('Host name').fill('village');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('village', { exact: true }).waitFor();

    await admin.getByRole('button', { name: 'Change the clock' }).click();
    await admin.getByRole('dialog').getByLabel('Time zone').fill('Mars/Olympus');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Expected a time zone').waitFor();
    await admin.getByRole('dialog').getByLabel('Time zone').fill('America/Lima');
    await admin.getByLabel('Servers to ask').fill('ntp.village.example\n192.0.2.1');
    await admin.getByRole('button', { name: 'Save' }).click();
    await eventually('the zone is set', () => agent.time.settings.timeZone === 'America/Lima');
    expect(agent.time.settings.ntpServers).toEqual(['ntp.village.example', '192.0.2.1']);
  });

  it('say how many calls a restart cuts, and erase everything only after the typed word', async () => {
    await open('/admin/system');
    await admin.getByRole('button', { name: 'Switch off' }).click();
    await admin.getByText('No call is going on.').waitFor();
    await admin.getByRole('button', { name: 'Cancel' }).click();
    await admin.getByRole('button', { name: 'Erase everything' }).click();
    const erase = admin.getByRole('dialog').getByRole('button', { name: 'Erase everything' });
    await admin.getByLabel('Type ERASE to go on').fill('erase');
    expect(await erase.isDisabled()).toBe(true);
    await admin.getByLabel('Type ERASE to go on').fill('ERASE');
    await erase.click();
    await admin.getByText('Everything is erased').waitFor();
    expect(agent.done).toContain('erase');
    expect(agent.done).not.toContain('poweroff');
    const { items } = await server.api.get('/audit?sort=-at&pageSize=5');
    expect(items.map((row: { action: string }) => row.action)).toContain('machine.factory-reset');
  });

  it('wait for Dialtone while it restarts, and come back by themselves', async () => {
    await open('/admin/system');
    await admin.getByRole('button', { name: 'Restart: Telephony and pages' }).click();
    await admin.getByRole('alertdialog').getByText('No call is going on.').waitFor();
    await admin.getByRole('alertdialog').getByRole('button', { name: 'Restart' }).click();
    const waiting = admin.getByRole('dialog', { name: 'Dialtone restarts' });
    await waiting.waitFor();
    expect(agent.done).toContain('restart dialtone');
    await server.end();
    await waiting.getByText('This page comes back by itself').waitFor();
    await server.launch();
    await waiting.waitFor({ state: 'detached' });
    await admin.getByText('QEMU HARDDISK').waitFor();
    // What pages say to a server that is not there.
    chromium.takeErrors();
  });

  it('refuse a wrong address beside its field, and send nothing', async () => {
    const dialog = await setAddress('192.168.1.300/24');
    await dialog.getByText('Expected an IPv4 address with its prefix').waitFor();
    await dialog.getByLabel('IPv4 addresses').fill('192.168.1.10/24');
    await dialog.getByLabel('IPv4 router').fill('10.0.0.1');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.getByText('The router lies outside').waitFor();
    expect(agent.network.interfaces).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('A-7: a change is kept from the new address only', async () => {
    await setAddress(`${newAddress}/8`);
    const link = admin.getByRole('link', { name: `Open at ${newAddress}` });
    const address = new URL((await link.getAttribute('href')) ?? '');
    expect([address.hostname, address.pathname]).toEqual([newAddress, '/network/confirm']);
    await admin.getByText(/goes back in 1[01]\d seconds/).waitFor();

    await admin.getByRole('button', { name: 'Keep the change' }).click();
    await admin.getByText('This is still the old address').waitFor();
    expect(agent.network.interfaces).toEqual([]);

    // The link of the page has the port of this page; over TLS the server has another one.
    const page = await office.newPage();
    await page.goto(`${there}/network/confirm${address.hash}`);
    await page.getByRole('heading', { name: 'The change is kept' }).waitFor();
    await page.goto(`${there}/network/confirm#token=again`);
    await page.getByText('No change waits any more').waitFor();
    await page.close();
    expect(agent.network.interfaces).toMatchObject([{ name: 'enp1s0', method: 'static', addresses: [`${newAddress}/8`] }]);
    await admin.getByText('The change is kept.').waitFor();
  });

  it('A-7, U-16: a change that nobody keeps goes back, by itself or at once', async () => {
    const before = agent.network;
    agent.confirmMs = 4000;
    await setAddress('127.0.0.3/8');
    await admin.getByText(/goes back in \d seconds/).waitFor();
    await admin.getByText('The former settings are back.').waitFor();
    expect(agent.network).toEqual(before);

    agent.confirmMs = 120_000;
    await setAddress('127.0.0.4/8');
    await admin.getByRole('button', { name: 'Go back now' }).click();
    await admin.getByText('The former settings are back.').waitFor();
    expect(agent.network).toEqual(before);
  });

  it('open ports, hold SSH to its keys, and refuse what is no key', async () => {
    await open('/admin/firewall');
    await admin.getByRole('button', { name: 'Open a port' }).click();
    await admin.getByLabel('Port', { exact: true }).fill('70000');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Expected a port from 1 to 65535').waitFor();
    await admin.getByLabel('Port', { exact: true }).fill('1194');
    await admin.getByLabel('What for').fill('VPN');
    await admin.getByRole('button', { name: 'Save' }).click();
    await eventually('the port is open', () => agent.firewall.openPorts.length === 1);
    expect(agent.firewall.openPorts).toEqual([{ protocol: 'tcp', from: 1194, to: 1194, comment: 'VPN' }]);

    await admin.getByRole('tab', { name: 'SSH' }).click();
    expect(await admin.getByRole('switch').isDisabled()).toBe(true);
    await admin.getByRole('button', { name: 'Add a key' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Public key').fill('-----BEGIN OPENSSH PRIVATE KEY-----');
    await dialog.getByRole('button', { name: 'Add a key' }).click();
    await dialog.getByText('This is a private key').waitFor();
    await dialog.getByLabel('Public key').fill('ssh-ed25519 rubbish');
    await dialog.getByRole('button', { name: 'Add a key' }).click();
    await dialog.getByText('This is not a whole public SSH key').waitFor();
    await dialog.getByLabel('Public key').fill('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJcafnw9 ada@office');
    await dialog.getByRole('button', { name: 'Add a key' }).click();
    await admin.getByText('ada@office').waitFor();
    await admin.getByRole('switch').click();
    await admin.getByText('(ED25519)').waitFor();
    expect(agent.ssh.enabled).toBe(true);

    await admin.getByRole('button', { name: 'Remove the key ada@office' }).click();
    await admin.getByText('SSH is switched off with it').waitFor();
    await admin.getByRole('alertdialog').getByRole('button', { name: 'Remove the key' }).click();
    await admin.getByText('No key yet').waitFor();
    expect(agent.ssh).toEqual({ enabled: false, keys: [] });
  });

  it('read the log by filter, further back, and as it grows', async () => {
    await open('/admin/logs');
    const entries = admin.getByRole('list', { name: 'Log' }).getByRole('listitem');
    await eventually('a page of the log', async () => (await entries.count()) === 100);
    await admin.getByRole('button', { name: 'Older entries' }).click();
    await eventually('two pages', async () => (await entries.count()) === 200);
    await admin.getByLabel('Urgency').selectOption('err');
    await eventually('errors only', async () => (await entries.count()) === 6);
    expect(admin.url()).toContain('priority=err');
    await admin.getByLabel('Part of the message').fill('queue 57');
    await eventually('one entry', async () => (await entries.count()) === 1);
    await admin.getByLabel('Part of the message').fill('nothing says this');
    await admin.getByRole('button', { name: 'Clear filters' }).click();
    await eventually('all again, with the older ones', async () => (await entries.count()) === 200);
    await admin.getByRole('switch', { name: 'Follow' }).click();
    agent.log.unshift({ cursor: 'new', time: new Date().toISOString(), unit: 'dialtone', priority: 'crit', message: 'The moon is blue' });
    await admin.getByText('The moon is blue').waitFor();
  });

  it('M-2: a banner stands on every page while nothing is kept, and leads administrators to the disks', async () => {
    agent.publish({ state: 'demo', demo: true, disk: null, fsck: { outcome: 'none', exitCode: null, summary: '' } });
    await eventually('the server has seen it', async () => (await server.api.get('/public/info')).demo === true);
    const stranger = await (await chromium.profile()).newPage();
    await open('/login', stranger);
    await stranger.getByText('Running without a disk: a power loss erases everything').waitFor();
    expect(await stranger.getByRole('link', { name: 'Choose a disk' }).count()).toBe(0);
    await stranger.context().close();
    await open('/admin/calls');
    await admin.getByRole('link', { name: 'Choose a disk' }).click();
    await admin.getByText('Holds ntfs Photos; it would be erased').waitFor();
    await admin.getByRole('button', { name: 'Choose a disk' }).click();
    await admin.getByRole('button', { name: 'Restart without keeping anything' }).click();
    await eventually('the machine restarts', () => agent.done.includes('reboot'));
    agent.publish({ state: 'ready', demo: false, fsck: { outcome: 'repaired', exitCode: 1, summary: 'recovering journal' } });
    agent.time = { ...agent.time, synchronised: false };
    await eventually('the server has seen it', async () => (await server.api.get('/host')).state.demo === false);
    await open('/admin');
    await admin.getByText('The data disk was repaired at the last start').waitFor();
    await admin.getByText('The clock may be wrong').waitFor();
  });
});

describe('the pages of the machine away from the appliance', () => {
  it('show what the process sees and say in a sentence who does the rest', async () => {
    const server = await TestServer.start('machine-away');
    const chromium = await Chromium.start();
    try {
      const page = await (await chromium.profile()).newPage();
      await logInAsAdministrator(page, server.http);
      await page.goto(`${server.http}/admin/system`);
      await page.getByText('does not run on its own disc here').waitFor();
      await page.getByText('Kernel').waitFor();
      for (const name of ['Switch off', 'Erase everything', 'Rename']) expect(await page.getByRole('button', { name }).count()).toBe(0);
      for (const path of ['network', 'firewall', 'logs']) {
        await page.goto(`${server.http}/admin/${path}`);
        await page.getByText('does not run on its own disc here').waitFor();
        expect(await page.getByRole('main').getByRole('button').count(), path).toBe(0);
      }
      expect(chromium.takeErrors()).toEqual([]);
    } finally {
      await chromium.close();
      await server.stop();
    }
  });
});

describe('an upgrade', () => {
  it('A-9: is undone after the version was typed, and not before it is said what that loses', async () => {
    const server = await TestServer.start('undo-page');
    const chromium = await Chromium.start();
    try {
      // As an upgrade of a moment ago leaves it, on data that held nobody yet.
      const upgrade = { from: '0.0.9', to: '0.1.0', at: new Date().toISOString(), copy: '0.0.9-to-0.1.0.sqlite', finished: true };
      const held = { calls: 0, ledgerEntries: 0, subscribers: 0 };
      const file = join(server.dataDir, 'version.json');
      writeFileSync(file, JSON.stringify({ version: '0.1.0', upgrade: { ...upgrade, held }, undoRequested: false, undone: null }));
      await addCaller(server, '2001', '10.00');
      await addCaller(server, '2002', '0.00');

      const page = await (await chromium.profile()).newPage();
      await logInAsAdministrator(page, server.http);
      await page.goto(`${server.http}/admin/system`);
      await page.getByText('from 0.0.9 to 0.1.0').waitFor();
      await page.getByRole('button', { name: 'Undo the upgrade' }).click();
      const dialog = page.getByRole('dialog');
      for (const lost of ['0 call records', '1 ledger entry', '2 subscribers']) await dialog.getByText(lost, { exact: true }).waitFor();
      const undo = dialog.getByRole('button', { name: 'Undo the upgrade' });
      await dialog.getByLabel('Type 0.0.9 to go on').fill('0.1.0');
      expect(await undo.isDisabled()).toBe(true);
      await dialog.getByLabel('Type 0.0.9 to go on').fill('0.0.9');
      await undo.click();
      await page.getByText('The upgrade is being undone').waitFor();
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ undoRequested: true });
      await eventually('the server has ended', () => server.endedCleanly, 15_000);
    } finally {
      await chromium.close();
      await server.stop();
    }
  });
});
