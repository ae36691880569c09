import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../database/unit-of-work.ts';
import { DiskSpace } from '../disk-space/disk-space.ts';
import { tones } from '../media/testing/sound.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import { GreetingsService } from './greetings.service.ts';
import { MailboxesService } from './mailboxes.service.ts';
import { VoicemailMessageEntity } from './message.entity.ts';
import { HANGS_UP, VoicemailBench } from './testing.ts';
import { VoicemailFiles } from './voicemail-files.ts';

describe('voicemail by phone', () => {
  let bench: VoicemailBench;

  beforeAll(async () => {
    bench = await VoicemailBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.clear());

  describe('taking a message', () => {
    it('greets by the reason, records, and keeps what was said', async () => {
      const call = await bench.deposit({ argument: `${bench.adaId}:busy`, speeches: [{ seconds: 3, ended: 'silence' }] });
      expect(call.heard).toBe('vm-theperson digits:1001 vm-isonphone vm-intro | record | vm-msgsaved vm-goodbye');
      expect((await bench.leave()).heard).toContain('vm-theperson digits:1001 vm-isunavail vm-intro');
      const [newest, first] = await bench.inbox();
      expect(first).toMatchObject({
        state: 'new',
        why: 'busy',
        callerNumber: '5550100',
        callerName: 'Somebody',
        seconds: 3,
        mail: { state: 'kept' },
      });
      expect(first.callId).toBe(call.app.call.id);
      expect(newest.id).toBeGreaterThan(first.id);
      expect(await bench.mine()).toMatchObject({ newMessages: 2, savedMessages: 0, usedSeconds: 6 });
    });

    it('plays his own words: the temporary ones, else those for the reason, else his name', async () => {
      const greetings = bench.get(GreetingsService);
      const wav = wavFile(8000, 1, tones(8000, [400], 1000));
      const file = (kind: string) => join(bench.test.dataDir, 'voicemail', String(bench.adaId), 'greetings', `${kind}.wav`);
      await greetings.store(bench.adaId, 'name', wav);
      expect((await bench.leave()).heard).toContain(`${file('name')} vm-isunavail vm-intro`);
      await greetings.store(bench.adaId, 'busy', wav);
      expect((await bench.leave()).heard).toContain('vm-isunavail');
      expect((await bench.deposit({ argument: `${bench.adaId}:busy`, speeches: [{ seconds: 3, ended: 'limit' }] })).endpoint.heard[0]).toBe(
        file('busy'),
      );
      await greetings.store(bench.adaId, 'temporary', wav);
      expect((await bench.leave()).endpoint.heard[0]).toBe(file('temporary'));
    });

    it('lets him hear it and say it again after #', async () => {
      const call = await bench.deposit({
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
      expect((await bench.inbox())[0].seconds).toBe(5);
    });

    it('keeps what was said when he hangs up, at any moment', async () => {
      expect((await bench.deposit({ speeches: [{ seconds: 4, ended: 'closed' }] })).heard).not.toContain('vm-msgsaved |');
      await bench.deposit({ speeches: [{ seconds: 2.5, ended: 'digit' }], reactions: [['vm-review', HANGS_UP]] });
      expect((await bench.inbox()).map((message: { seconds: number }) => message.seconds)).toEqual([2.5, 4]);
      await bench.deposit({ reactions: [['vm-intro', HANGS_UP]] });
      expect(await bench.inbox()).toHaveLength(2);
    });

    it('drops what is too short', async () => {
      expect((await bench.leave(1)).heard).toContain('vm-tooshort');
      expect(await bench.inbox()).toEqual([]);
      expect(
        (
          await bench.deposit({
            speeches: [
              { seconds: 0.5, ended: 'digit' },
              { seconds: 3, ended: 'silence' },
            ],
          })
        ).heard,
      ).toContain('vm-tooshort | record');
      expect(await bench.inbox()).toHaveLength(1);
    });

    it('says that the mailbox or the disk is full', async () => {
      await bench.admin.patch(`/subscribers/${bench.adaId}/voicemail`, { maxMessages: 1 });
      await bench.leave();
      expect((await bench.deposit()).heard).toBe('vm-mailboxfull vm-goodbye');
      await bench.admin.patch(`/subscribers/${bench.adaId}/voicemail`, { maxMessages: null });
      expect((await bench.deposit({ speeches: [{ seconds: 3, ended: 'failed' }] })).heard).toContain('record | vm-mailboxfull');
      const disk = Object.getOwnPropertyDescriptor(DiskSpace.prototype, 'hasRoom')!;
      Object.defineProperty(DiskSpace.prototype, 'hasRoom', { configurable: true, get: () => false });
      try {
        expect((await bench.deposit()).heard).toBe('vm-mailboxfull vm-goodbye');
      } finally {
        Object.defineProperty(DiskSpace.prototype, 'hasRoom', disk);
      }
      expect(await bench.inbox()).toHaveLength(2);
    });

    it('finds what was being said when the server died', async () => {
      const files = bench.get(VoicemailFiles);
      await files.prepare(bench.adaId);
      const left = async (file: string, sound?: Buffer) => {
        const row = { subscriberId: bench.adaId, callId: 'c', why: 'busy', callerNumber: '7', callerName: '' } as const;
        const rest = { state: 'recording', file, seconds: 0, receivedAt: Date.now(), deletedAt: null, mailId: null } as const;
        await bench.test.app.get(UnitOfWork).write((m) => m.save(VoicemailMessageEntity, { ...row, ...rest }));
        if (sound) await writeFile(files.message(bench.adaId, file), sound);
      };
      const sound = wavFile(8000, 1, tones(8000, [700], 3000));
      // As a process leaves it that is killed: the header still counts less than was written.
      sound.writeUInt32LE(16_000, 40);
      await left('whole.wav', sound);
      await left('short.wav', wavFile(8000, 1, tones(8000, [700], 300)));
      await left('none.wav');
      const open = await bench.messages.begin({ subscriberId: bench.adaId, callId: 'c', why: 'busy', callerNumber: '8', callerName: '' });
      expect(await bench.messages.recover()).toBe(1);
      expect(await bench.inbox()).toMatchObject([{ seconds: 3, callerNumber: '7' }]);
      expect(await files.exists(files.message(bench.adaId, 'short.wav'))).toBe(false);
      // The one who still speaks is left in peace.
      await writeFile(open.path, sound);
      expect(await bench.messages.finish(open)).toBe(true);
      expect(await bench.messages.recover()).toBe(0);
    });
  });

  describe('listening by phone', () => {
    it('says how many there are, plays them in their order, and marks what was heard', async () => {
      await bench.leave();
      await bench.leave(4);
      const path = async (index: number) => bench.messages.path(bench.adaId, (await bench.inbox())[index].id);
      const call = await bench.mailbox({
        caller: bench.caller(bench.adaId),
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
      expect((await bench.inbox()).map((message: { state: string }) => message.state)).toEqual(['saved', 'saved']);
    });

    it('deletes, takes that back, says who and when, and offers to call back', async () => {
      await bench.leave();
      const [{ receivedAt, id }] = await bench.inbox();
      const call = await bench.mailbox({
        caller: bench.caller(bench.adaId),
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
      expect(await bench.inbox()).toEqual([]);
      expect(await bench.inbox('?state=deleted')).toMatchObject([{ id }]);
    });

    it('changes greetings, name and PIN', async () => {
      const call = await bench.mailbox({
        caller: bench.caller(bench.adaId),
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
      const { hasPin, greetings } = await bench.mine();
      expect(hasPin).toBe(true);
      // The second one was not said yes to.
      expect(greetings.find((one: { kind: string }) => one.kind === 'unavailable').seconds).toBe(3);
      await bench.get(GreetingsService).remove(bench.adaId, 'unavailable');
    });

    it('opens from another phone with number and PIN only, and not for calls at his cost', async () => {
      await bench
        .get(MailboxesService)
        .setPin(bench.adaId, '2580', { kind: 'subscriber', subscriberId: bench.adaId, number: '1001', name: '', sessionId: null });
      await bench.leave();
      const call = await bench.mailbox({
        caller: bench.caller(bench.bobId),
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
      const own = await bench.deposit({
        reactions: [
          ['vm-intro', '*'],
          ['vm-password', '2580#'],
          ['mailbox-keys', '#'],
        ],
      });
      expect(own.heard).toContain('vm-youhave number:1 vm-Old vm-message ');
    });

    it('does not let a PIN be tried through', async () => {
      const setPin = bench.get(MailboxesService);
      await setPin.setPin(bench.bobId, '2580', {
        kind: 'subscriber',
        subscriberId: bench.bobId,
        number: '1002',
        name: '',
        sessionId: null,
      });
      const attempt = (pin: string, fromUser: string) =>
        bench.mailbox({
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
      await bench.admin.put(`/subscribers/${bench.adaId}/groups`, { groups: ['local'] });
      expect((await bench.mailbox({ caller: bench.caller(bench.adaId) })).refusal).toBe('not-permitted');
      await bench.admin.put(`/subscribers/${bench.adaId}/groups`, { groups: ['local', 'voicemail'] });
    });
  });
});
