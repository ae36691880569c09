// For the specs of the relay: an engine with a real worker, and calls between phones on loopback.
import { afterEach, beforeEach } from 'vitest';
import type { RecordOrder, RelayOrder, RelaySession, SideMedia } from '../../engine.ts';
import { buildRtcp } from '../../rtp/rtcp.ts';
import { BuiltInRelay } from '../built-in-relay.ts';
import { Phone, type Place, placeIn } from './phone.ts';

const here: SideMedia = { advertise: '127.0.0.1', bind: '127.0.0.1', signalling: '127.0.0.1', behindNat: false, asymmetric: false };
export const range = { first: 21_000, last: 21_999 };
export const rtcp = (name: string) => buildRtcp({ ssrc: 7, cname: name });

/** What a spec has started; ended after each test. */
export const rig = {} as { engine: BuiltInRelay; faults: string[] };
const phones: Phone[] = [];

export function startEngine(over: Partial<ConstructorParameters<typeof BuiltInRelay>[0]> = {}): void {
  rig.faults = [];
  rig.engine = new BuiltInRelay({ range, workers: 1, onFault: (what) => rig.faults.push(what), ...over });
}

/** To be called at the head of a spec. */
export function eachTestHasAnEngine(): void {
  beforeEach(() => startEngine());
  afterEach(async () => {
    await rig.engine.close();
    for (const phone of phones.splice(0)) phone.close();
  });
}

export async function phone(ip?: string): Promise<Phone> {
  const made = await Phone.make(ip);
  phones.push(made);
  return made;
}

export interface Opening {
  caller?: Partial<SideMedia>;
  callee?: Partial<SideMedia>;
  silenceSeconds?: number | null;
  record?: RecordOrder;
}

export async function open({ caller, callee, silenceSeconds = null, record }: Opening = {}): Promise<RelaySession> {
  const sides = { caller: { ...here, ...caller }, callee: { ...here, ...callee } };
  const order: RelayOrder = { callId: 'call-1', sides, silenceSeconds, ...(record ? { record } : {}) };
  const session = await rig.engine.open(order);
  if (!session) throw new Error('no session');
  return session;
}

export interface Connected {
  session: RelaySession;
  a: Phone;
  b: Phone;
  /** Where each phone sends to. */
  toB: Place;
  toA: Place;
}

/** A call from a to b, answered. */
export async function connect(
  opening: Opening = {},
  [a, b]: [Phone?, Phone?] = [],
  more: { a?: object; b?: object } = {},
): Promise<Connected> {
  const [one, other] = [a ?? (await phone()), b ?? (await phone())];
  const session = await open(opening);
  const toA = placeIn(await session.pass('caller', one.sdp(more.a), 'offer'));
  const toB = placeIn(await session.pass('callee', other.sdp(more.b), 'answer'));
  session.answered();
  return { session, a: one, b: other, toA, toB };
}

export async function talk({ a, b, toA, toB }: Connected, word: string): Promise<void> {
  a.say(`${word} from a`, toB);
  await b.hears(`${word} from a`);
  b.say(`${word} from b`, toA);
  await a.hears(`${word} from b`);
}
