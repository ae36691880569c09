/** The Date header counts whole seconds: the server's clock is up to one later. Better a second too few than one too many. */
const dateGrainMs = 1000;

/**
 * The moment of the roll-back by the clock of this browser, in milliseconds: the server's clock may be another one.
 * @param deadline ISO 8601, by the server's clock
 * @param serverNow the Date header of the answer that named it (RFC 9110 section 6.6.1); null when there is none
 * @param receivedAt when that answer came, by this browser's clock
 */
export function deadlineHere(deadline: string, serverNow: string | null, receivedAt: number): number {
  const server = serverNow === null ? Number.NaN : Date.parse(serverNow);
  return Date.parse(deadline) + (Number.isNaN(server) ? 0 : receivedAt - server - dateGrainMs);
}

/** Whole seconds left, never below zero. */
export const secondsLeft = (deadline: number, now: number): number => Math.max(0, Math.ceil((deadline - now) / 1000));

/** Where the change is confirmed: the same pages at the new address. The token stands behind `#`, which no log sees. */
export function confirmLink(address: string, token: string, at: { protocol: string; port: string }): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${at.protocol}//${host}${at.port === '' ? '' : `:${at.port}`}/network/confirm#token=${encodeURIComponent(token)}`;
}

/** Whether this page is reached at one of the addresses that the change leads to, so that it can be kept from here. */
export const isAtNewAddress = (addresses: readonly string[], hostname: string): boolean =>
  addresses.length === 0 || addresses.includes(hostname.replace(/^\[|\]$/g, ''));
