import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { MailService } from './mail.service.ts';

/** A real SMTP server on loopback that can be told to refuse. */
class MailServer {
  readonly received: string[] = [];
  refuse = false;
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, callback) => callback(this.refuse ? new Error('Not today') : undefined),
    onAuth: (auth, _session, callback) => callback(auth.password === 'geheim' ? null : new Error('wrong'), { user: auth.username }),
    onData: (stream, _session, callback) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        this.received.push(text);
        callback();
      });
    },
  });
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://dialtone:geheim@127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }
  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

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
