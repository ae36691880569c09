import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SftpServer, startSftpServer } from '../../server/src/backup/testing.ts';
import { Chromium, keepPicture } from '../support/browser.ts';
import { accessibilityFaults, logInAsAdministrator, widerThanScreen } from '../support/pages.ts';
import { TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PASSPHRASE = 'cordwood lantern ferry';

/** Backups in a browser: a recovery key, a backup, another place, and the way back on a server and on a new one. */
describe('backups in the browser', () => {
  let server: TestServer;
  let sftp: SftpServer;
  let there: string;
  let chromium: Chromium;
  let office: BrowserContext;
  let page: Page;
  let archive: string;

  beforeAll(async () => {
    server = await TestServer.start('backups');
    await server.api.post('/subscribers', { number: '1001', displayName: 'Olga', balance: '7.50' });
    there = join(server.dataDir, 'elsewhere');
    mkdirSync(there);
    sftp = await startSftpServer(there);
    chromium = await Chromium.start();
    office = await chromium.profile();
    page = await office.newPage();
    await logInAsAdministrator(page, server.http);
    await page.goto(`${server.http}/admin/backups`);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(page, `backups ${context.task.name.slice(0, 20)}`);
  });
  afterAll(async () => {
    await chromium?.close();
    await sftp?.stop();
    await server?.stop();
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('wants a recovery key to be written down, then own words typed twice', async () => {
    await button('Choose a passphrase').click();
    await page.getByRole('radio', { name: 'A recovery key' }).click();
    const key = await page.getByText(/^([2-9A-Z]{4}-){5}[2-9A-Z]{4}$/).textContent();
    await page.getByLabel('Type group 4 of the key').fill('AAAA');
    await button('Save').click();
    await page.getByText('These are not the four characters of that group').waitFor();
    await page.getByLabel('Type group 4 of the key').fill(key?.split('-')[3] ?? '');
    await button('Save').click();
    await page.getByText(/^A recovery key, since/).waitFor();
    await button('Change').click();
    await page.locator('#backup-passphrase').getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('The same again').fill('cordwood lantern');
    await button('Save').click();
    await page.getByText('These two are not the same').waitFor();
    await page.getByLabel('The same again').fill(PASSPHRASE);
    await button('Save').click();
    await page.getByText(/^Your own, since/).waitFor();
  });

  it('makes one, shows that it opens, and gives it away', async () => {
    await button('Back up now').first().click();
    await page.getByText('Opened and whole').first().waitFor({ timeout: 20_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: /^Download dialtone-/ })
        .first()
        .click(),
    ]);
    archive = join(server.dataDir, 'downloaded.tar.gz.age');
    await download.saveAs(archive);
    expect(readFileSync(archive).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  });

  it('looks at the key of another server first, tests it, and copies there', async () => {
    await page.getByRole('radio', { name: 'SFTP server' }).first().click();
    await page.getByLabel('Server', { exact: true }).fill('127.0.0.1');
    await page.getByLabel('Port', { exact: true }).fill(String(sftp.port));
    await page.getByLabel('User', { exact: true }).fill('dialtone');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await button('Test').click();
    await page
      .getByRole('alertdialog')
      .getByText(/SHA256:/)
      .waitFor();
    await button('Yes, trust it').click();
    await page.getByText('The server refused the user name').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(sftp.password);
    await button('Test').click();
    await page.getByText(/^Written, read back and removed/).waitFor();
    await button('Save').click();
    await page.getByText('The plan is saved.').waitFor();
    await button('Back up now').first().click();
    await eventually('a copy lies on the other server', () => readdirSync(there).some((name) => name.endsWith('.age')), 20_000);
    await page.getByRole('heading', { name: 'At 127.0.0.1' }).waitFor();
  });

  it('is readable by everybody, on a telephone too, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.reload();
        await page.getByText('Opened and whole').first().waitFor();
        await keepPicture(page, `backups-${colorScheme}-${width}`);
        expect(await accessibilityFaults(page, axe), `${colorScheme} ${width}`).toEqual([]);
        expect(await widerThanScreen(page), `${width}`).toBeLessThanOrEqual(0);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(chromium.takeErrors()).toEqual([]);
  });

  /** From the panel to the word that sets it going. */
  async function restore(on: Page): Promise<void> {
    const press = (name: string) => on.getByRole('button', { name, exact: true }).click();
    await on.locator('input[type=file]').setInputFiles(archive);
    await on.getByLabel('Passphrase of this backup').fill('cordwood lantern fairy');
    await press('Open');
    await on.getByText('The passphrase is wrong.').waitFor();
    await on.getByLabel('Passphrase of this backup').fill(PASSPHRASE);
    await press('Open');
    await on.getByText('7.50 EUR').waitFor({ timeout: 15_000 });
    expect(await on.getByRole('button', { name: 'Restore everything' }).isDisabled()).toBe(true);
    await on.getByLabel('Type RESTORE to go on').fill('RESTORE');
    await press('Restore everything');
  }

  it('restores: a wrong passphrase is typed again, the server starts anew, and all is as it was', async () => {
    await server.api.post('/subscribers', { number: '4711', displayName: 'Late' });
    await restore(page);
    await eventually('the server ended', () => server.endedCleanly, 15_000);
    await server.launch();
    await page.waitForURL(/\/login/, { timeout: 20_000 });
    await logInAsAdministrator(page, server.http);
    await page.goto(`${server.http}/admin/subscribers`);
    await page.getByText('1001').first().waitFor();
    expect(await page.getByText('4711').count()).toBe(0);
    chromium.takeErrors();
  });

  it('restores on a new machine, with the code of its console', async () => {
    const fresh = await TestServer.start('backups-fresh', { withoutSetUp: true });
    const visitor = await (await chromium.profile()).newPage();
    try {
      await visitor.goto(fresh.http);
      await visitor.getByLabel('Set-up code').fill(fresh.setUpCode ?? '');
      await visitor.getByRole('button', { name: /restore/i }).click();
      await restore(visitor);
      await eventually('the server ended', () => fresh.endedCleanly, 15_000);
      await fresh.launch();
      await visitor.waitForURL(/\/login/, { timeout: 20_000 });
      await logInAsAdministrator(visitor, fresh.http);
    } catch (error) {
      await keepPicture(visitor, 'backups fresh');
      throw error;
    } finally {
      chromium.takeErrors();
      await fresh.stop();
    }
  });
});
