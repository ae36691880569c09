/** What a dialled string is under the default dial plan: `00` or `+` and an E.164 number is international, all else is a name or number of ours. */
export type Dialled =
  | { readonly kind: 'empty' }
  | { readonly kind: 'international'; readonly e164: string; readonly text: string }
  | { readonly kind: 'local'; readonly text: string };

/** E.164: up to 15 digits, no country code starts with 0. Fewer than 4 digits reach nobody. */
const international = /^(?:\+|00)([1-9]\d{3,14})$/;

/** Visual separators that phones leave in numbers out of address books (RFC 3966 5.1.1). */
const separators = /[-.() ]/g;
const looksLikeNumber = /^\+?[\d\-.() ]+$/;

export function readDialled(user: string): Dialled {
  const text = looksLikeNumber.test(user) ? user.replace(separators, '') : user;
  if (text === '') return { kind: 'empty' };
  const match = international.exec(text);
  return match?.[1] === undefined ? { kind: 'local', text } : { kind: 'international', e164: match[1], text };
}

/** The E.164 digits in whatever way a gateway writes a called number: `+44...`, `0044...` or `44...`. */
export const e164Digits = (text: string): string => text.replace(/^(?:\+|00)/, '');

/** A gateway's prefix as it is compared: with `+` written as `00`. */
const normalisedPrefix = (prefix: string): string => (prefix.startsWith('+') ? `00${prefix.slice(1)}` : prefix);

/** Length of the gateway's prefix when it serves this number, -1 when it does not. */
export function prefixMatch(prefix: string, e164: string): number {
  const wanted = normalisedPrefix(prefix);
  return `00${e164}`.startsWith(wanted) ? wanted.length : -1;
}

/** User part for the gateway's Request-URI: strip digits off `00` + E.164, then put others in front (O-114). */
export const requestUser = (gateway: { readonly strip: number; readonly add: string }, e164: string): string =>
  gateway.add + `00${e164}`.slice(gateway.strip);
