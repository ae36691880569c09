import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { accessibilityFaults, focusOf, logIn, logInAsAdministrator, widerThanScreen } from '../support/pages.ts';
import { addCaller, addSubscriber, defaultTariff } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const adminScreens = [
  '',
  '/subscribers',
  '/subscribers/new',
  '/subscribers/import',
  '/signups',
  '/active-calls',
  '/calls',
  '/route-test',
  '/rates',
  '/gateways',
  '/numbers',
  '/registrations',
  '/domains',
  '/monitor',
  '/settings',
  '/jobs',
  '/outbox',
  '/admins',
  '/audit',
];
const myScreens = ['', '/calls', '/voicemail', '/rates', '/devices', '/ledger', '/profile', '/password'];

/** The acceptance checks of the pages, by their numbers, against a server with ten thousand subscribers. */
describe('the pages', () => {
  let server: TestServer;
  let chromium: Chromium;
  let office: BrowserContext;
  let admin: Page;
  let tariff: number;

  beforeAll(async () => {
    server = await TestServer.start('pages');
    const rows = Array.from({ length: 10_000 }, (_, n) => `${20_000 + n},password-${n},${n % 100}.00`);
    await server.api.post('/subscribers/import', { csv: `number,password,balance\n${rows.join('\n')}\n` });
    tariff = await defaultTariff(server);
    chromium = await Chromium.start();
    office = await chromium.profile();
    admin = await office.newPage();
    await logInAsAdministrator(admin, server.http);
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(admin, context.task.name.slice(0, 12));
    expect(chromium.takeErrors()).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
  });

  const open = async (path: string, page = admin) => {
    await page.goto(`${server.http}${path}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    // No "network idle": the event stream never is.
    await eventually(`${path} has loaded`, async () => (await page.getByText('Loading…').count()) === 0);
  };

  it('U-17: every list that was never used has one button that leads on; a filter that matches nothing offers to clear it', async () => {
    for (const path of ['/signups', '/active-calls', '/calls', '/rates', '/gateways', '/numbers', '/registrations', '/outbox']) {
      await open(`/admin${path}`);
      const empty = admin.getByRole('main').getByRole('heading', { level: 3 });
      await empty.waitFor();
      const actions = empty.locator('xpath=..').getByRole('button').or(empty.locator('xpath=..').getByRole('link'));
      expect(await actions.count(), `buttons of the empty ${path}`).toBe(1);
    }
    await open('/admin/subscribers?q=nobody-is-called-this');
    await admin.getByRole('button', { name: 'Clear filters' }).last().click();
    await admin.getByRole('row').nth(5).waitFor();
  });

  it('U-7: among 10,000 subscribers a search answers in less than half a second, with less than 200 rows on the page', async () => {
    await open('/admin/subscribers');
    await admin.getByRole('row').nth(5).waitFor();
    const search = admin.getByLabel('Number, name or e-mail');
    const times: number[] = [];
    for (const number of ['23456', '27777', '29999']) {
      const started = Date.now();
      await search.fill(number);
      await admin.getByRole('row', { name: new RegExp(number) }).waitFor();
      await eventually('only that row', async () => (await admin.getByRole('row').count()) === 2, 5000);
      times.push(Date.now() - started);
    }
    expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(500);
    await search.fill('');
    await admin
      .getByText(/of 10,000/)
      .first()
      .waitFor();
    expect(await admin.locator('tr').count()).toBeLessThan(200);
  });

  it('U-8: edit a row on page 4 with filter and sort: same page, filter and sort afterwards; Back and a pasted address work', async () => {
    await open('/admin/subscribers?status=active&sort=-number&page=4');
    const third = admin.getByRole('row').nth(3);
    await third.waitFor();
    const shown = await admin.getByRole('row').allInnerTexts();
    await third.click();
    await admin.waitForURL(/\/admin\/subscribers\/\d+/);
    await admin.getByRole('button', { name: 'Edit', exact: true }).click();
    await admin.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Changed on page four');
    await admin.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Changed on page four').first().waitFor();
    await admin.goBack();
    await admin.waitForURL(/page=4/);
    expect(admin.url()).toMatch(/status=active/);
    expect(admin.url()).toMatch(/sort=-number/);
    await admin.getByText('Changed on page four').waitFor();
    const pasted = await office.newPage();
    await open(new URL(admin.url()).pathname + new URL(admin.url()).search, pasted);
    await pasted.getByText('Changed on page four').waitFor();
    expect((await pasted.getByRole('row').allInnerTexts()).length).toBe(shown.length);
    await pasted.close();
  });

  it('U-9: 50,000 rates with 37 bad rows: counts, errors by cause, rejected rows as a file; cancel changes nothing; a good file is committed', async () => {
    const good = Array.from({ length: 50_000 }, (_, n) => `${1_000_000 + n * 13},Place ${n},0.0${10 + (n % 89)}00`);
    const bad = good.map((line, n) =>
      n % 1351 === 0 && n < 50_000 ? (n % 2 === 0 ? line.replace(/^\d+/, '44 7') : line.replace(/0\.\d+$/, 'cheap')) : line,
    );
    const badCount = bad.filter((line, n) => line !== good[n]).length;
    const csv = (lines: string[]) => ({
      name: 'rates.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`prefix,name,price\n${lines.join('\n')}\n`),
    });
    const rates = async () => (await server.api.get(`/tariffs/${tariff}/rates?pageSize=1`)).total;
    expect(badCount).toBeGreaterThanOrEqual(37);

    await open(`/admin/rates/${tariff}/import`);
    await admin.locator('input[type=file]').setInputFiles(csv(bad));
    await admin.getByText(`${badCount} rows are wrong`).waitFor({ timeout: 40_000 });
    const counts = admin.getByTestId('import-counts');
    expect(await counts.innerText()).toContain((50_000 - badCount).toLocaleString('en'));
    await admin.getByText('Prefix is not digits').waitFor();
    await admin.getByText('Not a price').waitFor();
    const [file] = await Promise.all([
      admin.waitForEvent('download'),
      admin.getByRole('link', { name: 'Rejected rows as a file' }).click(),
    ]);
    const rejected = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\n');
    expect(rejected).toHaveLength(badCount + 1);
    expect(rejected[0]).toMatch(/reason/i);
    await admin.getByRole('button', { name: 'Cancel' }).click();
    await admin.getByText('The import was cancelled; nothing has changed.').waitFor();
    expect(await rates()).toBe(0);

    await open(`/admin/rates/${tariff}/import`);
    await admin.locator('input[type=file]').setInputFiles(csv(good));
    await admin
      .getByRole('button', { name: 'Commit 50,000 changes' })
      .or(admin.getByRole('button', { name: 'Commit 50000 changes' }))
      .click({ timeout: 40_000 });
    await admin.getByText('The rates are in force').waitFor({ timeout: 40_000 });
    expect(await rates()).toBe(50_000);
  });

  it('U-10: the same prefix twice in one file is a warning that names both rows, not a failure', async () => {
    await open(`/admin/rates/${tariff}/import`);
    const buffer = Buffer.from('prefix,name,price\n4479,UK mobile,0.0900\n33,France,0.0200\n4479,UK mobile,0.0800\n');
    await admin.locator('input[type=file]').setInputFiles({ name: 'twice.csv', mimeType: 'text/csv', buffer });
    await admin.getByText('1 warning').waitFor({ timeout: 20_000 });
    const warning = admin.getByRole('listitem').filter({ hasText: 'The same prefix twice' });
    const text = await warning.first().innerText();
    expect(text).toMatch(/\b2\b/);
    expect(text).toMatch(/\b4\b/);
    await admin.getByRole('button', { name: /^Commit 2 changes/ }).click();
    await admin.getByText('The rates are in force').waitFor({ timeout: 20_000 });
    expect(await server.api.get('/rates/lookup?number=447912345678')).toMatchObject({ rate: { prefix: '4479', pricePerMinute: '0.08' } });
  });

  it('U-6: Ctrl+K, +4479, Enter: the page of that prefix in less than 300 ms at 50,000 rates', async () => {
    await open('/admin/gateways');
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await open('/admin/gateways');
      await admin.keyboard.press('Control+k');
      await admin.getByPlaceholder('Name, number, +44…, setting or page').waitFor();
      await admin.keyboard.type('+4479');
      await admin.getByRole('option', { name: /4479.*UK mobile/ }).waitFor();
      const started = Date.now();
      await admin.keyboard.press('Enter');
      await admin.waitForURL(/\/admin\/rates\/\d+\?q=4479/);
      await admin.getByRole('row', { name: /4479/ }).first().waitFor();
      times.push(Date.now() - started);
    }
    expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(300);
  });

  it('U-12 and U-13: credit shows old balance, change and new balance; a double click and a retry after a broken line make one entry', async () => {
    const bert = await addSubscriber(server, '1002', { balance: '2.50' });
    await open(`/admin/subscribers/${bert.id}`);
    await admin.getByRole('button', { name: 'Add credit' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Amount').fill('10.00');
    await dialog.getByLabel('Reason').fill('cash');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    const confirm = await dialog.innerText();
    for (const amount of ['2.50', '10.00', '12.50']) expect(confirm).toContain(amount);

    // The line breaks after the server has booked it: the page does not know, and the person tries again.
    let broken = 0;
    await admin.route('**/api/v1/subscribers/*/credit', async (route) => {
      broken += 1;
      if (broken > 1) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await dialog.getByRole('button', { name: 'Book it' }).dblclick();
    await eventually('the first try has failed', () => broken >= 1);
    await eventually('the button can be pressed again', () => dialog.getByRole('button', { name: 'Book it' }).isEnabled());
    await dialog.getByRole('button', { name: 'Book it' }).dblclick();
    await admin.getByRole('dialog', { name: 'Receipt' }).waitFor();
    await admin.unroute('**/api/v1/subscribers/*/credit');
    expect(await admin.getByRole('dialog', { name: 'Receipt' }).innerText()).toContain('12.50');
    await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    chromium.takeErrors();

    const ledger = await server.api.list(`/subscribers/${bert.id}/ledger`);
    expect(ledger.filter((entry) => entry.amount === '10.00')).toHaveLength(1);
    expect(ledger[0]).toMatchObject({ amount: '10.00', endingBalance: '12.50' });
    expect(await server.api.get(`/subscribers/${bert.id}`)).toMatchObject({ balance: '12.50' });
    await admin
      .getByRole('main')
      .getByText(/12\.50/)
      .first()
      .waitFor();
  });

  it("U-14: credit added by the administrator is on the subscriber's open page within two seconds, and is announced", async () => {
    const anna = await addCaller(server, '1001', '1.00');
    const home = await chromium.profile();
    const page = await home.newPage();
    await logIn(page, server.http, anna.number, anna.password);
    await page.getByText(/1\.00/).first().waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await server.api.post(`/subscribers/${anna.id}/credit`, { amount: '41.00', reason: 'test' }, { 'idempotency-key': 'u-14' });
    const started = Date.now();
    await page
      .getByText(/42\.00/)
      .first()
      .waitFor({ timeout: 5000 });
    expect(Date.now() - started).toBeLessThan(2000);
    const announced = () => page.locator('[aria-live=polite], [role=status]').allInnerTexts();
    await eventually('the new balance is announced', async () => (await announced()).some((text) => text.includes('42.00')));
    await home.close();
  });

  it('U-15: eight tabs stay live over one stream; a restart of the server shows Reconnecting, then Live, and no event is lost', async () => {
    const tabs = await Promise.all(Array.from({ length: 8 }, () => office.newPage()));
    for (const tab of tabs) await open('/admin/subscribers?q=990001', tab);
    for (const tab of tabs) await tab.getByText('Live', { exact: true }).first().waitFor();
    const carl = await addSubscriber(server, '990001');
    for (const tab of tabs) await tab.getByRole('row', { name: /990001/ }).waitFor({ timeout: 8000 });
    await server.end();
    for (const tab of tabs) await tab.getByText('Reconnecting', { exact: true }).first().waitFor({ timeout: 20_000 });
    await server.launch();
    await server.api.post(`/subscribers/${carl.id}/credit`, { amount: '7.77', reason: 'while away' }, { 'idempotency-key': 'u-15' });
    for (const tab of tabs) {
      await tab.getByText('Live', { exact: true }).first().waitFor({ timeout: 30_000 });
      await tab.getByRole('row', { name: /7\.77/ }).waitFor({ timeout: 10_000 });
    }
    for (const tab of tabs) await tab.close();
    chromium.takeErrors();
  });

  it('U-19: the session ends in the middle of a form: log in again in a dialog, and what was typed is kept', async () => {
    await open('/admin/subscribers/new');
    await admin.getByLabel('Number', { exact: true }).fill('1003');
    await admin.getByLabel('Name').first().fill('Typed before the session ended');
    await office.clearCookies();
    await admin.getByRole('main').getByRole('button', { name: 'Add subscriber' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Please log in again' });
    await dialog.waitFor();
    await dialog.getByLabel('Login', { exact: true }).fill('admin');
    await dialog.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await admin.getByRole('dialog', { name: /1003 is ready/ }).waitFor();
    const [row] = await server.api.list('/subscribers?number=1003');
    expect(row?.displayName).toBe('Typed before the session ended');
  });

  it('U-4: add a subscriber, add credit, set a rate, by keyboard only, and the focus is never hidden', async () => {
    const press = async (...keys: string[]) => {
      for (const key of keys) await admin.keyboard.press(key);
    };
    /** Tabs on until the focused element has this role and name; looks at every stop whether it can be seen. */
    const tabTo = async (name: RegExp, most = 80) => {
      for (let n = 0; n < most; n += 1) {
        await press('Tab');
        // What slides in when it gets the focus needs a frame for it.
        const focus = await eventually(
          'the focus can be seen',
          async () => {
            const now = await focusOf(admin);
            if (!now.seen) throw new Error(`hidden focus: ${now.html}`);
            return now;
          },
          500,
        );
        if (name.test(focus.name.trim())) return;
      }
      throw new Error(`Tab never came to ${name}`);
    };

    await open('/admin/subscribers');
    await tabTo(/^Add subscriber/);
    await press('Enter');
    await admin.waitForURL(/subscribers\/new/);
    await admin.getByLabel('Number', { exact: true }).waitFor();
    await eventually('the first field has the focus', async () => (await focusOf(admin)).name.startsWith('Number'));
    await admin.keyboard.type('1077');
    await press('Enter');
    await admin.getByRole('dialog', { name: /1077 is ready/ }).waitFor();
    await tabTo(/Open the subscriber/);
    await press('Enter');
    await admin.waitForURL(/subscribers\/\d+/);
    await tabTo(/^Add credit/);
    await press('Enter');
    await admin.getByRole('dialog').getByLabel('Amount').waitFor();
    await admin.keyboard.type('5.00');
    await tabTo(/^Reason/);
    await admin.keyboard.type('by keyboard');
    await press('Enter');
    await admin.getByRole('button', { name: 'Book it' }).waitFor();
    await tabTo(/^Book it/);
    await press('Enter');
    await admin.getByRole('dialog', { name: 'Receipt' }).waitFor();
    await press('Escape');
    await open(`/admin/rates/${tariff}`);
    await tabTo(/^Add rate/);
    await press('Enter');
    await admin.getByRole('dialog').getByLabel('Prefix', { exact: true }).waitFor();
    await tabTo(/^Prefix/).catch(() => undefined);
    await admin.getByRole('dialog').getByLabel('Prefix', { exact: true }).focus();
    await admin.keyboard.type('888');
    await tabTo(/^Destination/);
    await admin.keyboard.type('By keyboard');
    await tabTo(/^Price per minute/);
    await admin.keyboard.type('0.5');
    await press('Enter');
    await eventually('the rate is there', async () => (await server.api.get('/rates/lookup?number=888123456')).rate?.prefix === '888');
    const [row] = await server.api.list('/subscribers?number=1077');
    expect(row).toMatchObject({ balance: '5.00' });
  });

  it('the chart of the first page says what lies under the pointer', async () => {
    await server.api.post('/jobs/statistics/run');
    await open('/admin');
    const chart = admin.locator('.recharts-surface').first();
    await chart.waitFor();
    const box = await chart.boundingBox();
    if (!box) throw new Error('The chart has no size');
    await eventually('a note beside the pointer', async () => {
      for (let part = 0.1; part < 1; part += 0.1) {
        await admin.mouse.move(box.x + box.width * part, box.y + box.height / 2);
        if (await admin.getByText(/Calls at once: \d/).isVisible()) return true;
      }
      return false;
    });
    await admin.mouse.move(0, 0);
  });

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('U-3 and U-5 in %s at %i px', (colorScheme, width) => {
    let context: BrowserContext;
    let page: Page;
    beforeAll(async () => {
      context = await chromium.profile({ colorScheme, viewport: { width, height: 800 } });
      page = await context.newPage();
    });
    afterAll(() => context?.close());

    /** Looks at all of them before it complains: one run shows everything that is wrong. */
    const look = async (paths: string[]) => {
      const faults: string[] = [];
      for (const path of paths) {
        await open(path, page);
        faults.push(...(await accessibilityFaults(page, axe)).map((fault) => `${path}: ${fault}`));
        const wider = await widerThanScreen(page);
        if (wider > 0) faults.push(`${path} is ${wider} px wider than the screen`);
      }
      expect(faults).toEqual([]);
    };

    it('public pages', async () => {
      await look(['/login', '/signup', '/forgot', '/reset']);
    });
    it('administrator pages', async () => {
      await context.clearCookies();
      await logInAsAdministrator(page, server.http);
      const [row] = await server.api.list('/subscribers?number=20001');
      await look([...adminScreens, `/subscribers/${row?.id}`, `/rates/${tariff}/import`].map((path) => `/admin${path}`));
    }, 120_000);
    it('subscriber pages', async () => {
      await context.clearCookies();
      await logIn(page, server.http, '20001', 'password-1');
      await look(myScreens.map((path) => `/my${path}`));
    }, 120_000);
  });
});
