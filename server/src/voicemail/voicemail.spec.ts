import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MessageWaiting } from '../calls/mwi/message-waiting.ts';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { Directory } from '../directory/directory.ts';
import { DiskSpace } from '../disk-space/disk-space.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import { MailService } from '../mail/mail.service.ts';
import { amplitudeOf, tones } from '../media/testing/sound.ts';
import { readWav } from '../media/wav/wav-reader.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import type { Caller } from '../routing/call-plan.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { DepositApp } from './deposit.app.ts';
import { GreetingsService } from './greetings.service.ts';
import { MailboxApp } from './mailbox.app.ts';
import { isGoodPin, MailboxesService } from './mailboxes.service.ts';
import { VoicemailMessageEntity } from './message.entity.ts';
import { MessagesService } from './messages.service.ts';
import { HANGS_UP, type Script, ScriptedCall } from './testing.ts';
import { VoicemailFiles } from './voicemail-files.ts';

describe('voicemail', () => {
  let test: TestApp;
  let admin: TestClient;
  let ada: TestClient;
  let bob: TestClient;
  let adaId: number;
  let bobId: number;
  let messages: MessagesService;
  const gateway: Caller = { kind: 'stranger' };
  const caller = (id: number): Caller => ({ kind: 'subscriber', subscriber: test.app.get(Directory).subscriberById(id)! });

  const addSubscriber = async (number: string) => {
    const { body } = await admin.post('/subscribers', { number, sipPassword: 'long-password-9', email: `s${number}@example.org` });
    return body.subscriber.id as number;
  };
  const logIn = async (login: string) => {
    const client = test.visitor();
    expect((await client.post('/session', { login, password: 'long-password-9' })).status).toBeLessThan(300);
    return client;
  };
  const deposit = async (script: Partial<Script> = {}) => {
    const call = new ScriptedCall({ caller: gateway, argument: `${adaId}:no-answer`, ...script });
    await test.app.get(DepositApp).run(call.app);
    expect(call.endpoint.left).toEqual([]);
    return call;
  };
  const leave = (seconds = 3) => deposit({ speeches: [{ seconds, ended: 'silence' }] });
  const mailbox = async (script: Script) => {
    const call = new ScriptedCall(script);
    await test.app.get(MailboxApp).run(call.app);
    expect(call.endpoint.left).toEqual([]);
    return call;
  };
  const inbox = async (client = ada, query = '') => (await client.get(`/me/voicemail/messages${query}`)).body.items;
  const mine = async (client = ada) => (await client.get('/me/voicemail')).body;

  beforeAll(async () => {
    test = await startTestApp();
    admin = await test.admin();
    adaId = await addSubscriber('1001');
    bobId = await addSubscriber('1002');
    ada = await logIn('1001');
    bob = await logIn('1002');
    messages = test.app.get(MessagesService);
  });
  afterAll(() => test.stop());
  beforeEach(async () => {
    for (const id of [adaId, bobId]) await messages.removeAllOf(id);
    await test.app.get(MailboxesService).forget(adaId);
  });

  describe('taking a message', () => {
    it('greets by the reason, records, and keeps what was said', async () => {
      const call = await deposit({ argument: `${adaId}:busy`, speeches: [{ seconds: 3, ended: 'silence' }] });
      expect(call.heard).toBe('vm-theperson digits:1001 vm-isonphone vm-intro | record | vm-msgsaved vm-goodbye');
      expect((await leave()).heard).toContain('vm-theperson digits:1001 vm-isunavail vm-intro');
      const [newest, first] = await inbox();
      expect(first).toMatchObject({ state: 'new', why: 'busy', callerNumber: '5550100', callerName: 'Somebody', seconds: 3, mail: null });
      expect(first.callId).toBe(call.app.call.id);
      expect(newest.id).toBeGreaterThan(first.id);
      expect(await mine()).toMatchObject({ newMessages: 2, savedMessages: 0, usedSeconds: 6 });
    });

    it('plays his own words: the temporary ones, else those for the reason, else his name', async () => {
      const greetings = test.app.get(GreetingsService);
      const wav = wavFile(8000, 1, tones(8000, [400], 1000));
      const file = (kind: string) => join(test.dataDir, 'voicemail', String(adaId), 'greetings', `${kind}.wav`);
      await greetings.store(adaId, 'name', wav);
      expect((await leave()).heard).toContain(`${file('name')} vm-isunavail vm-intro`);
      await greetings.store(adaId, 'busy', wav);
      expect((await leave()).heard).toContain('vm-isunavail');
      expect((await deposit({ argument: `${adaId}:busy`, speeches: [{ seconds: 3, ended: 'limit' }] })).endpoint.heard[0]).toBe(
        file('busy'),
      );
      await greetings.store(adaId, 'temporary', wav);
      expect((await leave()).endpoint.heard[0]).toBe(file('temporary'));
    });

    it('lets him hear it and say it again after #', async () => {
      const call = await deposit({
        speeches: [
          { seconds: 3, ended: 'digit' },
          { seconds: 5, ended: 'digit' },
        ],
        reactions: [
          ['vm-review', '2'],
          ['vm-review', '3'],
          ['vm-review', '1'],
        ],
      });
      expect(call.heard.match(/record/g)).toHaveLength(2);
      expect((await inbox())[0].seconds).toBe(5);
    });

    it('keeps what was said when he hangs up, at any moment', async () => {
      expect((await deposit({ speeches: [{ seconds: 4, ended: 'closed' }] })).heard).not.toContain('vm-msgsaved |');
      await deposit({ speeches: [{ seconds: 2.5, ended: 'digit' }], reactions: [['vm-review', HANGS_UP]] });
      expect((await inbox()).map((message: { seconds: number }) => message.seconds)).toEqual([2.5, 4]);
      await deposit({ reactions: [['vm-intro', HANGS_UP]] });
      expect(await inbox()).toHaveLength(2);
    });

    it('drops what is too short', async () => {
      expect((await leave(1)).heard).toContain('vm-tooshort');
      expect(await inbox()).toEqual([]);
      expect(
        (
          await deposit({
            speeches: [
              { seconds: 0.5, ended: 'digit' },
              { seconds: 3, ended: 'silence' },
            ],
          })
        ).heard,
      ).toContain('vm-tooshort | record');
      expect(await inbox()).toHaveLength(1);
    });

    it('says that the mailbox or the disk is full', async () => {
      await admin.patch(`/subscribers/${adaId}/voicemail`, { maxMessages: 1 });
      await leave();
      expect((await deposit()).heard).toBe('vm-mailboxfull vm-goodbye');
      await admin.patch(`/subscribers/${adaId}/voicemail`, { maxMessages: null });
      expect((await deposit({ speeches: [{ seconds: 3, ended: 'failed' }] })).heard).toContain('record | vm-mailboxfull');
      const disk = Object.getOwnPropertyDescriptor(DiskSpace.prototype, 'hasRoom')!;
      Object.defineProperty(DiskSpace.prototype, 'hasRoom', { configurable: true, get: () => false });
      try {
        expect((await deposit()).heard).toBe('vm-mailboxfull vm-goodbye');
      } finally {
        Object.defineProperty(DiskSpace.prototype, 'hasRoom', disk);
      }
      expect(await inbox()).toHaveLength(2);
    });

    it('finds what was being said when the server died', async () => {
      const files = test.app.get(VoicemailFiles);
      await files.prepare(adaId);
      const left = async (file: string, sound?: Buffer) => {
        const row = { subscriberId: adaId, callId: 'c', why: 'busy', callerNumber: '7', callerName: '' } as const;
        const rest = { state: 'recording', file, seconds: 0, receivedAt: Date.now(), deletedAt: null, mailId: null } as const;
        await test.app.get(UnitOfWork).write((m) => m.save(VoicemailMessageEntity, { ...row, ...rest }));
        if (sound) await writeFile(files.message(adaId, file), sound);
      };
      const sound = wavFile(8000, 1, tones(8000, [700], 3000));
      // As a process leaves it that is killed: the header still counts less than was written.
      sound.writeUInt32LE(16_000, 40);
      await left('whole.wav', sound);
      await left('short.wav', wavFile(8000, 1, tones(8000, [700], 300)));
      await left('none.wav');
      const open = await messages.begin({ subscriberId: adaId, callId: 'c', why: 'busy', callerNumber: '8', callerName: '' });
      expect(await messages.recover()).toBe(1);
      expect(await inbox()).toMatchObject([{ seconds: 3, callerNumber: '7' }]);
      expect(await files.exists(files.message(adaId, 'short.wav'))).toBe(false);
      // The one who still speaks is left in peace.
      await writeFile(open.path, sound);
      expect(await messages.finish(open)).toBe(true);
      expect(await messages.recover()).toBe(0);
    });
  });

  describe('listening by phone', () => {
    it('says how many there are, plays them in their order, and marks what was heard', async () => {
      await leave();
      await leave(4);
      const path = async (index: number) => messages.path(adaId, (await inbox())[index].id);
      const call = await mailbox({
        caller: caller(adaId),
        reactions: [
          ['mailbox-keys', '1'],
          [await path(1), '6'],
          ['vm-delete', '5'],
          [await path(0), '9'],
          ['vm-prev', '#'],
          ['mailbox-keys', '#'],
        ],
      });
      expect(call.endpoint.heard[0]).toBe('vm-youhave number:2 vm-INBOX vm-messages vm-onefor vm-INBOX vm-messages mailbox-keys');
      expect(call.heard).toContain(`vm-first vm-message ${await path(1)} | vm-last vm-message ${await path(0)}`);
      expect(call.heard).toContain('vm-saved');
      expect(call.heard).toContain(
        'vm-youhave number:2 vm-Old vm-messages vm-press digits/2 vm-for vm-Old vm-messages mailbox-keys | vm-goodbye',
      );
      expect((await inbox()).map((message: { state: string }) => message.state)).toEqual(['saved', 'saved']);
    });

    it('deletes, takes that back, says who and when, and offers to call back', async () => {
      await leave();
      const [{ receivedAt, id }] = await inbox();
      const call = await mailbox({
        caller: caller(adaId),
        reactions: [
          ['mailbox-keys', '1'],
          ['vm-delete', '7'],
          ['vm-undelete', '7'],
          ['vm-delete', '3'],
          ['vm-tohearenv', '3'],
          ['vm-delete', '3'],
          ['vm-tocallback', '2'],
          ['vm-delete', '7'],
          ['vm-helpexit', '#'],
          ['mailbox-keys', '#'],
        ],
      });
      expect(call.heard).toContain('vm-deleted');
      expect(call.heard).toContain('vm-undeleted');
      expect(call.heard).toContain(`vm-received date:${Date.parse(receivedAt)} vm-from-phonenumber digits:5550100`);
      expect(call.transfers).toEqual(['5550100']);
      expect(call.heard).toContain('vm-youhave vm-no vm-messages mailbox-keys');
      expect(await inbox()).toEqual([]);
      expect(await inbox(ada, '?state=deleted')).toMatchObject([{ id }]);
    });

    it('changes greetings, name and PIN', async () => {
      const call = await mailbox({
        caller: caller(adaId),
        speeches: [
          { seconds: 3, ended: 'digit' },
          { seconds: 2, ended: 'closed' },
        ],
        reactions: [
          ['mailbox-keys', '0'],
          ['vm-options', '5'],
          ['vm-newpassword', '1111#'],
          ['vm-reenterpassword', '1111#'],
          ['vm-options', '5'],
          ['vm-newpassword', '2580#'],
          ['vm-reenterpassword', '2581#'],
          ['vm-options', '5'],
          ['vm-newpassword', '2580#'],
          ['vm-reenterpassword', '2580#'],
          ['vm-options', '1'],
          ['vm-review', '1'],
          ['vm-options', '4'],
          ['vm-tempgreeting', '1'],
        ],
      });
      expect(call.heard).toMatch(/vm-invalid-password.*vm-mismatch.*vm-passchanged.*vm-rec-unv.*vm-msgsaved/);
      const { hasPin, greetings } = await mine();
      expect(hasPin).toBe(true);
      // The second one was not said yes to.
      expect(greetings.find((one: { kind: string }) => one.kind === 'unavailable').seconds).toBe(3);
      await test.app.get(GreetingsService).remove(adaId, 'unavailable');
    });

    it('opens from another phone with number and PIN only, and not for calls at his cost', async () => {
      await test.app
        .get(MailboxesService)
        .setPin(adaId, '2580', { kind: 'subscriber', subscriberId: adaId, number: '1001', name: '', sessionId: null });
      await leave();
      const call = await mailbox({
        caller: caller(bobId),
        argument: 'other',
        reactions: [
          ['vm-login', '1001#'],
          ['vm-password', '9999#'],
          ['vm-login', '1001#'],
          ['vm-password', '2580#'],
          ['mailbox-keys', '1'],
          ['vm-delete', '3'],
          ['vm-tohearenv', '*'],
          ['vm-delete', HANGS_UP],
        ],
      });
      expect(call.heard).toContain('vm-incorrect | vm-login');
      expect(call.heard).not.toContain('vm-tocallback');
      const own = await deposit({
        reactions: [
          ['vm-intro', '*'],
          ['vm-password', '2580#'],
          ['mailbox-keys', '#'],
        ],
      });
      expect(own.heard).toContain('vm-youhave number:1 vm-Old vm-message ');
    });

    it('does not let a PIN be tried through', async () => {
      const setPin = test.app.get(MailboxesService);
      await setPin.setPin(bobId, '2580', { kind: 'subscriber', subscriberId: bobId, number: '1002', name: '', sessionId: null });
      const attempt = (pin: string, fromUser: string) =>
        mailbox({
          ...{ caller: { kind: 'stranger' }, argument: 'other', fromUser },
          reactions: [
            ['vm-login', '1002#'],
            ['vm-password', `${pin}#`],
            ['vm-login', '1002#'],
            ['vm-password', `${pin}#`],
            ['vm-login', '1002#'],
            ['vm-password', `${pin}#`],
          ],
        });
      for (const from of ['1', '2']) expect((await attempt('0007', from)).heard).toContain('vm-goodbye');
      expect((await attempt('2580', '3')).heard).not.toContain('mailbox-keys');
      // Nobody without a mailbox, and no number that does not exist, sounds any different.
      expect((await attempt('2580', '4')).heard).toBe((await attempt('1', '5')).heard);
    });

    it('is refused without a mailbox', async () => {
      await admin.put(`/subscribers/${adaId}/groups`, { groups: ['local'] });
      expect((await mailbox({ caller: caller(adaId) })).refusal).toBe('not-permitted');
      await admin.put(`/subscribers/${adaId}/groups`, { groups: ['local', 'voicemail'] });
    });
  });

  describe('on the page', () => {
    it('plays whole and in part, to its owner only', async () => {
      await leave();
      const [{ id }] = await inbox();
      const whole = await ada.get(`/me/voicemail/messages/${id}/audio`);
      expect(whole.headers).toMatchObject({ 'content-type': 'audio/wav', 'accept-ranges': 'bytes', 'cache-control': 'no-store' });
      const size = Number(whole.headers['content-length']);
      const part = await ada.get(`/me/voicemail/messages/${id}/audio`, { range: 'bytes=44-1043' });
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes 44-1043/${size}`);
      expect(part.headers['content-length']).toBe('1000');
      expect((await ada.get(`/me/voicemail/messages/${id}/audio`, { range: 'bytes=-10' })).headers['content-range']).toBe(
        `bytes ${size - 10}-${size - 1}/${size}`,
      );
      expect((await ada.get(`/me/voicemail/messages/${id}/audio`, { range: `bytes=${size}-` })).status).toBe(416);
      expect((await ada.get(`/me/voicemail/messages/${id}/audio?download=true`)).headers['content-disposition']).toContain('attachment');
      for (const stranger of [bob, admin, test.visitor()]) {
        for (const path of ['', '/audio'])
          expect([401, 403, 404]).toContain((await stranger.get(`/me/voicemail/messages/${id}${path}`)).status);
        expect([401, 403, 404]).toContain((await stranger.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' })).status);
      }
      const sound = readWav(await readFile(await messages.path(adaId, id)));
      expect(amplitudeOf(sound.pcm, sound.rate, 700)).toBeGreaterThan(4000);
    });

    it('marks, deletes with undo, and tells phones of it', async () => {
      await leave();
      const told: (number | undefined)[] = [];
      const waiting = test.app.get(MessageWaiting);
      const before = waiting.changed;
      waiting.changed = (id) => told.push(waiting.summaryOf(id)?.newMessages);
      const [{ id }] = await inbox();
      expect((await ada.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' })).body.state).toBe('deleted');
      expect(await inbox()).toEqual([]);
      expect((await ada.patch(`/me/voicemail/messages/${id}`, { state: 'new' })).body).toMatchObject({ state: 'new', deletedAt: null });
      expect((await ada.patch(`/me/voicemail/messages/${id}`, { state: 'saved' })).body.state).toBe('saved');
      expect(told).toEqual([0, 1, 0]);
      waiting.changed = before;
      expect((await ada.patch(`/me/voicemail/messages/${id}`, { state: 'recording' })).status).toBe(400);
    });

    it('keeps settings, do not disturb and PIN; the SIP path knows at once', async () => {
      const { body } = await ada.patch('/me/voicemail', { doNotDisturb: true, takesMessages: false, mailMessages: false, language: 'es' });
      expect(body).toMatchObject({
        doNotDisturb: true,
        takesMessages: false,
        mailMessages: false,
        language: 'es',
        hasPin: false,
        permitted: true,
      });
      expect(test.app.get(Directory).subscriberById(adaId)).toMatchObject({ doNotDisturb: true, takesMessages: false });
      expect((await ada.patch('/me/voicemail', { doNotDisturb: false })).body).toMatchObject({ doNotDisturb: false, takesMessages: false });
      expect((await ada.patch('/me/voicemail', { takesMessages: true })).body).toMatchObject({ doNotDisturb: false, takesMessages: true });
      expect(test.app.get(Directory).subscriberById(adaId)).toMatchObject({ doNotDisturb: false, takesMessages: true });
      expect((await ada.patch('/me/voicemail', { language: 'xx' })).status).toBe(400);
      for (const pin of ['1234', '9876', '1111', '1001', '12', 'abcd'])
        expect((await ada.put('/me/voicemail/pin', { pin })).status).toBe(400);
      expect((await ada.put('/me/voicemail/pin', { pin: '2580' })).status).toBe(204);
      expect((await mine()).hasPin).toBe(true);
      expect(JSON.stringify((await admin.get('/audit')).body)).not.toContain('argon2');
    });

    it('takes greetings as WAV and gives them back', async () => {
      const put = async (bytes: Buffer) => {
        const form = new FormData();
        form.append('file', new Blob([new Uint8Array(bytes)], { type: 'audio/wav' }), 'g.wav');
        const request = new Request('http://x', { method: 'POST', body: form });
        const payload = Buffer.from(await request.arrayBuffer());
        return ada.call('PUT', '/me/voicemail/greetings/busy', {
          body: payload,
          headers: { 'content-type': request.headers.get('content-type')! },
        });
      };
      expect((await put(wavFile(16_000, 2, tones(16_000, [500], 2000)))).status).toBe(204);
      const busy = (await mine()).greetings.find((one: { kind: string }) => one.kind === 'busy');
      expect(busy.seconds).toBe(1);
      expect((await ada.get('/me/voicemail/greetings/busy/audio')).status).toBe(200);
      expect((await bob.get('/me/voicemail/greetings/busy/audio')).status).toBe(404);
      expect((await put(Buffer.from('MP3'))).body.code).toBe('invalid');
      expect((await put(wavFile(44_100, 1, tones(44_100, [500], 1000)))).status).toBe(400);
      expect((await put(wavFile(8000, 1, tones(8000, [500], 61_000)))).status).toBe(400);
      expect((await put(Buffer.alloc(4_500_000))).status).toBe(413);
      expect((await ada.delete('/me/voicemail/greetings/busy')).status).toBe(204);
      expect((await ada.get('/me/voicemail/greetings/busy/audio')).status).toBe(404);
    });

    it('shows administrators how full a mailbox is, and nothing of what is in it', async () => {
      await leave();
      const url = `/subscribers/${adaId}/voicemail`;
      const view = (await admin.get(url)).body;
      expect(view).toMatchObject({ newMessages: 1, maxMessages: 100, ownMaxMessages: null, permitted: true });
      expect(JSON.stringify(view)).not.toContain('5550100');
      expect((await admin.patch(url, { maxMessages: 5, retentionDays: 10 })).body).toMatchObject({ maxMessages: 5, retentionDays: 10 });
      await ada.put('/me/voicemail/pin', { pin: '2580' });
      expect((await admin.delete(`${url}/pin`)).status).toBe(204);
      expect((await mine()).hasPin).toBe(false);
      expect((await ada.get(url)).status).toBe(403);
      expect((await admin.get('/subscribers/999999/voicemail')).status).toBe(404);
    });
  });

  describe('by mail', () => {
    it('goes to the outbox with its recording; the message says how far it has come', async () => {
      await admin.patch('/settings', { smtpUrl: 'smtp://127.0.0.1:9', mailFrom: 'box@example.org' });
      await leave(65);
      const [message] = await inbox();
      await test.app.get(MailService).deliverDue();
      const { mail } = (await ada.get(`/me/voicemail/messages/${message.id}`)).body;
      expect(mail).toMatchObject({ state: 'queued' });
      expect(mail.lastError).toContain('ECONNREFUSED');
      expect(mail.nextAttemptAt).toBeTruthy();
      const [sent] = (await admin.get('/outbox')).body.items;
      const { text, subject, attachmentName } = (await admin.get(`/outbox/${sent.id}`)).body;
      expect(subject).toBe('Voice message from Somebody (5550100)');
      expect(text).toContain('of 1:05 for 1001');
      expect(attachmentName).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d 5550100\.wav$/);
    });

    it('deletes a message that was mailed whole, when he wants that', async () => {
      await ada.patch('/me/voicemail', { deleteAfterMailing: true });
      await leave();
      const row = await messages.one(adaId, (await inbox())[0].id);
      await messages.mailed(row.mailId!);
      expect(await inbox()).toEqual([]);
      await ada.patch('/me/voicemail', { mailMessages: false });
      await leave();
      expect((await inbox())[0].mail).toBeNull();
      await admin.patch('/settings', { smtpUrl: null });
    });
  });

  it('takes away what is deleted, old, or of nobody', async () => {
    const clean = () => test.app.get(JobsService).runAndWait('voicemail-cleanup', 'system');
    const backdate = (column: string, days: number) =>
      test.app
        .get(UnitOfWork)
        .write((m) =>
          m.query(`UPDATE voicemail_messages SET "${column}" = "${column}" - ${days * 86_400_000} WHERE "subscriberId" = ${adaId}`),
        );
    await leave();
    const [{ id }] = await inbox();
    const path = await messages.path(adaId, id);
    await ada.patch(`/me/voicemail/messages/${id}`, { state: 'deleted' });
    await clean();
    expect(await inbox(ada, '?state=deleted')).toHaveLength(1);
    await backdate('deletedAt', 2);
    await clean();
    expect(await inbox(ada, '?state=deleted')).toEqual([]);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await leave();
    await backdate('receivedAt', 11);
    await clean();
    expect(await inbox()).toHaveLength(1);
    await admin.patch(`/subscribers/${adaId}/voicemail`, { retentionDays: 10 });
    await clean();
    expect(await inbox()).toEqual([]);
    const goneId = await addSubscriber('1003');
    await deposit({ argument: `${goneId}:busy`, speeches: [{ seconds: 3, ended: 'silence' }] });
    await admin.delete(`/subscribers/${goneId}`);
    await clean();
    expect(await messages.usage(goneId)).toEqual({ messages: 0, seconds: 0 });
    await expect(readFile(join(test.dataDir, 'voicemail', String(goneId)))).rejects.toThrow('ENOENT');
  });
});

it('takes no PIN that anybody would try first', () => {
  for (const pin of ['1234', '4321', '0000', '123', '10042', '12a4', '12345678901']) expect(isGoodPin(pin, '10042'), pin).toBe(false);
  for (const pin of ['2580', '1357', '0001', '9912345678']) expect(isGoodPin(pin, '10042'), pin).toBe(true);
});
