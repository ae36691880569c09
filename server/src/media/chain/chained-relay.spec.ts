import { expect, it, vi } from 'vitest';
import type { RelayOrder, RelaySession, Side } from '../engine.ts';
import { ChainedRelay, type Translator } from './chained-relay.ts';

const nothing = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, strangers: 0, invalid: 0 };
const side = (advertise: string) => ({ advertise, bind: advertise, behindNat: false, asymmetric: false });
const HERE = side('127.0.0.1');
const order: RelayOrder = {
  ...{ callId: 'c', sides: { caller: side('192.0.2.1'), callee: side('198.51.100.1') }, silenceSeconds: 60 },
  record: { file: '/tmp/c.wav', beepEverySeconds: null },
};

/** Writes its name behind what passes. */
class Engine implements Translator {
  readonly healthy = true;
  readonly opened: { order: RelayOrder; session: RelaySession; closed: boolean; told: boolean }[] = [];
  readonly name: string;
  room = Number.POSITIVE_INFINITY;
  constructor(name: string) {
    this.name = name;
  }
  beside() {
    return HERE;
  }
  async open(wanted: RelayOrder) {
    if (this.room-- <= 0) return undefined;
    const name = `${this.name}${this.opened.length + 1}`;
    const session: RelaySession = {
      pass: async (_, sdp) => Buffer.from(`${sdp} ${name}`),
      answered: () => (one.told = true),
      close: () => (one.closed = true),
      onSilence: () => undefined,
      onLost: () => undefined,
      stats: async () => ({ caller: { ...nothing, remote: `caller of ${name}` }, callee: { ...nothing, remote: `callee of ${name}` } }),
    };
    const one = { order: wanted, session, closed: false, told: false };
    this.opened.push(one);
    return session;
  }
}

const chain = async (sides: readonly Side[]) => {
  const translator = new Engine('translator');
  const hearing = new Engine('hearing');
  const session = (await new ChainedRelay(translator, hearing, sides).open(order))!;
  return { translator, hearing, session, all: () => [...translator.opened, ...hearing.opened] };
};
const passed = async (session: RelaySession, from: Side) => (await session.pass(from, Buffer.from(from), 'offer')).toString();

it('leads descriptions through each engine in the order of the way from one side to the other', async () => {
  const both = await chain(['caller', 'callee']);
  expect(await passed(both.session, 'caller')).toBe('caller translator1 hearing1 translator2');
  expect(await passed(both.session, 'callee')).toBe('callee translator2 hearing1 translator1');
  const { session } = await chain(['callee']);
  expect(await passed(session, 'caller')).toBe('caller hearing1 translator1');
});

it('records and watches for silence in the middle, on addresses of this machine; the ends keep theirs', async () => {
  const { translator, hearing, session } = await chain(['caller', 'callee']);
  expect(hearing.opened[0]!.order).toMatchObject({ record: order.record, silenceSeconds: 60, sides: { caller: HERE, callee: HERE } });
  const [front, back] = translator.opened.map((one) => one.order);
  expect(front).toMatchObject({ callId: 'c-caller', silenceSeconds: null, audible: true });
  expect([front!.sides, back!.sides]).toEqual([
    { caller: order.sides.caller, callee: HERE },
    { caller: HERE, callee: order.sides.callee },
  ]);
  expect([front!.record, back!.callId]).toEqual([undefined, 'c-callee']);
  const stats = await session.stats();
  expect([stats.caller.remote, stats.callee.remote]).toEqual(['caller of translator1', 'callee of translator2']);
});

it('is told to all, lost as one, and leaves nothing open', async () => {
  const { session, all, hearing, translator } = await chain(['caller']);
  const [silence, lost] = [vi.fn(), vi.fn()];
  Object.assign(session, { onSilence: silence, onLost: lost });
  session.answered();
  expect(all().every(({ told }) => told)).toBe(true);
  hearing.opened[0]!.session.onSilence(60);
  expect(silence).toHaveBeenCalledExactlyOnceWith(60);
  translator.opened[0]!.session.onLost('gone');
  hearing.opened[0]!.session.onLost('gone too');
  expect(lost).toHaveBeenCalledExactlyOnceWith('gone');
  expect(all().every(({ closed }) => closed)).toBe(true);
});

it('is not opened by halves', async () => {
  const translator = new Engine('translator');
  const hearing = new Engine('hearing');
  hearing.room = 0;
  expect(await new ChainedRelay(translator, hearing, ['caller', 'callee']).open(order)).toBeUndefined();
  expect(translator.opened.map(({ closed }) => closed)).toEqual([true]);
});
