import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { logInAsAdministrator, setUp } from '../../support/pages.ts';
import { domain } from '../../support/server.ts';
import { BOOT_MS } from '../machine/machine.ts';
import { Ports } from '../machine/ports.ts';
import { Appliance } from '../support/appliance.ts';
import { setUpCode } from '../support/console-steps.ts';
import { inBrowser, picture } from '../support/pages.ts';
import type { Scenario } from '../support/scenario.ts';

/** No data disk at all: never the wizard by itself; "try without a disk" from the status page, and a banner on every page from then on. */
export const demo: Scenario = {
  name: 'demo',
  rows: 'no disk; A-4',
  short: true,
  async run(bench) {
    const appliance = await Appliance.boot({
      name: 'demo',
      boot: { cd: bench.images.current },
      firmware: 'uefi',
      ports: await Ports.take(),
    });
    try {
      const screen = await appliance.console.overview(/DATA DISK NOT FOUND/, BOOT_MS);
      const code = /Page code +(\S+)/.exec(screen)?.[1] ?? '';
      await assert.rejects(appliance.info(), 'there is no wizard: the server does not run');
      await inBrowser('demo', async (profile) => {
        const page = await (await profile()).newPage();
        // Whoever types the address without a port comes to the status page.
        await page.goto(`http://127.0.0.1:${appliance.ports.http}/`);
        await page.getByRole('heading', { name: 'Data disk not found' }).waitFor();
        await picture(page, 'status-no-disk');
        await page.goto(`${appliance.statusPage}/actions`);
        const form = page.locator('form[action="/demo"]');
        await form.getByLabel('Code on the console').fill(code);
        await picture(page, 'status-actions');
        await form.getByRole('button').click();
        await appliance.console.overview(/DEMO, running/, BOOT_MS);
        await appliance.machine.picture('console-demo');
        bench.proven('no disk: status page instead of the wizard; the demo starts with the code of the console');
        await banners(appliance, page);
        bench.proven('demo: a banner on every page, before and after the log-in');
      });
    } finally {
      await appliance.machine.powerCut();
    }
  },
};

async function banners(appliance: Appliance, page: Page): Promise<void> {
  const hasBanner = async (where: string) => {
    await page
      .getByText(/power (loss|cut).*eras/i)
      .first()
      .waitFor({ timeout: 180_000 })
      .catch((error: Error) => {
        throw new Error(`No banner on ${where}: ${error.message}`);
      });
  };
  await page.goto(appliance.web);
  await page.getByLabel('Set-up code').waitFor();
  await hasBanner('the wizard');
  const code = await setUpCode(appliance);
  await setUp(page, appliance.web, code, { domain, currency: 'EUR' });
  for (const path of ['/admin', '/admin/subscribers', '/admin/gateways', '/admin/settings', '/admin/active-calls']) {
    await page.goto(`${appliance.web}${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await hasBanner(path);
  }
  await picture(page, 'demo-banner');
  await page.context().clearCookies();
  for (const path of ['/login', '/signup']) {
    await page.goto(`${appliance.web}${path}`);
    await hasBanner(path);
  }
  await logInAsAdministrator(page, appliance.web);
  await hasBanner('the first page');
}
