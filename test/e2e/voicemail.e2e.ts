import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PCMA } from '../../server/src/media/codecs/codec.ts';
import { amplitudeOf, tones } from '../../server/src/media/testing/sound.ts';
import { readWav } from '../../server/src/media/wav/wav-reader.ts';
import { wavFile } from '../../server/src/media/wav/wav-writer.ts';
import { Softphone } from '../support/baresip.ts';
import { Chromium, keepPicture } from '../support/browser.ts';
import { Mailbox, soundIn } from '../support/mailbox.ts';
import { accessibilityFaults, logIn, logInAsAdministrator, widerThanScreen } from '../support/pages.ts';
import { freePort } from '../support/ports.ts';
import { addSubscriber, calling, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { TalkingPhone } from '../support/talking-phone.ts';
import { eventually, sleep } from '../support/wait.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TONE = 700;

const stereo = (mono: Int16Array): Int16Array => Int16Array.from({ length: 2 * mono.length }, (_, n) => mono[n >> 1] ?? 0);

/** Is the tone in it, and next to nothing of another one? */
function expectTone(wav: Buffer): number {
  const { pcm, rate, channels } = readWav(wav);
  expect(channels).toBe(1);
  const middle = pcm.subarray(Math.floor(pcm.length / 4), Math.floor((3 * pcm.length) / 4));
  expect(amplitudeOf(middle, rate, TONE)).toBeGreaterThan(3000);
  expect(amplitudeOf(middle, rate, 1200)).toBeLessThan(300);
  return pcm.length / rate;
}

/** One story: each step builds on the last. */
describe('voicemail', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let chromium: Chromium;
  let home: BrowserContext;
  let page: Page;
  let ada: Person;
  let bob: Person;
  let adasPhone: TalkingPhone;
  let bobsPhone: TalkingPhone;
  const phones: TalkingPhone[] = [];
  const said = join(tmpdir(), `said-${process.pid}.alaw`);
  const phoneOf = async (person: Person) => {
    const phone = await TalkingPhone.open(server, person);
    phones.push(phone);
    return phone;
  };
  const messages = () => {
    const database = server.database();
    try {
      return database.all('SELECT * FROM voicemail_messages ORDER BY id');
    } finally {
      database.close();
    }
  };

  /** Calls, waits for the beep to be over, and speaks. */
  const leave = async (phone: TalkingPhone, { seconds = 4, end = 'hang up' } = {}) => {
    await phone.call(ada.number);
    phone.voice.hush();
    // Skips the greeting.
    await sleep(500);
    await phone.voice.press('#');
    await sleep(1500);
    phone.voice.hum(TONE);
    await sleep(seconds * 1000);
    if (end === 'hang up') await phone.hangUp();
    else {
      phone.voice.hush();
      await phone.voice.press('#');
      await sleep(1000);
      await phone.voice.press('1');
      await eventually('the server hangs up', () => phone.isOver, 15_000);
    }
  };

  /** Every part of the page can be read by everybody, and is no wider than the screen. */
  const lookAt = async (other: Page, name: string) => {
    for (const tab of ['messages', 'greetings', 'settings']) {
      await other.goto(`${server.http}/my/voicemail?tab=${tab}`);
      await other.getByRole('tabpanel').getByRole('heading').first().waitFor();
      expect(await accessibilityFaults(other, axe), tab).toEqual([]);
      expect(await widerThanScreen(other)).toBeLessThanOrEqual(0);
      await keepPicture(other, `voicemail-${tab}-${name}`);
    }
  };

  beforeAll(async () => {
    // A second of it, without a click where it begins again.
    writeFileSync(said, PCMA.encoder()(tones(8000, [TONE], 1000)));
    mailbox = await Mailbox.open();
    server = await TestServer.start('voicemail');
    chromium = await Chromium.start();
    ada = await addSubscriber(server, '1001', { email: 'ada@example.org', displayName: 'Ada', groups: ['local', 'voicemail'] });
    bob = await addSubscriber(server, '1002', { displayName: 'Bob' });
    adasPhone = await phoneOf(ada);
    bobsPhone = await phoneOf(bob);
    home = await chromium.profile();
    home.setDefaultTimeout(30_000);
    page = await home.newPage();
  });
  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepPicture(page, `voicemail-${context.task.name.slice(0, 20)}`);
    expect(chromium.takeErrors()).toEqual([]);
  });
  afterAll(async () => {
    for (const phone of phones) phone.close();
    await chromium?.close();
    await server?.stop();
    await mailbox?.close();
    rmSync(said, { force: true });
  });

  it('takes a message when nobody is there; a mail server that is down loses nothing, and the page says so', async () => {
    await server.api.patch('/settings', { smtpUrl: `smtp://127.0.0.1:${await freePort()}`, mailFrom: 'box@example.org' });
    await Sipp.run('call-leaves-message', { to: server.sip, ...calling(bob, ada.number), fill: { sound: said, ms: 4000 } });
    const [message] = await eventually('the message is kept', () => {
      const rows = messages();
      return rows[0]?.state === 'new' ? rows : undefined;
    });
    expect(message).toMatchObject({ callerNumber: '1002', callerName: 'Bob', why: 'not-registered' });
    await logIn(page, server.http, ada.number, ada.password);
    await page.goto(`${server.http}/my/voicemail`);
    await page.getByText('Mail not sent yet, tried again').waitFor();
    const [queued] = (await server.api.get('/outbox?state=queued')).items;
    expect(queued.lastError).toContain('ECONNREFUSED');
  });

  it('mails the recording once the mail server is there: the tone is in it', async () => {
    await server.api.patch('/settings', { smtpUrl: mailbox.url });
    const [queued] = (await server.api.get('/outbox?state=queued')).items;
    await server.api.post(`/outbox/${queued.id}/retry`);
    const mail = await mailbox.mailTo('ada@example.org');
    expect(mail.source).toMatch(/^Subject: Voice message from Bob \(1002\)/m);
    expect(expectTone(soundIn(mail))).toBeGreaterThan(3);
    await page.reload();
    await page.getByText('Mailed', { exact: true }).waitFor();
  });

  it('tells a phone that subscribes, and another one that only registers, of what waits', async () => {
    expect((await adasPhone.subscribe()).status).toBe(200);
    const notify = await adasPhone.told('1/0');
    expect(notify.body).toContain('Messages-Waiting: yes');
    expect(notify.headers.get('subscription-state')?.[0]).toMatch(/^active;expires=\d+/);
    expect((await bobsPhone.subscribe('1001')).status).toBe(403);
    const deskPhone = await phoneOf(ada);
    await deskPhone.register();
    expect((await deskPhone.told('1/0')).headers.get('subscription-state')?.[0]).toBe('active');
    await deskPhone.register(0);
    const softphone = await Softphone.start({
      ...{ user: ada.number, password: ada.password, domain, server: server.sip, speaks: 440, more: ['mwi'] },
    });
    try {
      await softphone.registered();
      await eventually('baresip shows what waits', () => /----- MWI for sip:1001@[^-]*-----[\s\S]*Voice-Message: 1\/0/.test(softphone.log));
    } finally {
      await softphone.stop();
    }
  });

  it('shows the message on the page, live, and plays it', async () => {
    const badge = page.getByRole('link', { name: /Voicemail/ }).first();
    expect(await badge.innerText()).toContain('1');
    await leave(bobsPhone, { seconds: 5, end: 'accept' });
    await page.getByRole('listitem').filter({ hasText: 'Bob' }).nth(1).waitFor();
    await eventually('the badge counts two', async () => /2/.test(await badge.innerText()));
    const row = page.getByRole('listitem').filter({ hasText: 'Bob' }).first();
    await row.getByRole('button', { name: /^Play/ }).click();
    const at = () => row.locator('audio').evaluate((audio) => (audio as unknown as { currentTime: number }).currentTime);
    await eventually('the sound advances', async () => (await at()) > 0.5);
    // What the browser decodes is what was said.
    const url = await row.locator('audio').getAttribute('src');
    const heard = (await page.evaluate(`(async () => {
      const bytes = await (await fetch(${JSON.stringify(url)})).arrayBuffer();
      const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
      return [...sound.getChannelData(0)].map((sample) => Math.round(sample * 32767));
    })()`)) as number[];
    expect(amplitudeOf(Int16Array.from(heard.slice(8000, 24_000)), 8000, TONE)).toBeGreaterThan(3000);
    await adasPhone.told('1/1');
    await eventually('the badge counts one again', async () => /1/.test(await badge.innerText()));
  });

  it('deletes with a way back, on a page that everybody can read, wide and narrow, in the light and in the dark', async () => {
    const rows = page.getByRole('list', { name: 'Messages' }).getByRole('listitem');
    await rows
      .first()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await eventually('one is left', async () => (await rows.count()) === 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually('it is back', async () => (await rows.count()) === 2);
    for (const options of [{}, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }]) {
      const profile = await chromium.profile({ ...options, storageState: await home.storageState() });
      profile.setDefaultTimeout(30_000);
      try {
        await lookAt(await profile.newPage(), options.viewport ? 'dark-360' : 'light');
      } finally {
        await profile.close();
      }
    }
  });

  it('takes a greeting of any kind the browser can read, and callers hear it, also when nothing may ring', async () => {
    const file = { name: 'hello.wav', mimeType: 'audio/wav', buffer: wavFile(44_100, 2, stereo(tones(44_100, [1500], 6000))) };
    await page.goto(`${server.http}/my/voicemail?tab=greetings`);
    await page.getByLabel('Upload: When you do not answer').first().setInputFiles(file);
    await page.getByRole('button', { name: 'Play: When you do not answer' }).waitFor();
    await page.goto(`${server.http}/my/voicemail?tab=settings`);
    await page.getByLabel('Do not disturb').click();
    await eventually('it is set', async () => (await server.api.get(`/subscribers/${ada.id}`)).doNotDisturb === true);
    await adasPhone.register();
    const caller = await phoneOf(bob);
    await caller.call(ada.number);
    caller.voice.hush();
    await sleep(2000);
    caller.voice.takeHeard();
    await sleep(1500);
    expect(amplitudeOf(caller.voice.takeHeard(), 8000, 1500)).toBeGreaterThan(2000);
    await caller.hangUp();
    expect(adasPhone.requests.some(({ start }) => start.startsWith('INVITE'))).toBe(false);
    await page.getByLabel('Do not disturb').click();
    await adasPhone.register(0);
    await page.goto(`${server.http}/my/voicemail?tab=greetings`);
    await page.getByRole('button', { name: 'Delete: When you do not answer' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await eventually('it is gone', async () => (await page.getByRole('button', { name: 'Play: When you do not answer' }).count()) === 0);
  });

  it('is marked in the list of missed calls, with the way to hear it', async () => {
    await page.goto(`${server.http}/my/calls?missed=true`);
    const [call] = server.database().all("SELECT * FROM cdrs WHERE app = 'voicemail' ORDER BY id LIMIT 1");
    expect(call).toMatchObject({ missed: 1, cost: 0 });
    await page.getByRole('link', { name: 'Listen to the message' }).first().click();
    await page.waitForURL(/\/my\/voicemail\?message=\d+/);
    await page.locator('li[aria-current="true"]').waitFor();
  });

  it('finds the message of a link that the first page does not show, and says when there is none', async () => {
    const { id, state } = messages()[0] ?? {};
    const mark = (next: unknown) =>
      page.request.patch(`${server.http}/api/v1/me/voicemail/messages/${id}`, {
        data: { state: next },
        headers: { 'x-dialtone-request': '1' },
      });
    await mark('deleted');
    await page.goto(`${server.http}/my/voicemail?message=${id}`);
    const row = page.locator('li[aria-current="true"]');
    await row.getByRole('button', { name: 'Restore' }).click();
    await row.getByRole('button', { name: 'Restore' }).waitFor({ state: 'detached' });
    await mark(state);
    await page.goto(`${server.http}/my/voicemail?message=99999`);
    await page.getByText('This message is no longer there').waitFor();
  });

  it('lets the administrator see how full it is and write the mail; not what is in it', async () => {
    const office = await (await chromium.profile()).newPage();
    await logInAsAdministrator(office, server.http);
    await office.goto(`${server.http}/admin/subscribers/${ada.id}?tab=voicemail`);
    await office.getByText('2 of 100').waitFor();
    expect(await office.getByRole('main').innerText()).not.toContain('1002');
    expect(await accessibilityFaults(office, axe)).toEqual([]);
    await office.getByRole('link', { name: 'Settings', exact: true }).click();
    await office.getByRole('button', { name: 'Edit texts' }).click();
    const dialog = office.getByRole('dialog');
    await dialog.getByLabel('Subject').fill('{{caller}} spoke for {{duration}}');
    await dialog.getByText('Bernd Okafor (10042) spoke for 0:42').waitFor();
    expect(await accessibilityFaults(office, axe)).toEqual([]);
    // What is typed is lost neither by another mail, nor by Esc, nor by Back.
    await dialog.getByLabel('Mail', { exact: true }).selectOption('test');
    await dialog.getByLabel('Mail', { exact: true }).selectOption('Voice message (not saved)');
    for (const leaves of [() => office.keyboard.press('Escape'), () => office.evaluate('history.back()')]) {
      await leaves();
      const question = office.getByRole('alertdialog', { name: 'Leave without saving?' });
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'detached' });
    }
    await dialog.getByText('Bernd Okafor (10042) spoke for 0:42').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Your own text').waitFor();
    await leave(bobsPhone);
    await eventually('a mail in the new words', () =>
      mailbox.mails.find(({ source }) => /^Subject: Bob \(1002\) spoke for 0:0\d/m.test(source)),
    );
    await office.context().close();
  });

  it('is heard and emptied by phone: the keys delete, and every phone knows', async () => {
    await adasPhone.call('*99');
    adasPhone.voice.hush();
    await sleep(2000);
    // The new ones first, then the one that was heard on the page: each is deleted, until none is left.
    for (const key of ['1', '7', '6', '7', '#', '2', '7', '#', '#']) {
      await adasPhone.voice.press(key);
      await sleep(2500);
    }
    await eventually('all are deleted', () => messages().every((message) => message.state === 'deleted'));
    await adasPhone.told('0/0');
  });

  it('opens with number and PIN from the phone of somebody else, and with no wrong one', async () => {
    await page.goto(`${server.http}/my/voicemail?tab=settings`);
    await page.getByLabel('New PIN').fill('2580');
    await page.getByRole('button', { name: 'Set PIN' }).click();
    await page.getByText('A PIN is set.').waitFor();
    await leave(bobsPhone);
    await eventually('the message is there', () => messages().at(-1)?.state === 'new');
    const stranger = await phoneOf(bob);
    await stranger.call('*97');
    stranger.voice.hush();
    const type = async (digits: string) => {
      await sleep(2000);
      await stranger.voice.press(digits);
      await sleep(1500);
    };
    await type('1001#');
    await type('9999#');
    await sleep(2500);
    await type('1001#');
    await type('2580#');
    await type('1');
    await eventually('it has been heard', () => messages().at(-1)?.state === 'saved', 15_000);
    await stranger.hangUp();
  });

  it('keeps what was said when the server is killed in the middle', async () => {
    const caller = await phoneOf(bob);
    await caller.call(ada.number);
    caller.voice.hush();
    await sleep(500);
    await caller.voice.press('#');
    await sleep(1500);
    caller.voice.hum(TONE);
    await sleep(5000);
    // A page that is open would complain of the server that is gone.
    await page.goto('about:blank');
    await server.restart('SIGKILL');
    const last = await eventually('the message is found', () => {
      const row = messages().at(-1);
      return row?.state === 'new' && row.callerNumber === '1002' ? row : undefined;
    });
    expect(last.seconds).toBeGreaterThan(2.5);
    expectTone(readFileSync(`${server.dataDir}/voicemail/${ada.id}/${last.file}`));
  });
});
