import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AccountBook } from '../billing/account-book.ts';
import { AccountCharging } from '../billing/account-charging.ts';
import { rateOf } from '../billing/testing.ts';
import { startTestApp, type TestApp } from '../testing/test-app.ts';
import { DiskSpace, NO_ROOM } from './disk-space.ts';

const SIZE_MB = 160;

/** A small disk of its own; undefined where this user may not mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=700`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
let test: TestApp | undefined;

afterEach(async () => {
  await test?.app.close();
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

/** Until nothing more goes onto the disk. */
function fill(folder: string, leave = 0): void {
  for (let size = 8 * 1024 * 1024, i = 0; size >= 512; ) {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize - size < leave) {
      size /= 2;
      continue;
    }
    try {
      writeFileSync(join(folder, `filler-${size}-${i++}`), Buffer.alloc(size, 1));
    } catch {
      size /= 2;
    }
  }
}

describe.skipIf(disk === undefined)('a disk that is full (A-24)', () => {
  it('tells of it at 80, 90 and 95 %, and charges calls when not a byte is left', { timeout: 60_000 }, async () => {
    const folder = disk ?? '';
    test = await startTestApp({ DIALTONE_DATA: folder });
    const admin = await test.admin();
    await admin.post('/admins', { login: 'berta', name: 'Berta', email: 'berta@example.org', password: 'a long enough password' });
    const made = await admin.post('/subscribers', { number: '1001', displayName: 'One', sipPassword: 'secret-1001' });
    expect(made.status).toBe(201);
    const id: number = made.body.subscriber.id;
    await admin.post(`/subscribers/${id}/credit`, { amount: '5.00', reason: 'start' }, { 'idempotency-key': 'start' });
    const space = test.app.get(DiskSpace);
    const book = test.app.get(AccountBook);
    const charging = test.app.get(AccountCharging);
    await space.look();
    expect(space.facts).toMatchObject({ level: 0, reserveKept: true });
    expect(space.hasRoom).toBe(true);

    const total = SIZE_MB * 1024 * 1024;
    for (const [level, share] of [
      [80, 0.85],
      [90, 0.92],
      [95, 0.96],
    ] as const) {
      fill(folder, total * (1 - share));
      await space.look();
      expect([level, space.level]).toEqual([level, level]);
      expect((await admin.get('/alarms')).body.items).toMatchObject([{ code: 'disk-space', params: { level: String(level) } }]);
    }
    expect(space.hasRoom).toBe(false);
    expect((await admin.post('/backups')).body).toMatchObject({ code: 'backup-failed', detail: NO_ROOM });
    await space.look();
    const mails = (await admin.get('/outbox?q=full')).body.items;
    expect(mails.map((mail: { to: string }) => mail.to)).toEqual(Array(3).fill('berta@example.org'));

    // Between two looks the last byte goes: the write itself finds the room that was kept.
    fill(folder);
    expect(space.facts.reserveKept).toBe(true);
    const accountId = book.accountOf(id) ?? -1;
    const before = book.balance(accountId);
    for (let i = 0; i < 50; i++) {
      const callId = randomUUID();
      const record = {
        sipCallId: callId,
        fromSubscriberId: id,
        fromUser: '1001',
        dialled: '44',
        gatewayId: null,
        direction: 'outbound' as const,
      };
      const rate = rateOf('0.60');
      expect(charging.authorise({ callId, accountId, e164: '44', rate, maxSeconds: null, startedAt: Date.now(), record }).ok).toBe(true);
      const at = { mono: performance.now(), wall: Date.now() };
      await charging.answered(callId, at);
      charging.finished({
        ...record,
        ...{ callId, toSubscriberId: null, accountId, e164: '44', startedAt: at.wall, answeredAt: at.wall, endedAt: at.wall + 1000 },
        ...{ talkMs: 1000, status: 200, reason: 'OK', endedBy: 'caller' as const, rate, missed: false, refusal: null, app: null },
      });
    }
    expect(await charging.sweep()).toMatchObject({ unwritten: 0 });
    expect(space.facts.reserveKept).toBe(false);
    expect(existsSync(join(folder, 'reserve'))).toBe(false);
    const charged = before - book.balance(accountId);
    expect(charged).toBeGreaterThan(0);
    const calls = (await admin.get('/calls?pageSize=100')).body;
    expect(calls.total).toBe(50);
    const ledger = (await admin.get(`/subscribers/${id}/ledger?type=charge&pageSize=100`)).body;
    expect(ledger.total).toBe(50);

    // Room again: the alarm goes, and the reserve comes back.
    execFileSync('sh', ['-c', `rm ${folder}/filler-*`]);
    await space.look();
    await space.look();
    expect(space.facts).toMatchObject({ level: 0, reserveKept: true });
    expect((await admin.get('/alarms')).body.items).toEqual([]);
  });
});
