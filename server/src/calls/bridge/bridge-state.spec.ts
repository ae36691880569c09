import { describe, expect, it } from 'vitest';
import { type BridgeEvent, type BridgeState, nextState } from './bridge-state.ts';

const events: BridgeEvent[] = ['answered', 'written', 'failed', 'cancelled', 'ended'];

describe('the life of a bridged call', () => {
  it.each<[BridgeState, (BridgeState | undefined)[]]>([
    ['inviting', ['answering', undefined, 'ended', 'ended', undefined]],
    ['answering', [undefined, 'talking', undefined, undefined, 'ended']],
    ['talking', [undefined, undefined, undefined, undefined, 'ended']],
    ['ended', [undefined, undefined, undefined, undefined, undefined]],
  ])('from %s', (state, expected) => {
    expect(events.map((event) => nextState(state, event))).toEqual(expected);
  });
});
