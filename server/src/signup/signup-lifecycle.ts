/**
 * - unconfirmed: the mail is out, the link not opened yet
 * - waiting: confirmed, an administrator decides
 * - active: became a subscriber
 * - rejected: an administrator said no
 * - expired: the link was not opened in time, or a later sign-up with the same address took its place
 */
export const SIGNUP_STATES = ['unconfirmed', 'waiting', 'active', 'rejected', 'expired'] as const;
export type SignupState = (typeof SIGNUP_STATES)[number];

export type SignupEvent = 'confirm-open' | 'confirm-for-approval' | 'approve' | 'reject' | 'expire';

/** Every step there is; anything else is refused. */
const TRANSITIONS: Readonly<Record<SignupState, Partial<Record<SignupEvent, SignupState>>>> = {
  unconfirmed: { 'confirm-open': 'active', 'confirm-for-approval': 'waiting', expire: 'expired' },
  waiting: { approve: 'active', reject: 'rejected' },
  active: {},
  rejected: {},
  expired: {},
};

/** @returns the next state, undefined when the event does not fit */
export const nextState = (state: SignupState, event: SignupEvent): SignupState | undefined => TRANSITIONS[state][event];
