import type { BrowserContext, Page } from 'playwright-core';
import { Chromium } from '../../support/browser.ts';
import type { Person } from '../../support/provision.ts';
import { eventually } from '../../support/wait.ts';
import { HOST } from '../machine/ports.ts';
import type { Appliance } from './appliance.ts';
import { artifacts } from './artifacts.ts';

/** What a page of a machine without KVM may take. */
const PATIENCE_MS = 180_000;

/** Runs with a browser and closes it, whatever happens; its pictures on a fault are among the artefacts. */
export async function inBrowser<T>(name: string, run: (open: () => Promise<BrowserContext>) => Promise<T>): Promise<T> {
  const chromium = await Chromium.start();
  const contexts: BrowserContext[] = [];
  try {
    const result = await run(async () => {
      const context = await chromium.profile({ ignoreHTTPSErrors: true });
      context.setDefaultTimeout(PATIENCE_MS);
      contexts.push(context);
      return context;
    });
    const errors = chromium.takeErrors();
    if (errors.length > 0) throw new Error(`The pages logged errors:\n${errors.join('\n')}`);
    return result;
  } catch (error) {
    for (const [index, page] of contexts.flatMap((context) => context.pages()).entries()) {
      await picture(page, `${name}-fault-${index}`).catch(() => undefined);
    }
    throw error;
  } finally {
    await chromium.close();
  }
}

/** A picture of the page, once it has loaded what it shows. */
export async function picture(page: Page, name: string): Promise<void> {
  await eventually('the page has loaded', async () => (await page.locator('.animate-pulse').count()) === 0, 60_000);
  await page.screenshot({ path: `${artifacts()}/${name}.png`, fullPage: true });
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
}

/** A visitor signs up through the web form and opens the link of the mail; without a mail server the mail waits in the outbox. */
export async function signUp(appliance: Appliance, page: Page): Promise<Person> {
  const mail = 'anna@example.org';
  await open(page, `${appliance.web}/signup`);
  await page.getByLabel('Name', { exact: true }).fill('Anna Example');
  await page.getByLabel('E-mail address').fill(mail);
  await page.getByLabel('Password for these pages').fill('a long enough password');
  const terms = page.getByLabel('I accept the terms and conditions');
  if (await terms.isVisible()) await terms.check();
  await picture(page, 'sign-up');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByText(/Look into your mail|No mail can be sent here yet/).waitFor();

  const waiting = await eventually('the mail is in the outbox', async () =>
    (await appliance.api.list('/outbox')).find(({ to }) => to === mail),
  );
  const { text } = await appliance.api.get(`/outbox/${waiting.id}`);
  const path = /https?:\/\/[^\s/]+(\/signup\/confirm\S+)/.exec(text)?.[1];
  if (!path) throw new Error(`The mail holds no link:\n${text}`);
  // The link names the machine as its own network knows it; the test comes through a forwarded port.
  await page.goto(`${appliance.web}${path}`);
  const heading = await page.getByRole('heading', { name: /Your number is/ }).textContent();
  const number = /\d{2,15}/.exec(heading ?? '')?.[0] ?? '';
  const password = (await page.getByTestId('sip-password').textContent())?.trim() ?? '';
  const [row] = await appliance.api.list(`/subscribers?number=${number}`);
  return { id: row?.id, number, password };
}

/** The administrator puts rates in force, adds the carrier on this host, lets the subscriber call abroad and gives credit. */
export async function openTheWayAbroad(
  appliance: Appliance,
  page: Page,
  caller: Person,
  carrierPort: number,
  credit: string,
): Promise<void> {
  await open(page, `${appliance.web}/admin/rates`);
  await page.getByRole('link', { name: 'Import CSV' }).first().click();
  const buffer = Buffer.from('\uFEFFprefix;name;price;first_increment;next_increment\n+44;United Kingdom;0,60000;1;1\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: /Commit 1 change/ }).click();
  await page.getByText('The rates are in force').waitFor();

  await open(page, `${appliance.web}/admin/gateways`);
  await page.getByRole('button', { name: 'Add gateway' }).first().click();
  const gateway = page.getByRole('dialog');
  await gateway.getByLabel('Name', { exact: true }).fill('Carrier');
  await gateway.getByLabel('Host', { exact: true }).fill(HOST);
  await gateway.getByLabel('Port', { exact: true }).fill(String(carrierPort));
  await gateway.getByLabel('Prefix', { exact: true }).fill('00');
  await gateway.getByLabel('Take off digits').fill('2');
  const probe = gateway.getByRole('switch', { name: /Ask whether it is alive/ });
  if (await probe.isChecked()) await probe.click();
  await gateway.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('main').getByText('Carrier').first().waitFor();

  await open(page, `${appliance.web}/admin/subscribers/${caller.id}`);
  await page.getByRole('button', { name: 'Lift the limits' }).click();
  await page.getByRole('tab', { name: 'Permissions' }).click();
  await page.getByRole('checkbox', { name: /Abroad/ }).check();
  await page.getByRole('tabpanel').getByRole('button', { name: 'Save' }).click();
  await eventually(
    'he may call abroad',
    async () => (await appliance.api.get(`/subscribers/${caller.id}`)).groups.includes('int'),
    180_000,
  );
  await page.getByRole('button', { name: 'Add credit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Amount').fill(credit);
  await dialog.getByLabel('Reason').fill('cash');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('button', { name: 'Book it' }).click();
  await page.getByRole('dialog', { name: 'Receipt' }).waitFor();
}
