import { expect, it } from 'vitest';
import { nextState, SIGNUP_STATES, type SignupEvent } from './signup-lifecycle.ts';

const EVENTS: SignupEvent[] = ['confirm-open', 'confirm-for-approval', 'approve', 'reject', 'expire'];

it('has exactly these steps', () => {
  const steps = SIGNUP_STATES.flatMap((state) =>
    EVENTS.flatMap((event) => (nextState(state, event) ? [`${state} ${event} ${nextState(state, event)}`] : [])),
  );
  expect(steps).toEqual([
    'unconfirmed confirm-open active',
    'unconfirmed confirm-for-approval waiting',
    'unconfirmed expire expired',
    'waiting approve active',
    'waiting reject rejected',
  ]);
});
