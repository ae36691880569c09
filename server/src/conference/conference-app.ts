import type { App, AppCall } from '../calls/answer/app-call.ts';
import type { Playable } from '../media/endpoint/endpoint.ts';
import type { LiveRooms, RoomSetUp } from './live-rooms.ts';

const TRIES = 3;
const PAUSE: Playable = { silenceMs: 400 };

/** The room with this number; undefined: there is none, and none may be opened. */
export type FindRoom = (number: string) => RoomSetUp | undefined;

/** Conference (M-24, O-133): room asked where the code has none, PIN, and then together with the others until one hangs up. */
export const conference =
  (rooms: LiveRooms, find: FindRoom): App =>
  async (call) => {
    const visit = new Visit(call, rooms);
    const setUp = call.argument === undefined ? await visit.askRoom(find) : await visit.namedRoom(find(call.argument));
    if (setUp && (await visit.askPin(setUp))) await visit.stay(setUp);
  };

/** One caller's way through the conference. */
class Visit {
  readonly #call: AppCall;
  readonly #rooms: LiveRooms;

  constructor(call: AppCall, rooms: LiveRooms) {
    this.#call = call;
    this.#rooms = rooms;
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

  async askPin({ pin }: RoomSetUp): Promise<boolean> {
    if (pin === null) return true;
    for (let left = TRIES; left > 0 && !this.#over; left--) {
      if ((await this.#ask('conf-getpin', 12)) === pin) return true;
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
    const joined = await this.#rooms.join(setUp, {
      ...{ endpoint, joinedAt: Date.now(), kick: () => leave(true) },
      ...{ number: subscriber?.number ?? fromUser, name: subscriber?.displayName ?? fromName, subscriberId: subscriber?.id ?? null },
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
