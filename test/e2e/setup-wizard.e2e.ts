import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { HostAgent } from '../support/host-agent.ts';
import { Mailbox } from '../support/mailbox.ts';
import { accessibilityFaults, logInAsAdministrator, setUpAdministrator, widerThanScreen } from '../support/pages.ts';
import { TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A provider that answers OPTIONS, and nothing else. */
function provider(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const text = message.toString();
    if (!text.startsWith('OPTIONS ')) return;
    const lines = text.split('\r\n').filter((line) => /^(via|v|from|f|to|t|call-id|i|cseq):/i.test(line));
    const headers = lines.map((line) => (/^(to|t):/i.test(line) ? `${line};tag=x` : line));
    socket.send(`SIP/2.0 200 OK\r\n${headers.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`, from.port, from.address);
  });
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)));
}

/** The first run on the appliance in a browser: the code, the administrator, every step, and what is left for later. */
describe('the set-up in the browser', () => {
  let agent: HostAgent;
  let mailbox: Mailbox;
  let gateway: Socket;
  let server: TestServer;
  let chromium: Chromium;
  let office: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    agent = await HostAgent.start();
    mailbox = await Mailbox.open();
    gateway = await provider();
    server = await TestServer.start('setup-wizard', { withoutSetUp: true, env: agent.env });
    chromium = await Chromium.start();
    office = await chromium.profile();
    page = await office.newPage();
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(page, `wizard ${context.task.name.slice(0, 30)}`);
    expect(chromium.takeErrors()).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await agent?.stop();
    await mailbox?.close();
    gateway?.close();
  });

  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
  const save = () => page.getByRole('button', { name: 'Save and continue' }).click();
  const steps = async () => {
    const { items } = (await server.api.get('/setup/steps')) as { items: { key: string; state: string }[] };
    return Object.fromEntries(items.map(({ key, state }) => [key, state]));
  };

  it('tells at once that a code is wrong', async () => {
    await page.goto(server.http);
    await page.getByLabel('Set-up code').fill('AAAA-AAAA');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('The set-up code is wrong').first().waitFor();
    expect(await page.getByLabel('Login').count()).toBe(0);
    expect(await accessibilityFaults(page, axe)).toEqual([]);
  });

  it('keeps the right code over a reload, and offers to restore a backup instead', async () => {
    await page.getByLabel('Set-up code').fill(server.setUpCode ?? '');
    await page.getByRole('button', { name: 'Restore a backup instead' }).click();
    await heading('Restore a backup');
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByLabel('Login').waitFor();
    await page.reload();
    await page.getByLabel('Login').waitFor();
    expect(await accessibilityFaults(page, axe)).toEqual([]);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByLabel('Set-up code').waitFor();
  });

  it('takes every step, and keeps where one is over a reload', { timeout: 90_000 }, async () => {
    await setUpAdministrator(page, server.http, server.setUpCode ?? '');
    await heading('Name and domain');
    await page.getByLabel('Name of the company').fill('Village Telephone');
    await page.getByLabel('SIP domain').fill('phone.example.org');
    await save();

    await heading('Network');
    await page.getByText('enp1s0', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'The network is right: continue' }).click();

    await heading('Time zone');
    await page.reload();
    await heading('Time zone');
    await page.getByLabel('Time zone').fill('Nowhere/Town');
    await save();
    await page.getByText('There is no such time zone').waitFor();
    await page.getByLabel('Time zone').fill('America/Montevideo');
    await save();

    await heading('Mail');
    const { hostname, port } = new URL(mailbox.url);
    await page.getByLabel('Mail server (SMTP)').fill(hostname);
    await page.getByLabel('Port', { exact: true }).fill('1');
    await page.getByLabel('Send a test mail to').fill('rosa@example.org');
    await page.getByRole('button', { name: 'Save and send a test mail' }).click();
    await page.getByText('The mail server does not answer').waitFor();
    await page.getByLabel('Port', { exact: true }).fill(port);
    await page.getByRole('button', { name: 'Save and send a test mail' }).click();
    await page.getByText('The mail server took the test mail for rosa@example.org').waitFor();
    expect((await mailbox.mailTo('rosa@example.org')).text).toContain('can send mail');
    await page.getByRole('button', { name: 'Continue' }).click();

    await heading('Currency');
    await page.getByLabel('Currency').selectOption('UYU');
    await save();

    await heading('First gateway');
    await page.getByLabel('Name', { exact: true }).fill('Provider');
    await page.getByLabel('Host').fill('127.0.0.1');
    await page.getByLabel('Port', { exact: true }).fill(String((gateway.address() as AddressInfo).port));
    await page.getByRole('button', { name: 'Save and try it' }).click();
    await page.getByText(/It answers, after \d+ ms/).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Continue' }).click();

    await heading('Sign-up');
    await page.getByRole('button', { name: 'Skip' }).click();

    await heading('Backup');
    await page.getByLabel('Passphrase', { exact: true }).fill('four words are enough');
    await page.getByLabel('Passphrase again').fill('four words are not');
    await save();
    await page.getByText('The two are not the same').waitFor();
    await page.getByLabel('Passphrase again').fill('four words are enough');
    await save();
    await heading('That was all');

    expect(await steps()).toEqual({
      ...{ domain: 'done', network: 'done', timeZone: 'done', mail: 'done', currency: 'done', gateway: 'done' },
      ...{ signup: 'skipped', backup: 'done', rates: 'open', subscriber: 'open' },
    });
    expect(await server.api.get('/settings')).toMatchObject({
      ...{ operatorName: 'Village Telephone', sipDomain: 'phone.example.org', timeZone: 'America/Montevideo', currency: 'UYU' },
      smtpUrl: `smtp://${hostname}:${port}`,
    });
  });

  it('shows on the home page what is done and what was left, and leads there', async () => {
    await page.getByRole('link', { name: 'To the home page' }).click();
    await page.getByText('Decide who may sign up').waitFor();
    const list = page.getByRole('listitem').filter({ hasText: 'Choose the currency' });
    expect(await list.textContent()).toContain('done');
    await page.getByRole('link', { name: 'Decide who may sign up' }).click();
    await heading('Sign-up');
    await page.getByRole('radio', { name: /after approval/ }).click();
    await save();
    await heading('Backup');
    expect(await steps()).toMatchObject({ signup: 'done' });
    expect(await server.api.get('/settings')).toMatchObject({ signupPolicy: 'approval' });
  });

  it('U-3, U-5: every step without accessibility faults in either appearance, on a telephone too, and in Spanish', {
    timeout: 180_000,
  }, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [width, locale] of [
        [1280, 'en-GB'],
        [360, 'es-UY'],
      ] as const) {
        const profile = await chromium.profile({ colorScheme, viewport: { width, height: 800 } });
        const other = await profile.newPage();
        await logInAsAdministrator(other, server.http);
        if (locale === 'es-UY') await other.evaluate(`localStorage.setItem('dialtone.language', 'es')`);
        for (const step of ['domain', 'network', 'timeZone', 'mail', 'currency', 'gateway', 'signup', 'backup', 'end']) {
          await other.goto(`${server.http}/admin/setup?step=${step}`);
          await other.getByRole('heading', { level: 1 }).waitFor();
          await eventually(`${step} has loaded`, async () => (await other.getByText(/Loading…|Cargando…/).count()) === 0);
          expect(await accessibilityFaults(other, axe), `${step} ${colorScheme} ${width}`).toEqual([]);
          expect(await widerThanScreen(other), `${step} ${width}`).toBeLessThanOrEqual(0);
        }
        await profile.close();
      }
    }
  });

  it('A-25: says on every page that the clock is not set, and lets an administrator set it', { timeout: 120_000 }, async () => {
    agent.time = { ...agent.time, synchronised: false, jump: 90_000 };
    await eventually('the clock is doubted', async () => ((await server.api.get('/clock')) as { blocked: boolean }).blocked, 90_000);
    await page.goto(`${server.http}/admin/subscribers`);
    await page.getByText('The clock is not set: no paid calls.').waitFor();
    expect(await accessibilityFaults(page, axe)).toEqual([]);
    await page.getByRole('button', { name: 'Check the time' }).click();
    await page.getByRole('button', { name: 'Take the time of this computer' }).click();
    await page.getByText('Paid calls are possible again.').waitFor();
    await eventually('the alarm is gone', async () => (await page.getByText('The clock is not set: no paid calls.').count()) === 0);
    expect(agent.done.some((what) => what.startsWith('clock '))).toBe(true);
  });
});
