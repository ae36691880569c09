import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { Mailbox } from '../support/mailbox.ts';
import { setUp } from '../support/pages.ts';
import { freePort } from '../support/ports.ts';
import type { Person } from '../support/provision.ts';
import { addSubscriber, calling, registerAt } from '../support/provision.ts';
import { readQr } from '../support/qr.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { eventually } from '../support/wait.ts';

/** What a person can do, from the first page to the paid call, in a real browser while real SIP goes on. One story: each step builds on the last. */
describe("the persons' steps", () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let chromium: Chromium;
  let office: BrowserContext;
  let home: BrowserContext;
  let admin: Page;
  let visitor: Page;
  let anna: Person;
  let carrierPort: number;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    server = await TestServer.start('persons-steps', { withoutSetUp: true, env: { DIALTONE_SMTP_URL: mailbox.url } });
    chromium = await Chromium.start();
    office = await chromium.profile();
    home = await chromium.profile();
    admin = await office.newPage();
    visitor = await home.newPage();
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') {
      for (const [index, page] of [...office.pages(), ...home.pages()].entries()) await keepPicture(page, `persons-steps-${index}`);
    }
    expect(chromium.takeErrors()).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await mailbox?.close();
  });

  it('step 2: the first page asks for the code; a wrong one changes nothing (U-2)', async () => {
    await setUp(admin, server.http, 'AAAA-AAAA', { domain, currency: 'EUR' }).catch(() => undefined);
    expect(await admin.getByLabel('Set-up code').isVisible()).toBe(true);
    expect(await server.api.get('/public/info')).toMatchObject({ setupNeeded: true });
    chromium.takeErrors();
  });

  it('step 2: with the code: administrator, SIP domain, currency', async () => {
    await setUp(admin, server.http, server.setUpCode ?? '', { domain, currency: 'EUR' });
    expect(await server.api.get('/public/info')).toMatchObject({ setupNeeded: false, domain, currency: 'EUR' });
    await admin.getByRole('navigation').first().waitFor();
  });

  it('step 3: a visitor signs up, clicks the link in the mail, gets a number and a SIP password, and a QR code without it (U-18)', async () => {
    await visitor.goto(`${server.http}/signup`);
    await visitor.getByLabel('Name', { exact: true }).fill('Anna Example');
    await visitor.getByLabel('E-mail address').fill('anna@example.org');
    await visitor.getByLabel('Password for these pages').fill('a long enough password');
    const terms = visitor.getByLabel('I accept the terms and conditions');
    if (await terms.isVisible()) await terms.check();
    await visitor.getByRole('button', { name: 'Sign up' }).click();
    await visitor.getByText('Look into your mail').waitFor();

    const mail = await mailbox.mailTo('anna@example.org');
    const link = /https?:\/\/\S+\/signup\/confirm\S+/.exec(mail.text)?.[0] ?? '';
    expect(link).not.toBe('');
    await visitor.goto(link);
    const number = /\d{2,15}/.exec((await visitor.getByRole('heading', { name: /Your number is/ }).textContent()) ?? '')?.[0] ?? '';
    const password = (await visitor.getByTestId('sip-password').textContent())?.trim() ?? '';
    expect(password.length).toBeGreaterThanOrEqual(8);
    const row = (await server.api.list(`/subscribers?number=${number}`))[0];
    anna = { id: row?.id, number, password };

    const payload = await readQr(visitor.getByRole('img', { name: /QR code/ }));
    expect(payload).toMatch(/^https?:\/\//);
    expect(payload).not.toContain(password);
    expect((await fetch(payload)).status).toBe(403);
    const fetched = await fetch(payload, { headers: { 'X-Linphone-Provisioning': '1' } });
    expect(fetched.status).toBe(200);
    expect(await fetched.text()).toContain('http://www.linphone.org/xsds/lpconfig.xsd');
    expect((await fetch(payload, { headers: { 'X-Linphone-Provisioning': '1' } })).status).toBe(410);

    // The link of the mail works once.
    const again = await home.newPage();
    await again.goto(link);
    await again
      .getByText(/used|no longer|already|not valid|expired/i)
      .first()
      .waitFor();
    await again.close();
  });

  it('step 4: his phone registers with that password, and another subscriber calls him', async () => {
    const bert = await addSubscriber(server, '7002');
    const phone = await Sipp.start('answer');
    await registerAt(server, anna, phone);
    await Sipp.run('call', { to: server.sip, ...calling(bert, anna.number), more: ['-d', '500'] });
    await phone.finished();
  });

  describe('step 5: the administrator opens the way abroad, the subscriber pays for it', () => {
    const abroad = '00441234567';
    const refused = (status: number, words: string) =>
      Sipp.run('call-refused', { to: server.sip, ...calling(anna, abroad), fill: { status, words, patience: 8000 } });
    const open = async (page: Page, path: string) => {
      await page.goto(`${server.http}${path}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
    };

    it('a new account is refused before it rings, and the reason is in words', () => refused(403, 'New account|not permitted'));

    it('rates from a CSV file, with a preview', async () => {
      await open(admin, '/admin/rates');
      await admin.getByRole('link', { name: 'Import CSV' }).first().click();
      const buffer = Buffer.from(
        '\uFEFFprefix;name;price;first_increment;next_increment\n+44;United Kingdom;0,60000;1;1\n54;Argentina;0,03942;60;60\n',
      );
      await admin.locator('input[type=file]').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer });
      await admin.getByRole('button', { name: 'Commit 2 changes' }).click({ timeout: 20_000 });
      await admin.getByText('The rates are in force').waitFor();
      expect(await server.api.get('/rates/lookup?number=441234567')).toMatchObject({ rate: { prefix: '44', pricePerMinute: '0.60' } });
    });

    it('a gateway', async () => {
      carrierPort = await freePort();
      await open(admin, '/admin/gateways');
      await admin.getByRole('button', { name: 'Add gateway' }).first().click();
      const dialog = admin.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).fill('Carrier');
      await dialog.getByLabel('Host', { exact: true }).fill('127.0.0.1');
      await dialog.getByLabel('Port', { exact: true }).fill(String(carrierPort));
      await dialog.getByLabel('Prefix', { exact: true }).fill('00');
      await dialog.getByLabel('Take off digits').fill('2');
      const probe = dialog.getByRole('switch', { name: /Ask whether it is alive/ });
      if (await probe.isChecked()) await probe.click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await admin.getByRole('main').getByText('Carrier').first().waitFor();
    });

    it('permission and credit', async () => {
      await open(admin, `/admin/subscribers/${anna.id}`);
      await admin.getByRole('button', { name: 'Lift the limits' }).click();
      await admin.getByRole('tab', { name: 'Permissions' }).click();
      await admin.getByRole('checkbox', { name: /Abroad/ }).check();
      await admin.getByRole('tabpanel').getByRole('button', { name: 'Save' }).click();
      await eventually('he may call abroad', async () => (await server.api.get(`/subscribers/${anna.id}`)).groups.includes('int'));
      await refused(402, 'Balance too low for this destination');

      await admin.getByRole('button', { name: 'Add credit' }).click();
      const dialog = admin.getByRole('dialog');
      await dialog.getByLabel('Amount').fill('0.10');
      await dialog.getByLabel('Reason').fill('cash');
      await dialog.getByRole('button', { name: 'Continue' }).click();
      await dialog.getByRole('button', { name: 'Book it' }).click();
      await admin.getByRole('dialog', { name: 'Receipt' }).waitFor();
    });

    it('step 6: both see the call while it lasts, it is cut at zero, and both see what it cost without reloading', async () => {
      const watching = await office.newPage();
      const records = await office.newPage();
      await open(admin, `/admin/subscribers/${anna.id}`);
      await open(watching, '/admin/active-calls');
      await open(records, '/admin/calls');
      await open(visitor, '/my');
      await visitor.getByText(/0\.10/).first().waitFor();
      for (const page of [admin, watching, records, visitor]) await page.getByText('Live', { exact: true }).first().waitFor();

      const carrier = await Sipp.start('gateway-answer', { port: carrierPort, fill: { number: '441234567' }, timeout: 40 });
      const fill = { reason: '[Cc]redit|[Bb]alance' };
      const call = await Sipp.start('call-abroad-cut', { to: server.sip, ...calling(anna, abroad), fill, timeout: 40 });
      await watching.getByRole('row', { name: /Talking/ }).waitFor();
      expect(await watching.getByRole('row', { name: /Talking/ }).innerText()).toContain(abroad);
      // Ten seconds at a cent a second: the price runs, the credit is held.
      await eventually('the running price moves', async () =>
        /0\.0[2-9]/.test(await watching.getByRole('row', { name: /Talking/ }).innerText()),
      );
      await Promise.all([call.finished(), carrier.finished()]);

      await watching.getByRole('row', { name: /Talking/ }).waitFor({ state: 'detached' });
      await records.getByRole('row').filter({ hasText: abroad }).filter({ hasText: '0.10' }).first().waitFor();
      await visitor.getByText(/0\.00/).first().waitFor();
      await admin.getByRole('main').getByText(/0\.00/).first().waitFor();
      await open(visitor, '/my/calls');
      await visitor.getByText(/0\.10/).first().waitFor();
      await open(visitor, '/my/ledger');
      await visitor.getByText(/0\.10/).first().waitFor();
      await watching.close();
      await records.close();
      expect(await server.api.get(`/subscribers/${anna.id}`)).toMatchObject({ balance: '0.00', held: '0.00' });
    });

    it('and the administrator hangs a call up from the page, giving no reason', async () => {
      await server.api.post(`/subscribers/${anna.id}/credit`, { amount: '5', reason: 'cash' }, { 'idempotency-key': 'hang-up' });
      await open(admin, '/admin/active-calls');
      const carrier = await Sipp.start('gateway-answer', { port: carrierPort, fill: { number: '441234567' }, timeout: 40 });
      const call = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, abroad), timeout: 40 });
      await admin
        .getByRole('row', { name: /Talking/ })
        .getByRole('button', { name: 'Hang up' })
        .click();
      await admin.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click();
      await Promise.all([call.finished(), carrier.finished()]);
      await admin.getByRole('row', { name: /Talking/ }).waitFor({ state: 'detached' });
    });
  });
});
