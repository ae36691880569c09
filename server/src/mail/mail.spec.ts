import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource, In } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { MailService } from './mail.service.ts';
import { OutboxMailEntity } from './outbox.entity.ts';
import { MailServer } from './testing.ts';

describe('mail', () => {
  let test: TestApp;
  let admin: TestClient;
  const server = new MailServer();
  let url: string;
  const read = async (id: number) => (await admin.get(`/outbox/${id}`)).body;
  const until = async (id: number, state: string) => {
    for (let i = 0; i < 100 && (await read(id)).state !== state; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    return read(id);
  };

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    url = await server.start();
  });
  afterAll(async () => {
    await test.stop();
    await server.stop();
  });

  it('is kept on screen while there is no mail server, and can be sent later', async () => {
    const { body } = await admin.post('/settings/test-mail', { to: 'anna@example.org' });
    expect(body).toMatchObject({ state: 'kept', to: 'anna@example.org', attempts: 0 });
    expect((await read(body.id)).text).toContain('can send mail');
    expect((await admin.post(`/outbox/${body.id}/retry`)).body.code).toBe('no-mail-server');
    await admin.patch('/settings', { smtpUrl: url, mailFrom: 'phone@example.org', operatorName: 'Möwe Telefon' });
    expect((await admin.post(`/outbox/${body.id}/retry`)).body.state).toBe('queued');
    expect(await until(body.id, 'sent')).toMatchObject({ state: 'sent', attempts: 1 });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatch(/^From: .*<phone@example.org>/m);
    expect((await admin.post(`/outbox/${body.id}/retry`)).body.code).toBe('already-sent');
  });

  it('sends many of those it kept; what was sent stays so', async () => {
    await admin.patch('/settings', { smtpUrl: null });
    const mail = test.app.get(MailService);
    const order = (to: string) => mail.enqueue({ to, template: 'test', language: 'en', values: {} });
    const kept = [await order('bernd@example.org'), await order('carla@example.org')];
    expect((await admin.post('/outbox/retry', { ids: kept })).body.code).toBe('no-mail-server');
    await admin.patch('/settings', { smtpUrl: url });
    const count = server.received.length;
    const sent = (await admin.get('/outbox?state=sent')).body.items[0].id;
    expect((await admin.post('/outbox/retry', { ids: [...kept, sent] })).body).toEqual({ queued: 2 });
    for (const id of kept) expect((await until(id, 'sent')).state).toBe('sent');
    expect(server.received).toHaveLength(count + 2);
    expect((await admin.post('/outbox/retry', { ids: [] })).status).toBe(400);
    expect((await test.visitor().post('/outbox/retry', { ids: kept })).status).toBe(401);
  });

  it('is forgotten when it is old: what was sent after a month, what was kept after three', async () => {
    const mail = test.app.get(MailService);
    const outbox = test.app.get(DataSource).getRepository(OutboxMailEntity);
    const order = (to: string) => mail.enqueue({ to, template: 'test', language: 'en', values: {} });
    const sent = await order('doris@example.org');
    await until(sent, 'sent');
    await admin.patch('/settings', { smtpUrl: null });
    const kept = await order('emil@example.org');
    await admin.patch('/settings', { smtpUrl: url });
    const left = async () => (await outbox.findBy({ id: In([sent, kept]) })).map(({ id }) => id);
    const inDays = (days: number) => mail.removeOld(Date.now() + days * 86_400_000);
    await inDays(29);
    expect(await left()).toEqual([sent, kept]);
    expect(await inDays(31)).toBeGreaterThan(0);
    expect(await left()).toEqual([kept]);
    await inDays(91);
    expect(await left()).toEqual([]);
  });

  it('never shows the password of the mail server again, and keeps it', async () => {
    const shown = (await admin.get('/settings')).body.smtpUrl;
    expect(shown).toMatch(/^smtp:\/\/dialtone:\*\*\*@127\.0\.0\.1/);
    expect((await admin.patch('/settings', { smtpUrl: shown })).status).toBe(200);
    expect((await admin.post('/settings/test-mail', { to: 'anna@example.org', language: 'es' })).body.state).toBe('sent');
    const everything = JSON.stringify([await admin.get('/settings'), await admin.get('/audit')]);
    expect(everything).not.toContain('geheim');
  });

  it('is tried again with growing pauses, then given up; nothing is lost', async () => {
    server.refuse = true;
    const { body } = await admin.post('/settings/test-mail', { to: 'anna@example.org' });
    expect(body).toMatchObject({ state: 'queued', attempts: 1 });
    expect(body.lastError).toContain('Not today');
    const mail = test.app.get(MailService);
    const waits = [Date.parse(body.nextAttemptAt) - Date.now()];
    for (let attempt = 2; (await read(body.id)).state === 'queued'; attempt++) {
      await test.app.get(UnitOfWork).write((m) => m.query('UPDATE outbox SET "nextAttemptAt" = 0 WHERE id = ?', [body.id]));
      expect(await mail.deliverDue()).toEqual({ sent: 0, failed: 1 });
      const now = await read(body.id);
      expect(now.attempts).toBe(attempt);
      if (now.state === 'queued') waits.push(Date.parse(now.nextAttemptAt) - Date.now());
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect((await read(body.id)).state).toBe('failed');
    server.refuse = false;
    await admin.post(`/outbox/${body.id}/retry`);
    expect((await until(body.id, 'sent')).state).toBe('sent');
  });

  it('takes a file along; without it when it is gone, too large, or not wanted', async () => {
    const mail = test.app.get(MailService);
    await mkdir(join(test.dataDir, 'voicemail'), { recursive: true });
    const file = join(test.dataDir, 'voicemail', 'a.wav');
    const send = async (bytes: number | null) => {
      if (bytes === null) await rm(file);
      else await writeFile(file, Buffer.alloc(bytes, 7));
      const id = await mail.enqueue({
        ...{ to: 'box@example.org', template: 'test', language: 'en', values: {} },
        attachment: { file: 'voicemail/a.wav', name: 'Message from Ñandú.wav' },
      });
      await until(id, 'sent');
      return server.received.at(-1) ?? '';
    };
    const whole = await send(30_000);
    expect(whole).toMatch(/content-type: audio\/(x-)?wav/i);
    expect(whole).toContain(Buffer.alloc(57, 7).toString('base64'));
    for (const bytes of [8_000_000, null]) {
      const text = await send(bytes);
      expect(text.toLowerCase()).not.toContain('audio/');
      expect(text).toContain('The recording is not attached');
    }
    server.tooLarge = true;
    await writeFile(file, Buffer.alloc(1000));
    const id = await mail.enqueue({
      ...{ to: 'box@example.org', template: 'test', language: 'es', values: {} },
      attachment: { file: 'voicemail/a.wav', name: 'a.wav' },
    });
    await mail.deliverDue();
    expect(await read(id)).toMatchObject({ state: 'queued', attempts: 1, attachmentName: null });
    server.tooLarge = false;
    await test.app.get(UnitOfWork).write((m) => m.query('UPDATE outbox SET "nextAttemptAt" = 0 WHERE id = ?', [id]));
    await mail.deliverDue();
    expect(server.received.at(-1)).toContain('no va adjunta');
  });

  it('shows its texts with their placeholders, and what a new one would look like', async () => {
    const { items } = (await admin.get('/mail-templates')).body;
    const voicemail = items.find((item: { name: string }) => item.name === 'voicemail');
    expect(voicemail.placeholders).toEqual(expect.arrayContaining(['caller', 'duration', 'operator']));
    expect(voicemail.own).toBeNull();
    const order = { template: 'voicemail', subject: '{{caller}} called', text: 'For {{number}}, {{wrong}}' };
    const { body } = await admin.post('/mail-templates/preview', order);
    expect(body).toEqual({ subject: 'Bernd Okafor (10042) called', text: 'For 10023, ', unknown: ['wrong'] });
    expect((await test.visitor().get('/mail-templates')).status).toBe(401);
  });

  it('does not leave before the write it belongs to, and not at all when that fails', async () => {
    const before = (await admin.get('/outbox')).body.total;
    const mail = test.app.get(MailService);
    const order = { to: 'x@example.org', template: 'test', language: 'en', values: {} } as const;
    await expect(
      test.app.get(UnitOfWork).write(async () => {
        await mail.enqueue(order);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect((await admin.get('/outbox')).body.total).toBe(before);
    expect(await test.app.get(DataSource).query("SELECT COUNT(*) AS n FROM outbox WHERE recipient = 'x@example.org'")).toEqual([{ n: 0 }]);
  });

  it('sends one mail once when deliveries are asked for at the same time', async () => {
    const count = server.received.length;
    const mail = test.app.get(MailService);
    const id = await mail.enqueue({ to: 'once@example.org', template: 'test', language: 'en', values: {} });
    await Promise.all([mail.deliverDue(), mail.deliverDue(), mail.deliverDue()]);
    await until(id, 'sent');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.received).toHaveLength(count + 1);
  });
});
