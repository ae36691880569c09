import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MessageWaiting } from '../calls/mwi/message-waiting.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { MailService } from '../mail/mail.service.ts';
import { MailServer } from '../mail/testing.ts';
import { amplitudeOf, tones } from '../media/testing/sound.ts';
import { readWav } from '../media/wav/wav-reader.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import { isGoodPin } from './mailboxes.service.ts';
import { VoicemailBench } from './testing.ts';

describe('voicemail on the pages', () => {
  let bench: VoicemailBench;

  beforeAll(async () => {
    bench = await VoicemailBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.clear());

  describe('on the page', () => {
    it('plays whole and in part, to its owner only', async () => {
      await bench.leave();
      const [{ id }] = await bench.inbox();
      const whole = await bench.ada.get(`/me/voicemail/messages/${id}/audio`);
      expect(whole.headers).toMatchObject({ 'content-type': 'audio/wav', 'accept-ranges': 'bytes', 'cache-control': 'no-store' });
      const size = Number(whole.headers['content-length']);
      const part = await bench.ada.get(`/me/voicemail/messages/${id}/audio`, { range: 'bytes=44-1043' });
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes 44-1043/${size}`);
      expect(part.headers['content-length']).toBe('1000');
      expect((await bench.ada.get(`/me/voicemail/messages/${id}/audio`, { range: 'bytes=-10' })).headers['content-range']).toBe(
        `bytes ${size - 10}-${size - 1}/${size}`,
      );
      expect((await bench.ada.get(`/me/voicemail/messages/${id}/audio`, { range: `bytes=${size}-` })).status).toBe(416);
      expect((await bench.ada.get(`/me/voicemail/messages/${id}/audio?download=true`)).headers['content-disposition']).toContain(
        'attachment',
      );
      for (const stranger of [bench.bob, bench.admin, bench.test.visitor()]) {
        for (const path of ['', '/audio'])
          expect([401, 403, 404]).toContain((await stranger.get(`/me/voicemail/messages/${id}${path}`)).status);
        expect([401, 403, 404]).toContain((await stranger.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' })).status);
      }
      const sound = readWav(await readFile(await bench.messages.path(bench.adaId, id)));
      expect(amplitudeOf(sound.pcm, sound.rate, 700)).toBeGreaterThan(4000);
    });

    it('marks, deletes with undo, and tells phones of it', async () => {
      await bench.leave();
      const told: (number | undefined)[] = [];
      const waiting = bench.get(MessageWaiting);
      const before = waiting.changed;
      waiting.changed = (id) => told.push(waiting.summaryOf(id)?.newMessages);
      const [{ id }] = await bench.inbox();
      expect((await bench.ada.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' })).body.state).toBe('deleted');
      expect(await bench.inbox()).toEqual([]);
      expect((await bench.ada.patch(`/me/voicemail/messages/${id}`, { state: 'new' })).body).toMatchObject({
        state: 'new',
        deletedAt: null,
      });
      expect((await bench.ada.patch(`/me/voicemail/messages/${id}`, { state: 'saved' })).body.state).toBe('saved');
      expect(told).toEqual([0, 1, 0]);
      waiting.changed = before;
      expect((await bench.ada.patch(`/me/voicemail/messages/${id}`, { state: 'recording' })).status).toBe(400);
    });

    it('keeps settings, do not disturb and PIN; the SIP path knows at once', async () => {
      const { body } = await bench.ada.patch('/me/voicemail', {
        doNotDisturb: true,
        takesMessages: false,
        mailMessages: false,
        language: 'es',
      });
      expect(body).toMatchObject({
        doNotDisturb: true,
        takesMessages: false,
        mailMessages: false,
        language: 'es',
        hasPin: false,
        permitted: true,
      });
      expect(bench.get(Directory).subscriberById(bench.adaId)).toMatchObject({ doNotDisturb: true, takesMessages: false });
      expect((await bench.ada.patch('/me/voicemail', { doNotDisturb: false })).body).toMatchObject({
        doNotDisturb: false,
        takesMessages: false,
      });
      expect((await bench.ada.patch('/me/voicemail', { takesMessages: true })).body).toMatchObject({
        doNotDisturb: false,
        takesMessages: true,
      });
      expect(bench.get(Directory).subscriberById(bench.adaId)).toMatchObject({ doNotDisturb: false, takesMessages: true });
      expect((await bench.ada.patch('/me/voicemail', { language: 'xx' })).status).toBe(400);
      for (const pin of ['1234', '9876', '1111', '1001', '12', 'abcd'])
        expect((await bench.ada.put('/me/voicemail/pin', { pin })).status).toBe(400);
      expect((await bench.ada.put('/me/voicemail/pin', { pin: '2580' })).status).toBe(204);
      expect((await bench.mine()).hasPin).toBe(true);
      expect(JSON.stringify((await bench.admin.get('/audit')).body)).not.toContain('argon2');
    });

    it('takes greetings as WAV and gives them back', async () => {
      const put = async (bytes: Buffer) => {
        const form = new FormData();
        form.append('file', new Blob([new Uint8Array(bytes)], { type: 'audio/wav' }), 'g.wav');
        const request = new Request('http://x', { method: 'POST', body: form });
        const payload = Buffer.from(await request.arrayBuffer());
        return bench.ada.call('PUT', '/me/voicemail/greetings/busy', {
          body: payload,
          headers: { 'content-type': request.headers.get('content-type')! },
        });
      };
      expect((await put(wavFile(16_000, 2, tones(16_000, [500], 2000)))).status).toBe(204);
      const busy = (await bench.mine()).greetings.find((one: { kind: string }) => one.kind === 'busy');
      expect(busy.seconds).toBe(1);
      expect((await bench.ada.get('/me/voicemail/greetings/busy/audio')).status).toBe(200);
      expect((await bench.bob.get('/me/voicemail/greetings/busy/audio')).status).toBe(404);
      expect((await put(Buffer.from('MP3'))).body.code).toBe('invalid');
      expect((await put(wavFile(44_100, 1, tones(44_100, [500], 1000)))).status).toBe(400);
      expect((await put(wavFile(8000, 1, tones(8000, [500], 61_000)))).status).toBe(400);
      expect((await put(Buffer.alloc(4_500_000))).status).toBe(413);
      expect((await bench.ada.delete('/me/voicemail/greetings/busy')).status).toBe(204);
      expect((await bench.ada.get('/me/voicemail/greetings/busy/audio')).status).toBe(404);
    });

    it('shows administrators how full a mailbox is, and nothing of what is in it', async () => {
      await bench.leave();
      const url = `/subscribers/${bench.adaId}/voicemail`;
      const view = (await bench.admin.get(url)).body;
      expect(view).toMatchObject({ newMessages: 1, maxMessages: 100, ownMaxMessages: null, permitted: true });
      expect(JSON.stringify(view)).not.toContain('5550100');
      expect((await bench.admin.patch(url, { maxMessages: 5, retentionDays: 10 })).body).toMatchObject({
        maxMessages: 5,
        retentionDays: 10,
      });
      await bench.ada.put('/me/voicemail/pin', { pin: '2580' });
      expect((await bench.admin.delete(`${url}/pin`)).status).toBe(204);
      expect((await bench.mine()).hasPin).toBe(false);
      expect((await bench.ada.get(url)).status).toBe(403);
      expect((await bench.admin.get('/subscribers/999999/voicemail')).status).toBe(404);
    });
  });

  describe('by mail', () => {
    it('goes to the outbox with its recording; the message says how far it has come', async () => {
      await bench.admin.patch('/settings', { smtpUrl: 'smtp://127.0.0.1:9', mailFrom: 'box@example.org' });
      await bench.leave(65);
      const [message] = await bench.inbox();
      await bench.get(MailService).deliverDue();
      const { mail } = (await bench.ada.get(`/me/voicemail/messages/${message.id}`)).body;
      expect(mail).toMatchObject({ state: 'queued' });
      expect(mail.lastError).toContain('ECONNREFUSED');
      expect(mail.nextAttemptAt).toBeTruthy();
      const [sent] = (await bench.admin.get('/outbox')).body.items;
      const { text, subject, attachmentName } = (await bench.admin.get(`/outbox/${sent.id}`)).body;
      expect(subject).toBe('Voice message from Somebody (5550100)');
      expect(text).toContain('of 1:05 for 1001');
      expect(attachmentName).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d 5550100\.wav$/);
    });

    it('waits in the outbox while there is no mail server, and leaves whole from there', async () => {
      await bench.admin.patch('/settings', { smtpUrl: null });
      await bench.leave();
      const [message] = await bench.inbox();
      expect(message.mail).toMatchObject({ state: 'kept', lastError: null });
      const [kept] = (await bench.admin.get('/outbox?state=kept')).body.items;
      expect(kept).toMatchObject({ to: 's1001@example.org', template: 'voicemail', attachmentName: expect.stringMatching(/\.wav$/) });
      expect((await bench.admin.get(`/outbox/${kept.id}`)).body.text).toContain(`/my/voicemail?message=${message.id}`);
      const server = new MailServer();
      await bench.admin.patch('/settings', { smtpUrl: await server.start(), mailFrom: 'box@example.org' });
      expect((await bench.admin.post('/outbox/retry', { ids: [kept.id] })).body).toEqual({ queued: 1 });
      await vi.waitFor(async () => expect((await bench.inbox())[0].mail.state).toBe('sent'));
      expect(server.received).toHaveLength(1);
      expect(server.received[0]).toMatch(/content-type: audio\/(x-)?wav/i);
      await server.stop();
    });

    it('deletes a message that was mailed whole, when he wants that', async () => {
      await bench.ada.patch('/me/voicemail', { deleteAfterMailing: true });
      await bench.leave();
      const row = await bench.messages.one(bench.adaId, (await bench.inbox())[0].id);
      await bench.messages.mailed(row.mailId!);
      expect(await bench.inbox()).toEqual([]);
      await bench.ada.patch('/me/voicemail', { mailMessages: false });
      await bench.leave();
      expect((await bench.inbox())[0].mail).toBeNull();
      await bench.admin.patch('/settings', { smtpUrl: null });
    });
  });

  it('takes away what is deleted, old, or of nobody', async () => {
    const clean = () => bench.get(JobsService).runAndWait('voicemail-cleanup', 'system');
    const backdate = (column: string, days: number) =>
      bench.test.app
        .get(UnitOfWork)
        .write((m) =>
          m.query(`UPDATE voicemail_messages SET "${column}" = "${column}" - ${days * 86_400_000} WHERE "subscriberId" = ${bench.adaId}`),
        );
    await bench.leave();
    const [{ id }] = await bench.inbox();
    const path = await bench.messages.path(bench.adaId, id);
    await bench.ada.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' });
    await clean();
    expect(await bench.inbox('?state=deleted')).toHaveLength(1);
    await backdate('deletedAt', 2);
    await clean();
    expect(await bench.inbox('?state=deleted')).toEqual([]);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await bench.leave();
    await backdate('receivedAt', 11);
    await clean();
    expect(await bench.inbox()).toHaveLength(1);
    await bench.admin.patch(`/subscribers/${bench.adaId}/voicemail`, { retentionDays: 10 });
    await clean();
    expect(await bench.inbox()).toEqual([]);
    const goneId = await bench.addSubscriber('1003');
    await bench.deposit({ argument: `${goneId}:busy`, speeches: [{ seconds: 3, ended: 'silence' }] });
    await bench.admin.delete(`/subscribers/${goneId}`);
    await clean();
    expect(await bench.messages.usage(goneId)).toEqual({ messages: 0, seconds: 0 });
    await expect(readFile(join(bench.test.dataDir, 'voicemail', String(goneId)))).rejects.toThrow('ENOENT');
  });
});

it('takes no PIN that anybody would try first', () => {
  for (const pin of ['1234', '4321', '0000', '123', '10042', '12a4', '12345678901']) expect(isGoodPin(pin, '10042'), pin).toBe(false);
  for (const pin of ['2580', '1357', '0001', '9912345678']) expect(isGoodPin(pin, '10042'), pin).toBe(true);
});
