import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, keepPicture } from '../support/browser.ts';
import { Mailbox } from '../support/mailbox.ts';
import { setUp } from '../support/pages.ts';
import type { Person } from '../support/provision.ts';
import { addSubscriber, calling, registerAt } from '../support/provision.ts';
import { readQr } from '../support/qr.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';

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
      await keepPicture(admin, 'persons-steps-admin');
      await keepPicture(visitor, 'persons-steps-visitor');
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
});
