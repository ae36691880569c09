import type { RelaySessionStats, RelaySideStats, Side } from '../engine.ts';
import { type NgAnswer, textOf } from './ng-client.ts';

/** From-tag and to-tag of every call: a relay has two sides, whatever tags the phones behind them use. */
export const TAGS: Readonly<Record<Side, string>> = { caller: 'caller', callee: 'callee' };

export const noFigures: RelaySideStats = { packets: 0, bytes: 0, lost: 0, jitterMs: 0, strangers: 0, invalid: 0 };

type Dict = Readonly<Record<string, unknown>>;

const dict = (value: unknown): Dict =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? (value as Dict) : {};
const list = (value: unknown): Dict[] => (Array.isArray(value) ? value.map(dict) : []);
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const has = (flags: unknown, flag: string): boolean => Array.isArray(flags) && flags.some((value) => textOf(value) === flag);

/** What was received from one side, of the answer to a `query`. Loss and jitter of the medium are what the other side reports by RTCP. */
function sideOf(answer: NgAnswer, side: Side): RelaySideStats {
  const medias = list(dict(dict(answer.tags)[TAGS[side]]).medias);
  const streams = medias.flatMap(({ streams }) => list(streams)).filter(({ flags }) => has(flags, 'RTP'));
  const [first] = streams;
  const { port, address } = dict(first?.endpoint);
  const ssrc = dict(dict(answer.SSRC)[String(number(first?.SSRC))]);
  const quality = dict(ssrc['average MOS']);
  return {
    ...noFigures,
    packets: streams.reduce((sum, { stats }) => sum + number(dict(stats).packets), 0),
    bytes: streams.reduce((sum, { stats }) => sum + number(dict(stats).bytes), 0),
    invalid: streams.reduce((sum, { stats }) => sum + number(dict(stats).errors), 0),
    jitterMs: number(quality.jitter),
    ...(textOf(address) !== undefined && { remote: `${textOf(address)}:${number(port)}` }),
  };
}

export const figuresOf = (answer: NgAnswer): RelaySessionStats => ({ caller: sideOf(answer, 'caller'), callee: sideOf(answer, 'callee') });
