import { describe, expect, it } from 'vitest';
import { confirmLink, deadlineHere, isAtNewAddress, secondsLeft } from '#app/routes/admin/network/countdown.ts';

describe('the countdown of a network change', () => {
  const received = Date.parse('2026-03-01T10:00:00Z');

  it('counts by the server’s clock, however wrong the browser’s is', () => {
    // The server lives two years earlier: 120 s left there are 120 s here, less the one that its date may have cut off.
    const deadline = deadlineHere('2024-01-01T00:02:00Z', 'Mon, 01 Jan 2024 00:00:00 GMT', received);
    expect(secondsLeft(deadline, received)).toBe(119);
    expect(secondsLeft(deadline, received + 118_500)).toBe(1);
    expect(secondsLeft(deadline, received + 119_000)).toBe(0);
    expect(secondsLeft(deadline, received + 500_000)).toBe(0);
  });

  it('takes the deadline as it is when the answer has no date', () => {
    expect(secondsLeft(deadlineHere('2026-03-01T10:00:30Z', null, received), received)).toBe(30);
    expect(secondsLeft(deadlineHere('2026-03-01T10:00:30Z', 'rubbish', received), received)).toBe(30);
  });

  it('leads to the new address, with the token where no log sees it', () => {
    const at = { protocol: 'https:', port: '' };
    expect(confirmLink('192.0.2.20', 'ab12', at)).toBe('https://192.0.2.20/network/confirm#token=ab12');
    expect(confirmLink('2001:db8::20', 'ab12', { ...at, port: '8443' })).toBe('https://[2001:db8::20]:8443/network/confirm#token=ab12');
  });

  it('knows whether it is at the new address', () => {
    expect(isAtNewAddress([], 'dialtone.local')).toBe(true);
    expect(isAtNewAddress(['192.0.2.20'], '192.0.2.10')).toBe(false);
    expect(isAtNewAddress(['192.0.2.20'], '192.0.2.20')).toBe(true);
    expect(isAtNewAddress(['2001:db8::20'], '[2001:db8::20]')).toBe(true);
  });
});
