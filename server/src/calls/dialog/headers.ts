import type { SipRequest, SipResponse } from '../../sip/message/index.ts';

export type Headers = (readonly [string, string])[];

/** What we can do inside a dialog; told to both sides. */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, MESSAGE';

/**
 * What may pass from one side to the other. All else stays: addresses, routes, identities, credentials and everything unknown, since it
 * could tell one side about the other.
 */
const PASSED = new Map(
  [
    'Content-Disposition',
    'Content-Language',
    'Content-Encoding',
    'MIME-Version',
    'Accept',
    'Accept-Language',
    'Accept-Encoding',
    'Subject',
    'Priority',
    'Info-Package',
    'Recv-Info',
    'P-Early-Media',
    'Retry-After',
    'Unsupported',
  ].map((name) => [name.toLowerCase(), name]),
);

export function passedHeaders(message: SipRequest | SipResponse): Headers {
  const headers: Headers = [];
  for (const line of message.headerLines()) {
    const name = PASSED.get(line.key);
    if (name !== undefined) headers.push([name, line.value]);
  }
  return headers;
}

/** The Reason values that say why a call ended in the telephone network (RFC 3326); they name no host. */
export function causeHeaders(message: SipRequest | SipResponse): Headers {
  if (!message.has('Reason')) return [];
  return message
    .getAll('Reason')
    .filter((value) => /^\s*Q\.850\s*;/i.test(value))
    .map((value) => ['Reason', value] as const);
}

export interface Body {
  content: Buffer;
  type: string;
}

export function bodyOf(message: SipRequest | SipResponse): Body | undefined {
  if (message.body.length === 0) return undefined;
  return { content: message.body, type: message.get('Content-Type') ?? 'application/sdp' };
}

/** Does the message describe a session? */
export function hasSession(message: SipRequest | SipResponse): boolean {
  return message.body.length > 0 && /^(application\/sdp|multipart\/)/i.test(message.get('Content-Type') ?? '');
}

/** Tells the caller's phone why, in words (RFC 3326). */
export function reasonHeader(cause: number, text: string): readonly [string, string] {
  return ['Reason', `SIP;cause=${cause};text="${text.replaceAll(/["\\\r\n]/g, ' ')}"`];
}
