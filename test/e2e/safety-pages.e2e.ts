import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../server/src/tls/testing.ts';
import { Chromium, keepPicture } from '../support/browser.ts';
import { accessibilityFaults, logInAsAdministrator } from '../support/pages.ts';
import { shownAt } from '../support/secure.ts';
import { TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('certificates and bans in a browser, over TLS', () => {
  let server: TestServer;
  let chromium: Chromium;
  let page: Page;
  beforeAll(async () => {
    server = await TestServer.start('safety-pages', { tls: true });
    chromium = await Chromium.start();
    const profile = await chromium.profile({ ignoreHTTPSErrors: true });
    page = await profile.newPage();
    await logInAsAdministrator(page, `https://127.0.0.1:${server.tlsPorts.https}`);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(page, context.task.name);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
  });

  const go = (path: string) => page.goto(`https://127.0.0.1:${server.tlsPorts.https}${path}`);

  it('the log-in over TLS has a cookie that never leaves it', async () => {
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'dialtone_session');
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict' });
  });

  it('a certificate is brought: a wrong key is refused beside its field, the right one is shown at once', async () => {
    const authority = await certificateAuthority();
    const mine = await authority.issue(['phone.example.org']);
    const other = await authority.issue(['other.example.org']);
    await go('/admin/certificates');
    await page.getByText('Browsers warn of this certificate').waitFor();
    expect(await accessibilityFaults(page, axe)).toEqual([]);
    await page.getByLabel('Certificate and chain', { exact: true }).fill(mine.cert);
    await page.getByLabel('Private key', { exact: true }).fill(other.key);
    await page.getByRole('button', { name: 'Check and use' }).click();
    await page.getByText('The key belongs to another certificate.').waitFor();
    await page.getByLabel('Private key', { exact: true }).fill(mine.key);
    await page.getByRole('button', { name: 'Check and use' }).click();
    await page.getByText('Brought by you').waitFor();
    await eventually('it is shown', async () => (await shownAt(server.tlsPorts.https)).subjectaltname === 'DNS:phone.example.org');
    expect(await page.getByLabel('Private key', { exact: true }).inputValue()).toBe('');
    await keepPicture(page, 'certificates');
    await page.getByRole('button', { name: 'Show this one' }).click();
    await page.getByText('Browsers warn of this certificate').waitFor();
  });

  it('an address is banned by hand and forgiven, live on the page', async () => {
    await go('/admin/bans');
    await page.getByText('Nobody is banned').waitFor();
    await page.getByRole('button', { name: 'Ban an address' }).click();
    await page.getByLabel('Address', { exact: true }).fill('192.168.0.9');
    await page.getByRole('dialog').getByRole('button', { name: 'Ban an address' }).click();
    await page.getByText('it is never banned').waitFor();
    await page.getByLabel('Address', { exact: true }).fill('203.0.113.7');
    await page.getByLabel('Note').fill('scans us');
    await page.getByRole('dialog').getByRole('button', { name: 'Ban an address' }).click();
    await page.getByText('scans us').waitFor();
    // Another one comes by itself.
    await server.api.post('/bans', { address: '203.0.113.8' });
    await page.getByText('203.0.113.8').waitFor();
    expect(await accessibilityFaults(page, axe)).toEqual([]);
    await keepPicture(page, 'bans');
    const row = page.getByRole('row', { name: /203\.0\.113\.8/ });
    await row.getByRole('button', { name: 'Forgive' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Forgive' }).click();
    await page.getByText('203.0.113.8').waitFor({ state: 'detached' });
    expect(chromium.takeErrors()).toEqual([]);
  });

  it('nobody locks himself out', async () => {
    const far = await server.api.raw('PATCH', '/settings', { adminNetworks: [] });
    expect(far.status).toBe(400);
    await go('/admin/settings?key=adminNetworks');
    await page.getByLabel('Administrators may work from').fill('nonsense');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Expected an address or a network such as 192.168.0.0/16').waitFor();
  });
});
