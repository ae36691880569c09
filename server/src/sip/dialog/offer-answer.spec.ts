import { describe, expect, it } from 'vitest';
import { OfferAnswer } from './offer-answer.ts';

describe('OfferAnswer (RFC 3264, RFC 6337)', () => {
  it('is idle again after offer and answer, whoever began', () => {
    const state = new OfferAnswer();
    state.received();
    expect(state.state).toBe('remote-offer');
    state.sent();
    expect(state.judge()).toBe('ok');
    state.sent();
    state.received();
    expect(state.state).toBe('idle');
  });

  it('glare-491: our offer is open', () => {
    const state = new OfferAnswer();
    state.sent();
    expect(state.judge()).toBe('glare');
  });

  it('a second offer before the answer to the first is pending', () => {
    const state = new OfferAnswer();
    state.received();
    expect(state.judge()).toBe('pending');
  });

  it('forgets an offer that was refused', () => {
    const state = new OfferAnswer();
    state.sent();
    state.reset();
    expect(state.judge()).toBe('ok');
  });
});
