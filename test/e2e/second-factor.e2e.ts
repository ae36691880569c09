import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { URI } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { dialtone } from '../support/cli.ts';
import { accessibilityFaults, logInAsAdministrator, turnTo, widerThanScreen } from '../support/pages.ts';
import { readQr } from '../support/qr.ts';
import { administrator, TestServer } from '../support/server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('M-9: the second factor of an administrator, in a browser', () => {
  let server: TestServer;
  let chromium: Chromium;
  let page: Page;
  let secretUri: string;
  let recovery: string[];
  beforeAll(async () => {
    server = await TestServer.start('second-factor');
    chromium = await Chromium.start();
    page = await (await chromium.profile()).newPage();
    await logInAsAdministrator(page, server.http);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(page, context.task.name);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
  });

  /** What the app on the phone shows, or will show `later` steps of 30 s from now. */
  const code = (later = 0) => URI.parse(secretUri).generate({ timestamp: Date.now() + later * 30_000 });

  /** Wide and narrow, light and dark: everybody can read it, and nothing sticks out. */
  async function lookAt(name: string): Promise<void> {
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await turnTo(page, colorScheme, width);
      await keepPicture(page, `${name}-${colorScheme}-${width}`);
      expect([name, colorScheme, width, await widerThanScreen(page), await accessibilityFaults(page, axe)]).toEqual([
        name,
        colorScheme,
        width,
        0,
        [],
      ]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  it('is set up with the password, the QR code and the first code; recovery codes are shown once', async () => {
    await page.goto(`${server.http}/admin/admins`);
    await page.getByText('With it, a stolen password alone opens nothing').waitFor();
    await lookAt('second-factor-off');
    await page.getByRole('button', { name: 'Set up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Present password', { exact: true }).fill(administrator.password);
    await dialog.getByRole('button', { name: 'Next' }).click();
    const qr = dialog.getByRole('img', { name: 'QR code for the authenticator app' });
    await qr.waitFor();
    await lookAt('second-factor-scan');
    secretUri = await readQr(qr);
    expect(secretUri).toMatch(/^otpauth:\/\/totp\/Dialtone:admin\?issuer=Dialtone&secret=[A-Z2-7]{32}&/);
    await dialog.getByLabel('Code', { exact: true }).fill('000000');
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await dialog.getByText('The code is wrong or has been used').waitFor();
    await dialog.getByLabel('Code', { exact: true }).fill(code());
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    recovery = await dialog.getByRole('listitem').allInnerTexts();
    expect(recovery).toHaveLength(10);
    await lookAt('second-factor-codes');
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('Recovery codes left').waitFor();
    await lookAt('second-factor-on');
  });

  it('asks for the code at the login, or for a recovery code', async () => {
    const password = async () => {
      await page.context().clearCookies();
      await page.goto(`${server.http}/login`);
      await page.getByLabel('Login', { exact: true }).fill(administrator.login);
      await page.getByLabel('Password', { exact: true }).fill(administrator.password);
      await page.getByRole('button', { name: 'Log in' }).click();
    };
    await password();
    const field = page.getByLabel('Code', { exact: true });
    await field.waitFor();
    expect(await field.evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
    await lookAt('second-factor-login');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code is wrong or has been used').waitFor();
    // The one of the enrolment is used up; that of the next step is taken already.
    await field.fill(code(1));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin$/);

    await password();
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code', { exact: true }).fill(recovery[0]?.toLowerCase() ?? '');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(/\/admin$/);
    await page.goto(`${server.http}/admin/audit`);
    await page.getByText('Recovery code used').first().waitFor();
    expect(chromium.takeErrors()).toEqual([]);
  });

  it('is switched off on the command line, and the password alone opens again', async () => {
    expect((await dialtone(server, 'admin', 'second-factor', 'off', administrator.login)).code).toBe(0);
    await page.context().clearCookies();
    await logInAsAdministrator(page, server.http);
  });

  it('is demanded where the settings say so: nothing else is there before', async () => {
    await page.goto(`${server.http}/admin/settings?key=requireSecondFactor`);
    await page.getByRole('switch', { name: 'Every administrator needs a second factor' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const demand = page.getByText('Every administrator here needs one');
    await demand.waitFor();
    await lookAt('second-factor-needed');
    await page.context().clearCookies();
    await logInAsAdministrator(page, server.http);
    await demand.waitFor();
    await page.goto(`${server.http}/admin/subscribers`);
    await page.getByRole('button', { name: 'Set up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Present password', { exact: true }).fill(administrator.password);
    await dialog.getByRole('button', { name: 'Next' }).click();
    const qr = dialog.getByRole('img', { name: 'QR code for the authenticator app' });
    await qr.waitFor();
    await dialog.getByLabel('Code', { exact: true }).fill(URI.parse(await readQr(qr)).generate());
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByRole('heading', { name: 'Subscribers', exact: true }).waitFor();
  });
});
