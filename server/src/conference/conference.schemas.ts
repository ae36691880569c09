import { z } from 'zod';
import { lineText, timeText } from '../http/index.ts';
import { ANNOUNCE, MOST_IN_ROOM } from './live-rooms.ts';

const announce = z.enum(ANNOUNCE);

const fields = {
  number: z
    .string()
    .trim()
    .regex(/^\d{1,16}$/, { error: 'Expected 1 to 16 digits' }),
  name: lineText(80, 0),
  pin: z
    .string()
    .regex(/^\d{3,12}$/, { error: 'Expected 3 to 12 digits' })
    .nullable()
    .describe('Asked at the door; null: none'),
  locked: z.boolean().describe('Nobody comes in'),
  maxMembers: z.int().min(2).max(MOST_IN_ROOM),
  announce: announce.describe('How the others hear that somebody comes or goes; words: his name or number'),
};

export const newConferenceRoom = z.strictObject(fields).partial().required({ number: true }).meta({ id: 'NewConferenceRoom' });
export type NewConferenceRoom = z.output<typeof newConferenceRoom>;

export const conferenceRoomPatch = z.strictObject(fields).partial().meta({ id: 'ConferenceRoomPatch' });
export type ConferenceRoomPatch = z.output<typeof conferenceRoomPatch>;

const member = z.object({
  id: z.string(),
  number: z.string(),
  name: z.string(),
  subscriberId: z.int().nullable(),
  joinedAt: timeText,
  muted: z.boolean(),
  speaking: z.boolean(),
});

export const conferenceRoom = z
  .object({
    id: z.int().nullable().describe('null: opened by whoever dialled it'),
    number: z.string(),
    name: z.string(),
    pin: z.string().nullable(),
    locked: z.boolean().describe('Now; whoever is in the room can change it'),
    maxMembers: z.int(),
    announce,
    members: z.array(member),
  })
  .meta({ id: 'ConferenceRoom' });
export type ConferenceRoomDto = z.infer<typeof conferenceRoom>;

export const conferenceRoomList = z
  .object({ items: z.array(conferenceRoom), people: z.int(), mostPeople: z.int() })
  .meta({ id: 'ConferenceRoomList' });
export type ConferenceRoomList = z.infer<typeof conferenceRoomList>;

export const roomNumber = z.string().regex(/^\d{1,16}$/);
export const memberId = z.string().min(1).max(80);

export const muteMember = z.strictObject({ muted: z.boolean() }).meta({ id: 'MuteMember' });
export type MuteMember = z.output<typeof muteMember>;
export const lockRoom = z.strictObject({ locked: z.boolean() }).meta({ id: 'LockRoom' });
export type LockRoom = z.output<typeof lockRoom>;
