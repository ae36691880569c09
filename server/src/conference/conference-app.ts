import type { App, AppCall } from '../calls/answer/app-call.ts';
import { RateLimiter } from '../http/index.ts';
import type { Playable } from '../media/endpoint/endpoint.ts';
import type { LiveRooms, RoomSetUp } from './live-rooms.ts';

const TRIES = 3;
const PAUSE: Playable = { silenceMs: 400 };
const QUARTER_HOUR = 15 * 60_000;

/** The room with this number; undefined: there is none, and none may be opened. */
export type FindRoom = (number: string) => RoomSetUp | undefined;

/** File in which a subscriber says his name, as his mailbox has it; undefined: he never did. */
export type RecordedName = (subscriberId: number) => Promise<string | undefined>;

/** Wrong PINs over all calls, by room and by who tries: neither one room nor all of them can be tried through. */
export class PinGuard {
  readonly #byRoom = new RateLimiter({ limit: 20, windowMs: QUARTER_HOUR });
  readonly #byCaller = new RateLimiter({ limit: 6, windowMs: QUARTER_HOUR });

  /** Whoever is held back is told the same as who is wrong. */
  isRight({ caller, call: { start } }: AppCall, { number, pin }: RoomSetUp, typed: string): boolean {
    const who = caller.kind === 'subscriber' ? `subscriber ${caller.subscriber.id}` : `${caller.kind} ${start.fromUser}`;
    // Who is held back counts no more for the room: alone he cannot close it to the others.
    const held = this.#byCaller.take(who) > 0 || this.#byRoom.take(number) > 0;
    const right = typed === pin && !held;
    if (right) {
      this.#byRoom.refund(number);
      this.#byCaller.refund(who);
    }
    return right;
  }
}

/** What a conference needs besides its call. */
export interface ConferenceParts {
  readonly rooms: LiveRooms;
  readonly find: FindRoom;
  readonly recordedName: RecordedName;
  readonly pins: PinGuard;
}

/** Conference (M-24, O-133): room asked where the code has none, PIN, and then together with the others until one hangs up. */
export const conference =
  (parts: ConferenceParts): App =>
  async (call) => {
    const visit = new Visit(call, parts);
    const { find } = parts;
    const setUp = call.argument === undefined ? await visit.askRoom(find) : await visit.namedRoom(find(call.argument));
    if (setUp && (await visit.askPin(setUp))) await visit.stay(setUp);
  };

/** One caller's way through the conference. */
class Visit {
  readonly #call: AppCall;
  readonly #rooms: LiveRooms;
  readonly #pins: PinGuard;
  readonly #recordedName: RecordedName;

  constructor(call: AppCall, { rooms, pins, recordedName }: ConferenceParts) {
    this.#call = call;
    this.#rooms = rooms;
    this.#pins = pins;
    this.#recordedName = recordedName;
  }

