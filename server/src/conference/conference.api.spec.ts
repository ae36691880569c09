import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeEndpoint } from '../calls/answer/testing.ts';
import { startTestApp, type TestApp, type TestClient } from '../testing/test-app.ts';
import { ConferenceService } from './conference.service.ts';
import { adHocRoom } from './live-rooms.ts';

let house: TestApp;
let admin: TestClient;
let service: ConferenceService;

beforeAll(async () => {
  house = await startTestApp();
  admin = await house.admin();
  service = house.app.get(ConferenceService);
});

afterAll(() => house.stop());

const rooms = async () =>
  (await admin.get('/conference-rooms')).body.items as { id: number | null; number: string; members: { id: string }[] }[];

async function enter(room: string, name: string) {
  const endpoint = new FakeEndpoint(name, { callId: name, advertise: '', bind: '', silenceSeconds: null });
  let kicked = false;
  const kick = () => {
    kicked = true;
    service.live.leave(room, endpoint);
  };
  await service.live.join(service.find(room) ?? adHocRoom(room), {
    ...{ endpoint, kick, name, number: '1001', subscriberId: null, joinedAt: Date.now(), spoken: [], language: 'en' },
  });
  return { endpoint, kicked: () => kicked };
}

it('sets rooms up, changes them and takes them away; the PIN stays out of the audit', async () => {
  const made = await admin.post('/conference-rooms', { number: '5', name: 'Board', pin: '4711' });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body).toMatchObject({ number: '5', pin: '4711', locked: false, maxMembers: 32, announce: 'tone', members: [] });
  expect(service.find('5')).toMatchObject({ pin: '4711' });
  expect((await admin.post('/conference-rooms', { number: '5' })).body.code).toBe('room-taken');
  expect((await admin.patch(`/conference-rooms/${made.body.id}`, { pin: null, maxMembers: 4, announce: 'words' })).body).toMatchObject({
    announce: 'words',
    pin: null,
    maxMembers: 4,
  });
  expect(service.find('5')).toMatchObject({ pin: null, maxMembers: 4 });
  expect(JSON.stringify((await admin.get('/audit?entity=conference-room')).body)).not.toContain('4711');
  expect((await admin.delete(`/conference-rooms/${made.body.id}`)).status).toBe(204);
  expect(await rooms()).toEqual([]);
});

it('shows who is in a room, mutes, locks and puts out', async () => {
  const first = await enter('77', 'first');
  await enter('77', 'second');
  expect(await rooms()).toMatchObject([{ id: null, number: '77', members: [{ id: 'first' }, { id: 'second' }] }]);
  expect((await admin.put('/conference-rooms/77/members/first/mute', { muted: true })).status).toBe(204);
  expect(first.endpoint.heard).toContain('mute');
  expect((await admin.put('/conference-rooms/77/lock', { locked: true })).status).toBe(204);
  expect(service.live.entry(adHocRoom('77'))).toBe('locked');
  expect((await admin.delete('/conference-rooms/77/members/first')).status).toBe(204);
  expect([first.kicked(), (await rooms())[0]?.members.length]).toEqual([true, 1]);
  for (const path of ['/conference-rooms/77/members/first', '/conference-rooms/99']) expect((await admin.delete(path)).status).toBe(404);
  expect((await admin.put('/conference-rooms/78/lock', { locked: true })).status).toBe(404);
});

it('opens rooms by dialling only where the setting says so', async () => {
  expect(service.find('123')).toMatchObject({ number: '123', pin: null });
  await admin.patch('/settings', { adHocConferences: false });
  expect(service.find('123')).toBeUndefined();
  await admin.patch('/settings', { adHocConferences: true });
});

it('is for administrators', async () => {
  await admin.post('/subscribers', { number: '1001', displayName: 'Berta', sipPassword: 'sip-secret' });
  const person = house.visitor();
  await person.post('/session', { login: '1001', password: 'sip-secret' });
  const answers = [
    await person.get('/conference-rooms'),
    await person.post('/conference-rooms', { number: '1' }),
    await person.delete('/conference-rooms/77/members/first'),
  ];
  for (const answer of answers) expect(answer.status).toBe(403);
});
