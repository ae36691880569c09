/** Why a call was refused. Stable: CDRs keep it and the pages translate it. */
export const refusalCodes = [
  'no-rate',
  'no-credit',
  'daily-cap',
  'clock-not-set',
  'not-permitted',
  'new-account',
  'too-many-calls',
  'destination-blocked',
  'unknown-number',
  'not-registered',
  'do-not-disturb',
  'address-incomplete',
  'suspended',
  'no-gateway',
  'gateways-busy',
  'gateways-failed',
  'foreign-domain',
  'no-answer',
  'busy',
  'no-media',
  'media-down',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** What the caller's phone is told: SIP status and phrase, and a sentence that says what to do. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
}

export const refusals: Readonly<Record<RefusalCode, Refusal>> = {
  'no-rate': {
    status: 403,
    reason: 'No rate for this destination',
    text: 'There is no price for this number. Ask the operator to add it.',
  },
  'no-credit': { status: 402, reason: 'Balance too low for this destination', text: 'Add credit and call again.' },
  'daily-cap': {
    status: 402,
    reason: 'Daily limit reached',
    text: 'You have spent what your account allows in one day. Try again tomorrow.',
  },
  'clock-not-set': {
    status: 503,
    reason: 'Clock not set',
    text: 'The clock of the telephone company is not set, so no call can be charged. Calls to other subscribers work. Tell the operator.',
  },
  'not-permitted': { status: 403, reason: 'International calls not permitted', text: 'Ask the operator to allow calls abroad.' },
  'new-account': {
    status: 403,
    reason: 'New account may not call abroad yet',
    text: 'New accounts may call abroad once the operator allows it.',
  },
  'too-many-calls': { status: 403, reason: 'Too many calls at once', text: 'End another call first.' },
  'destination-blocked': { status: 403, reason: 'Destination blocked', text: 'Calls to this number are not offered.' },
  'unknown-number': { status: 404, reason: 'Not Found', text: 'There is no such number. Check the number you dialled.' },
  'not-registered': { status: 480, reason: 'Not registered', text: 'The phone of this subscriber is switched off. Try again later.' },
  'do-not-disturb': { status: 480, reason: 'Do not disturb', text: 'This subscriber does not want to be disturbed. Try again later.' },
  'address-incomplete': { status: 484, reason: 'Address Incomplete', text: 'Dial a number.' },
  suspended: { status: 403, reason: 'Account suspended', text: 'This account is suspended. Ask the operator.' },
  'no-gateway': { status: 503, reason: 'No gateway for this destination', text: 'No gateway serves this number. Tell the operator.' },
  'gateways-busy': {
    status: 503,
    reason: 'All lines busy',
    text: 'The limit of simultaneous calls of the gateway is reached. Try again in a minute.',
  },
  'gateways-failed': {
    status: 503,
    reason: 'No gateway answered',
    text: 'The telephone network could not be reached. Try again in a minute.',
  },
  'foreign-domain': { status: 403, reason: 'Forbidden', text: 'Calls to other domains are not offered.' },
  'no-answer': { status: 408, reason: 'No answer', text: 'Nobody answered. Try again later.' },
  busy: { status: 486, reason: 'Busy Here', text: 'The other side is busy. Try again later.' },
  'no-media': { status: 503, reason: 'No media port free', text: 'The server can answer no more calls now. Try again in a minute.' },
  'media-down': {
    status: 503,
    reason: 'Media relay down',
    text: 'What carries the sound of calls is not running. Try again in a minute, and tell the operator.',
  },
};

/** The same for the telephone network: causes of ITU-T Q.850. What we refuse by our own rules is 21, call rejected. */
export const q850Causes: Readonly<Record<RefusalCode, number>> = {
  'no-rate': 21,
  'no-credit': 21,
  'daily-cap': 21,
  'clock-not-set': 41,
  'not-permitted': 21,
  'new-account': 21,
  'too-many-calls': 21,
  'destination-blocked': 21,
  'unknown-number': 1,
  'not-registered': 20,
  'do-not-disturb': 21,
  'address-incomplete': 28,
  suspended: 21,
  'no-gateway': 3,
  'gateways-busy': 34,
  'gateways-failed': 38,
  'foreign-domain': 21,
  'no-answer': 19,
  busy: 17,
  'no-media': 42,
  'media-down': 41,
};