  /** The room was dialled: a number that leads nowhere is said in early media. */
  async namedRoom(setUp: RoomSetUp | undefined): Promise<RoomSetUp | undefined> {
    if (setUp) return (await this.#call.answer()) ? setUp : undefined;
    this.#call.refuseWith('unknown-number');
    if (await this.#call.early()) await this.#play('conf-room-unknown');
    return undefined;
  }

  async askRoom(find: FindRoom): Promise<RoomSetUp | undefined> {
    if (!(await this.#call.answer())) return undefined;
    for (let left = TRIES; left > 0 && !this.#over; left--) {
      const number = await this.#ask('conf-getconfno', 16);
      const setUp = number === '' ? undefined : find(number);
      if (setUp) return setUp;
      if (!this.#over) await this.#play('conf-invalid');
    }
    return undefined;
  }

  async askPin(setUp: RoomSetUp): Promise<boolean> {
    if (setUp.pin === null) return true;
    for (let left = TRIES; left > 0 && !this.#over; left--) {
      if (this.#pins.isRight(this.#call, setUp, await this.#ask('conf-getpin', 12))) return true;
      if (!this.#over) await this.#play('conf-invalidpin');
    }
    return false;
  }

  async stay(setUp: RoomSetUp): Promise<void> {
    const { endpoint, hungUp, call } = this.#call;
    const { caller, fromUser, fromName } = call.start;
    const subscriber = caller.kind === 'subscriber' ? caller.subscriber : undefined;
    let leave: (kicked: boolean) => void = () => undefined;
    const left = new Promise<boolean>((resolve) => {
      leave = resolve;
    });
    hungUp.addEventListener('abort', () => leave(false), { once: true });
    const number = subscriber?.number ?? fromUser;
    const spoken = await this.#spoken(subscriber?.id, number);
    const joined = await this.#rooms.join(setUp, {
      ...{ endpoint, joinedAt: Date.now(), kick: () => leave(true) },
      ...{ number, spoken, language: this.#call.language },
      ...{ name: subscriber?.displayName ?? fromName, subscriberId: subscriber?.id ?? null },
    });
    if (joined === 'locked' || joined === 'full') {
      await this.#play(`conf-${joined}`);
      return;
    }
    try {
      if (hungUp.aborted) return;
      endpoint.onDigit = this.#keys(setUp.number);
      endpoint.clearDigits();
      this.#tellOthers(joined.others).catch(() => undefined);
      if (await left) await this.#goodbye(setUp.number);
    } finally {
      endpoint.onDigit = () => undefined;
      this.#rooms.leave(setUp.number, endpoint);
    }
  }

  /** His name as he said it, else his number; a caller without a number is not named. */
  async #spoken(subscriberId: number | undefined, number: string): Promise<readonly Playable[]> {
    const file = subscriberId === undefined ? undefined : await this.#recordedName(subscriberId);
    if (file !== undefined) return [{ file }];
    return /^\+?\d+$/.test(number) ? this.#call.prompts.digits(this.#call.language, number) : [];
  }

  async #goodbye(room: string): Promise<void> {
    this.#rooms.leave(room, this.#call.endpoint);
    await this.#play('conf-kicked');
  }

  async #tellOthers(others: number): Promise<void> {
    const { prompts, language, endpoint } = this.#call;
    if (others === 0) await this.#play('conf-onlyperson');
    else
      await endpoint.play([
        ...prompts.say(language, 'conf-thereare'),
        ...prompts.number(language, others),
        ...prompts.say(language, 'conf-otherinparty'),
      ]);
  }

  /** *6 mutes and unmutes, *7 locks and unlocks the room. */
  #keys(number: string): (digit: string) => void {
    const { endpoint } = this.#call;
    const actions: Record<string, () => string> = {
      '6': () => {
        const muted = !this.#rooms.get(number)?.members.get(endpoint.id)?.muted;
        this.#rooms.mute(number, endpoint.id, muted);
        return muted ? 'conf-muted' : 'conf-unmuted';
      },
      '7': () => {
        const locked = !this.#rooms.get(number)?.locked;
        this.#rooms.lock(number, locked);
        return locked ? 'conf-lockednow' : 'conf-unlockednow';
      },
    };
    let starred = false;
    return (digit) => {
      const action = starred ? actions[digit] : undefined;
      starred = digit === '*';
      if (action) this.#play(action()).catch(() => undefined);
    };
  }

  get #over(): boolean {
    return this.#call.hungUp.aborted;
  }

  /** Keys pressed before or during the prompt count; the first one ends it. */
  async #ask(prompt: string, max: number): Promise<string> {
    const { endpoint, prompts, language } = this.#call;
    const playing = endpoint.play([PAUSE, ...prompts.say(language, prompt)]);
    endpoint.onDigit = () => endpoint.stop();
    const typed = await endpoint.collect({ max, terminator: '#', firstMs: 8_000, betweenMs: 4_000 });
    endpoint.onDigit = () => undefined;
    endpoint.stop();
    await playing;
    return typed;
  }

  async #play(prompt: string): Promise<void> {
    const { endpoint, prompts, language } = this.#call;
    await endpoint.play([PAUSE, ...prompts.say(language, prompt)]);
  }
}
