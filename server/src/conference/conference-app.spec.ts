import { beforeEach, expect, it } from 'vitest';
import type { AppCall } from '../calls/answer/app-call.ts';
import { FakeEndpoint, FakeMedia, fakePrompts } from '../calls/answer/testing.ts';
import { aSubscriber } from '../directory/testing.ts';
import { settle } from '../sip/testing/index.ts';
import { conference, PinGuard } from './conference-app.ts';
import { adHocRoom, LiveRooms, type RoomSetUp } from './live-rooms.ts';

let media: FakeMedia;
let rooms: LiveRooms;
let changes: string[];
let known: RoomSetUp[];
let pins: PinGuard;

beforeEach(() => {
  media = new FakeMedia();
  changes = [];
  rooms = new LiveRooms(media, fakePrompts, (room) => changes.push(room));
  pins = new PinGuard();
  known = [];
});

const find = (number: string) => known.find((room) => room.number === number) ?? (number.startsWith('9') ? undefined : adHocRoom(number));

interface Caller {
  readonly endpoint: FakeEndpoint;
  readonly hangUp: () => void;
  readonly done: Promise<void>;
  readonly refused: () => string | undefined;
}

let callers = 0;

/** Somebody who dials a room (or none), and types what is asked of him. */
function enter(argument?: string, typed: string[] = [], from: AppCall['caller'] = { kind: 'gateway' } as AppCall['caller']): Caller {
  const endpoint = new FakeEndpoint(`e${++callers}`, { callId: `c${callers}`, advertise: '', bind: '', silenceSeconds: null });
  endpoint.typed = typed;
  const abort = new AbortController();
  let refusal: string | undefined;
  const call = {
    ...{ argument, language: 'en', endpoint, prompts: fakePrompts, hungUp: abort.signal, caller: from },
    call: { start: { caller: from, fromUser: `20${callers}`, fromName: `Caller ${callers}` } },
    answer: async () => true,
    early: async () => true,
    refuseWith: (code: string) => {
      refusal = code;
    },
  } as unknown as AppCall;
  const done = conference({ rooms, find, pins, recordedName: async (id) => (id === 7 ? 'ana-says-her-name' : undefined) })(call);
  return {
    ...{ endpoint, done, refused: () => refusal },
    hangUp: () => {
      endpoint.close();
      abort.abort();
    },
  };
}

const people = (room: string) => [...(rooms.get(room)?.members.values() ?? [])].map(({ number }) => number);

it('opens the dialled room, tells the first that he is alone and the next who is there', async () => {
  const first = enter('12');
  await settle();
  const second = enter('12');
  await settle();
  expect(people('12')).toHaveLength(2);
  expect(first.endpoint.heard).toEqual(['join 12', 'play conf-onlyperson']);
  expect(second.endpoint.heard).toEqual(['join 12', 'play conf-thereare number:1 conf-otherinparty']);
  expect(media.intoRooms).toEqual(['12: tone:440 tone:660']);
  second.hangUp();
  await second.done;
  expect(media.intoRooms).toEqual(['12: tone:440 tone:660', '12: tone:660 tone:440']);
  first.hangUp();
  await first.done;
  expect([rooms.get('12'), rooms.people]).toEqual([undefined, 0]);
  expect(changes).toEqual(['12', '12', '12', '12']);
});

it('asks for the room where none was dialled, and gives three tries', async () => {
  const lucky = enter(undefined, ['99', '', '7']);
  await settle();
  expect(lucky.endpoint.heard).toEqual([
    ...['play conf-getconfno', 'play conf-invalid', 'play conf-getconfno', 'play conf-invalid', 'play conf-getconfno'],
    ...['join 7', 'play conf-onlyperson'],
  ]);
  const unlucky = enter(undefined, ['99', '98', '97']);
  await unlucky.done;
  expect(unlucky.endpoint.heard.at(-1)).toBe('play conf-invalid');
});

it('says in early media that a dialled room does not exist', async () => {
  const caller = enter('99');
  await caller.done;
  expect(caller.endpoint.heard).toEqual(['play conf-room-unknown']);
  expect(caller.refused()).toBe('unknown-number');
});

it('lets nobody in without the PIN', async () => {
  known = [{ ...adHocRoom('5'), pin: '4711' }];
  const wrong = enter('5', ['1', '2', '3']);
  await wrong.done;
  expect(wrong.endpoint.heard.filter((line) => line === 'play conf-invalidpin')).toHaveLength(3);
  expect(people('5')).toEqual([]);
  enter('5', ['1', '4711']);
  await settle();
  expect(people('5')).toHaveLength(1);
});

