import type { Prompts } from '../calls/answer/app-call.ts';
import type { Endpoint, MediaServices, Playable } from '../media/endpoint/endpoint.ts';

/** People in one room, and in all rooms together: what one core mixes. */
export const MOST_IN_ROOM = 32;
export const MOST_IN_ALL = 100;

/** How those in a room hear that somebody comes or goes. */
export const ANNOUNCE = ['off', 'tone', 'words'] as const;
export type Announce = (typeof ANNOUNCE)[number];

/** A room as it is set up; an ad hoc room has the values of `adHocRoom`. */
export interface RoomSetUp {
  readonly number: string;
  readonly name: string;
  readonly pin: string | null;
  /** Nobody comes in. */
  readonly locked: boolean;
  readonly maxMembers: number;
  readonly announce: Announce;
}

export const adHocRoom = (number: string): RoomSetUp => ({
  ...{ number, name: '', pin: null, locked: false, maxMembers: MOST_IN_ROOM, announce: 'tone' },
});

export interface Newcomer {
  readonly endpoint: Endpoint;
  /** Number and name as the others see them. */
  readonly number: string;
  readonly name: string;
  readonly subscriberId: number | null;
  /** His name or number as it is said to the others; empty: it cannot be. */
  readonly spoken: readonly Playable[];
  /** What he is spoken to in; a room speaks as to the first who comes. */
  readonly language: string;
  /** Epoch ms. */
  readonly joinedAt: number;
  /** Ends his part in the conference. */
  readonly kick: () => void;
}

export interface Member extends Newcomer {
  muted: boolean;
  speaking: boolean;
}

/** A room with people in it. */
export interface LiveRoom {
  readonly setUp: RoomSetUp;
  readonly language: string;
  locked: boolean;
  readonly members: Map<string, Member>;
}

export type Entry = 'in' | 'locked' | 'full';

const JOINED = { tones: [{ tone: { hz: [440], ms: 120 } }, { tone: { hz: [660], ms: 150 } }], words: 'conf-hasjoin' };
const LEFT = { tones: [{ tone: { hz: [660], ms: 120 } }, { tone: { hz: [440], ms: 150 } }], words: 'conf-hasleft' };

/** Who is in which room. Rooms are there as long as somebody is in them. */
export class LiveRooms {
  readonly #media: Pick<MediaServices, 'playIntoRoom'>;
  readonly #prompts: Pick<Prompts, 'say'>;
  readonly #changed: (room: string) => void;
  readonly #rooms = new Map<string, LiveRoom>();

  constructor(media: Pick<MediaServices, 'playIntoRoom'>, prompts: Pick<Prompts, 'say'>, changed: (room: string) => void) {
    this.#media = media;
    this.#prompts = prompts;
    this.#changed = changed;
  }

  get(number: string): LiveRoom | undefined {
    return this.#rooms.get(number);
  }

  all(): LiveRoom[] {
    return [...this.#rooms.values()];
  }

  get people(): number {
    let count = 0;
    for (const { members } of this.#rooms.values()) count += members.size;
    return count;
  }

  /** Can one more come in now? */
  entry(setUp: RoomSetUp): Entry {
    const room = this.#rooms.get(setUp.number);
    if (room ? room.locked : setUp.locked) return 'locked';
    return (room?.members.size ?? 0) >= Math.min(setUp.maxMembers, MOST_IN_ROOM) || this.people >= MOST_IN_ALL ? 'full' : 'in';
  }

  /** @returns how many others are in the room, or why he cannot come in */
  async join(setUp: RoomSetUp, newcomer: Newcomer): Promise<{ readonly others: number } | Exclude<Entry, 'in'>> {
    const entry = this.entry(setUp);
    if (entry !== 'in') return entry;
    const room = this.#rooms.get(setUp.number) ?? {
      ...{ setUp, language: newcomer.language, locked: setUp.locked, members: new Map() },
    };
    this.#rooms.set(setUp.number, room);
    const others = room.members.size;
    room.members.set(newcomer.endpoint.id, { ...newcomer, muted: false, speaking: false });
    this.#changed(setUp.number);
    await newcomer.endpoint.join(setUp.number, { muted: false });
    if (others > 0) this.#tell(room, newcomer, JOINED);
    return { others };
  }

  leave(number: string, endpoint: Endpoint): void {
    const room = this.#rooms.get(number);
    const member = room?.members.get(endpoint.id);
    if (!room || !member) return;
    room.members.delete(endpoint.id);
    endpoint.leave();
    if (room.members.size === 0) this.#rooms.delete(number);
    else this.#tell(room, member, LEFT);
    this.#changed(number);
  }

  /** @returns false when he is not in the room */
  mute(number: string, memberId: string, on: boolean): boolean {
    const member = this.#rooms.get(number)?.members.get(memberId);
    if (!member) return false;
    member.muted = on;
    member.endpoint.mute(on);
    this.#changed(number);
    return true;
  }

  kick(number: string, memberId: string): boolean {
    const member = this.#rooms.get(number)?.members.get(memberId);
    member?.kick();
    return member !== undefined;
  }

  /** @returns false when nobody is in the room */
  lock(number: string, on: boolean): boolean {
    const room = this.#rooms.get(number);
    if (!room) return false;
    room.locked = on;
    this.#changed(number);
    return true;
  }

  /** For MediaServices.onSpeaking. */
  speaking(number: string, endpoints: readonly string[]): void {
    const room = this.#rooms.get(number);
    if (!room) return;
    for (const [id, member] of room.members) member.speaking = endpoints.includes(id);
    this.#changed(number);
  }

  #tell({ setUp: { number, announce }, language }: LiveRoom, { spoken }: Newcomer, { tones, words }: typeof JOINED): void {
    if (announce === 'off') return;
    const said = announce === 'words' && spoken.length > 0 ? [...spoken, ...this.#prompts.say(language, words)] : tones;
    // A courtesy: a room that is gone meanwhile hears nothing.
    this.#media.playIntoRoom(number, said).catch(() => undefined);
  }
}
