import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActiveCalls } from '../calls/active-calls.ts';
import type { Call } from '../calls/call.ts';
import { CallMedia } from '../calls/media/call-media.ts';
import { MediaEngines } from '../calls/media/media-engines.ts';
import { FakeRelays } from '../calls/media/testing.ts';
import { Directory } from '../directory/directory.ts';
import { aGateway } from '../directory/testing.ts';
import type { Gateway } from '../directory/types.ts';
import { JobsService } from '../jobs/jobs.service.ts';
import type { RecordOrder } from '../media/engine.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';

let test: TestApp;
let admin: TestClient;
let ann: number;
beforeEach(async () => {
  test = await startTestApp();
  admin = await test.admin();
  ann = (await admin.post('/subscribers', { number: '1001', displayName: 'Ann', sipPassword: 'long-password-9' })).body.subscriber.id;
});
afterEach(() => test.stop());

const subscriber = () => test.app.get(Directory).subscriberById(ann)!;

/** Ann calls somebody. */
const call = (): Call =>
  test.app.get(ActiveCalls).open({
    ...{ sipCallId: 'c', caller: { kind: 'subscriber', subscriber: subscriber() }, fromUser: '1001', fromName: '', dialled: '1002' },
    startedAt: Date.UTC(2026, 4, 7),
  });

const orderFor = (one: Call, gateway?: Gateway) => test.app.get(MediaEngines).recording(one, gateway);

/** A call of that length is recorded, and over. */
async function recorded(seconds: number): Promise<{ call: Call; order: RecordOrder }> {
  await admin.patch(`/subscribers/${ann}`, { recordCalls: true });
  const one = call();
  const order = orderFor(one)!;
  const side = { advertise: '127.0.0.1', bind: '127.0.0.1', behindNat: false, asymmetric: false };
  const relayOrder = { callId: one.id, sides: { caller: side, callee: side }, silenceSeconds: null, record: order };
  one.media = new CallMedia((await new FakeRelays().open(relayOrder))!, relayOrder, () => undefined);
  one.answered();
  await writeFile(order.file, wavFile(8000, 2, new Int16Array(16_000 * seconds)));
  one.finish({ status: 200, reason: 'OK', endedBy: 'caller' });
  return { call: one, order };
}

const cdrOf = async (one: Call) => {
  for (let tries = 0; tries < 100; tries++) {
    const found = (await admin.get('/calls')).body.items.map((row: { id: number }) => row.id);
    for (const id of found) {
      const detail = (await admin.get(`/calls/${id}`)).body;
      if (detail.callId === one.id && detail.recording !== undefined) return detail;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('no CDR');
};

describe('recordings of calls', () => {
  it('are made of those whose subscriber or gateway says so', async () => {
    expect(orderFor(call())).toBeUndefined();
    expect(orderFor(call(), aGateway({ recordCalls: true }))?.file).toMatch(/\/recordings\/2026-05\/[0-9a-f-]{36}\.wav$/);
    await admin.patch('/settings', { recordingBeepSeconds: 30 });
    await admin.patch(`/subscribers/${ann}`, { recordCalls: true });
    expect(orderFor(call())?.beepEverySeconds).toBe(30);
  });

  it('are in the page of the call, played by ranges, and deleted by an administrator', async () => {
    const { call: one, order } = await recorded(3);
    await expect.poll(async () => (await cdrOf(one)).recording).toEqual({ seconds: 3, bytes: 96_044 });
    const whole = await admin.get(`/recordings/${one.id}/audio`);
    expect([whole.status, whole.headers['content-type'], whole.headers['content-length']]).toEqual([200, 'audio/wav', '96044']);
    const part = await admin.get(`/recordings/${one.id}/audio?download=true`, { range: 'bytes=0-43' });
    expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 0-43/96044']);
    expect(part.headers['content-disposition']).toContain(one.id);
    await admin.get(`/recordings/${one.id}/audio`, { range: 'bytes=100-' });
    const listened = (await admin.get('/audit?entity=call')).body.items as { action: string; entityId: string }[];
    expect(listened.filter(({ entityId }) => entityId === one.id).map(({ action }) => action)).toEqual([
      ...['recording.download', 'recording.listen'],
    ]);

    expect((await admin.delete(`/recordings/${one.id}`)).status).toBe(204);
    expect(existsSync(order.file)).toBe(false);
    expect((await cdrOf(one)).recording).toBeNull();
    expect((await admin.get(`/recordings/${one.id}/audio`)).status).toBe(404);
    expect((await admin.get('/audit?action=recording.delete')).body.items[0]).toMatchObject({
      action: 'recording.delete',
      entityId: one.id,
    });
  });

  it('are for administrators only', async () => {
    const { call: one } = await recorded(1);
    await expect.poll(async () => (await cdrOf(one)).recording).not.toBeNull();
    const own = test.visitor();
    expect((await own.post('/session', { login: '1001', password: 'long-password-9' })).status).toBeLessThan(300);
    for (const client of [own, test.visitor()]) {
      expect([401, 403]).toContain((await client.get(`/recordings/${one.id}/audio`)).status);
      expect([401, 403]).toContain((await client.delete(`/recordings/${one.id}`)).status);
    }
  });

  it('go when they have had their time; what a crash left is listed first', async () => {
    const { call: one, order } = await recorded(1);
    await expect.poll(async () => (await cdrOf(one)).recording).not.toBeNull();
    const jobs = test.app.get(JobsService);
    await jobs.runAndWait('recordings-cleanup', 'system');
    expect((await cdrOf(one)).recording).toBeNull();
    expect(existsSync(order.file)).toBe(false);
    await writeFile(order.file, wavFile(8000, 2, new Int16Array(32_000)));
    await admin.patch('/settings', { recordingKeepDays: null });
    await jobs.runAndWait('recordings-cleanup', 'system');
    expect((await cdrOf(one)).recording).toEqual({ seconds: 2, bytes: 64_044 });
    expect(await readdir(join(test.dataDir, 'recordings', '2026-05'))).toEqual([`${one.id}.wav`]);
  });
});