it('says who comes and goes: the name as its owner said it, else the number, else only the tone', async () => {
  known = [
    { ...adHocRoom('5'), announce: 'words' },
    { ...adHocRoom('6'), announce: 'off' },
  ];
  enter('5');
  await settle();
  const ana = enter('5', [], { kind: 'subscriber', subscriber: aSubscriber({ id: 7 }) });
  await settle();
  const bob = enter('5', [], { kind: 'subscriber', subscriber: aSubscriber({ id: 8, number: '1008' }) });
  await settle();
  const nobody = enter('5');
  await settle();
  for (const caller of [ana, bob, nobody]) {
    caller.hangUp();
    await caller.done;
  }
  expect(media.intoRooms).toEqual([
    ...['5: ana-says-her-name conf-hasjoin', '5: digits:1008 conf-hasjoin', `5: digits:20${callers} conf-hasjoin`],
    ...['5: ana-says-her-name conf-hasleft', '5: digits:1008 conf-hasleft', `5: digits:20${callers} conf-hasleft`],
  ]);
  enter('6');
  enter('6');
  await settle();
  expect(media.intoRooms).toHaveLength(6);
});

it('does not let the PIN be tried through, neither by one caller in many calls nor by many callers', async () => {
  known = [
    { ...adHocRoom('5'), pin: '4711' },
    { ...adHocRoom('6'), pin: '4711' },
  ];
  const by = (id: number): AppCall['caller'] => ({ kind: 'subscriber', subscriber: aSubscriber({ id }) });
  for (let n = 0; n < 2; n++) await enter('5', ['1', '2', '3'], by(1)).done;
  for (let n = 0; n < 6; n++) await enter('5', ['4711', '4711', '4711'], by(1)).done;
  expect(people('5'), 'held back, and told that it is wrong').toEqual([]);
  enter('5', ['4711'], by(2));
  await settle();
  expect(people('5'), 'the room is not closed by one who tries').toHaveLength(1);
  for (let id = 10; id < 15; id++) await enter('6', ['1', '2', '3'], by(id)).done;
  await enter('6', ['7', '8', '9'], by(20)).done;
  await enter('6', ['7', '8', '9'], by(21)).done;
  await enter('6', ['4711', '4711', '4711'], by(30)).done;
  expect(people('6')).toEqual([]);
});

it('mutes with *6 and locks with *7, and a locked room takes nobody', async () => {
  const caller = enter('12');
  await settle();
  for (const digit of '6*6*7') caller.endpoint.digit(digit);
  expect(caller.endpoint.heard.filter((line) => /mute|conf-(?!only)/.test(line))).toEqual([
    'mute',
    'play conf-muted',
    'play conf-lockednow',
  ]);
  expect([...rooms.get('12')!.members.values()][0]).toMatchObject({ muted: true });
  const late = enter('12');
  await late.done;
  expect(late.endpoint.heard).toEqual(['play conf-locked']);
  for (const digit of '*7*6') caller.endpoint.digit(digit);
  enter('12');
  await settle();
  expect(people('12')).toHaveLength(2);
});

it('is full at its limit, at 32, and at 100 in all rooms', async () => {
  known = [{ ...adHocRoom('2'), maxMembers: 2 }];
  enter('2');
  enter('2');
  await settle();
  const third = enter('2');
  await third.done;
  expect(third.endpoint.heard).toEqual(['play conf-full']);
  for (const room of ['31', '32', '33', '34']) for (let i = 0; i < 33; i++) enter(room);
  await settle();
  expect(['31', '32', '33', '34'].map((room) => people(room).length)).toEqual([32, 32, 32, 2]);
  expect(rooms.people).toBe(100);
});

it('shows who speaks, and puts people out', async () => {
  const first = enter('12');
  enter('12');
  await settle();
  rooms.speaking('12', [first.endpoint.id]);
  expect([...rooms.get('12')!.members.values()].map(({ speaking }) => speaking)).toEqual([true, false]);
  expect(rooms.kick('12', first.endpoint.id)).toBe(true);
  await first.done;
  expect(first.endpoint.heard.slice(-2)).toEqual(['leave', 'play conf-kicked']);
  expect(people('12')).toHaveLength(1);
  expect([rooms.kick('12', first.endpoint.id), rooms.mute('12', 'nobody', true), rooms.lock('77', true)]).toEqual([false, false, false]);
});
