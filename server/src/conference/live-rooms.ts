import type { Endpoint, MediaServices, Playable } from '../media/endpoint/endpoint.ts';

/** People in one room, and in all rooms together: what one core mixes. */
export const MOST_IN_ROOM = 32;
export const MOST_IN_ALL = 100;

/** A room as it is set up; an ad hoc room has the values of `adHocRoom`. */
export interface RoomSetUp {
  readonly number: string;
  readonly name: string;
  readonly pin: string | null;
  /** Nobody comes in. */
  readonly locked: boolean;
  readonly maxMembers: number;
  /** Tones when somebody comes or goes. */
  readonly announce: boolean;
}

export const adHocRoom = (number: string): RoomSetUp => ({
  ...{ number, name: '', pin: null, locked: false, maxMembers: MOST_IN_ROOM, announce: true },
});

export interface Newcomer {
  readonly endpoint: Endpoint;
  /** Number and name as the others see them. */
  readonly number: string;
  readonly name: string;
  readonly subscriberId: number | null;
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
  locked: boolean;
  readonly members: Map<string, Member>;
}

export type Entry = 'in' | 'locked' | 'full';

const JOIN: Playable[] = [{ tone: { hz: [440], ms: 120 } }, { tone: { hz: [660], ms: 150 } }];
const LEAVE: Playable[] = [{ tone: { hz: [660], ms: 120 } }, { tone: { hz: [440], ms: 150 } }];

/** Who is in which room. Rooms are there as long as somebody is in them. */
export class LiveRooms {
  readonly #media: Pick<MediaServices, 'playIntoRoom'>;
  readonly #changed: (room: string) => void;
  readonly #rooms = new Map<string, LiveRoom>();

  constructor(media: Pick<MediaServices, 'playIntoRoom'>, changed: (room: string) => void) {
    this.#media = media;
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
    const room = this.#rooms.get(setUp.number) ?? { setUp, locked: setUp.locked, members: new Map() };
    this.#rooms.set(setUp.number, room);
    const others = room.members.size;
    room.members.set(newcomer.endpoint.id, { ...newcomer, muted: false, speaking: false });
    this.#changed(setUp.number);
    await newcomer.endpoint.join(setUp.number, { muted: false });
    if (setUp.announce && others > 0) this.#play(setUp.number, JOIN);
    return { others };
  }

  leave(number: string, endpoint: Endpoint): void {
    const room = this.#rooms.get(number);
    if (!room?.members.delete(endpoint.id)) return;
    endpoint.leave();
    if (room.members.size === 0) this.#rooms.delete(number);
    else if (room.setUp.announce) this.#play(number, LEAVE);
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

  #play(number: string, what: readonly Playable[]): void {
    // The tone is a courtesy; a room that is gone meanwhile hears none.
    this.#media.playIntoRoom(number, what).catch(() => undefined);
  }
}
