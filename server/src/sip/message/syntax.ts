import { isUtf8 } from 'node:buffer';

/**
 * Characters and small readers of the SIP grammar (RFC 3261 section 25.1).
 *
 * Header text is held as a "wire string": one character an octet (latin1), so that what came in leaves as the same
 * octets. Text for people (display names, user parts) is converted at the edge by `fromWire` and `toWire`.
 */

/** A message, header field or URI that breaks the grammar. */
export class SipSyntaxError extends Error {
  override readonly name = 'SipSyntaxError';
}

/** What `read` takes out of a response; undefined when that breaks the grammar: a call that was answered has to go on by what is left. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SipSyntaxError) return undefined;
    throw error;
  }
}

const TOKEN = 1;
const HOST = 2;
const PARAM_VALUE = 4;
const USER = 8;
const URI_PARAM = 16;
const CLASSES = new Uint8Array(256);

function mark(chars: string, classes: number): void {
  for (let i = 0; i < chars.length; i++) CLASSES[chars.charCodeAt(i)]! |= classes;
}
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
mark(ALPHANUMERIC, TOKEN | HOST | PARAM_VALUE | USER | URI_PARAM);
mark("-.!%*_+`'~", TOKEN);
// "_" is not allowed in a host name by the RFC, yet names with it are in use on local networks.
mark('-._', HOST);
for (let code = 0x21; code < 0x100; code++)
  if (!';,"<>'.includes(String.fromCharCode(code)) && code !== 0x7f) CLASSES[code]! |= PARAM_VALUE;
mark("-_.!~*'()&=+$,;?/", USER);
mark("-_.!~*'()[]/:&+$", URI_PARAM);

export const isTokenCode = (code: number): boolean => (CLASSES[code]! & TOKEN) !== 0;
export const isHostCode = (code: number): boolean => (CLASSES[code]! & HOST) !== 0;
export const isParamValueCode = (code: number): boolean => (CLASSES[code]! & PARAM_VALUE) !== 0;
export const isSpaceCode = (code: number): boolean => code === 0x20 || code === 0x09;
export const isDigitCode = (code: number): boolean => code >= 0x30 && code <= 0x39;

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isTokenCode(text.charCodeAt(i))) return false;
  return text.length > 0;
}

export function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && isSpaceCode(text.charCodeAt(i))) i++;
  return i;
}

/** Removes SP and TAB at both ends. Not String.trim: that also takes 0xA0, which is the second octet of many UTF-8 letters. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceCode(text.charCodeAt(start))) start++;
  while (end > start && isSpaceCode(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export function skipToken(text: string, from: number): number {
  let i = from;
  while (i < text.length && isTokenCode(text.charCodeAt(i))) i++;
  return i;
}

/** Position after the closing quote of the quoted string that starts at `from`, or -1 when it never ends. */
export function skipQuoted(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i + 1;
    if (code === 0x5c) i++;
  }
  return -1;
}

/** Decimal digits only; undefined for anything else. Values past `max` come back as `max + 1`, so that they can be told. */
export function parseDigits(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!isDigitCode(code)) return undefined;
    if (value <= max) value = value * 10 + code - 0x30;
  }
  return value <= max ? value : max + 1;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Octets as they came -> text for people (UTF-8 where it is UTF-8, latin1 where it is not). */
export function fromWire(wire: string): string {
  if (isAscii(wire)) return wire;
  const octets = Buffer.from(wire, 'latin1');
  return isUtf8(octets) ? octets.toString('utf8') : wire;
}

/** Text for people -> octets to send (UTF-8). */
export function toWire(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Quoted string -> its content (quotes and backslashes removed); other text comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  let out = '';
  for (let i = 0; i < inner.length; i++) {
    if (inner.charCodeAt(i) === 0x5c && i + 1 < inner.length) i++;
    out += inner[i];
  }
  return out;
}

/** Content -> quoted string. */
export function quote(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** Decodes %XX (RFC 3261 section 19.1.2) and UTF-8. Throws on a "%" that is not followed by two hexadecimal digits. */
export function unescapeUri(wire: string): string {
  if (!wire.includes('%')) return fromWire(wire);
  let out = '';
  for (let i = 0; i < wire.length; i++) {
    if (wire.charCodeAt(i) !== 0x25) {
      out += wire[i];
      continue;
    }
    const hex = wire.slice(i + 1, i + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(hex)) throw new SipSyntaxError('bad escape in URI');
    out += String.fromCharCode(Number.parseInt(hex, 16));
    i += 2;
  }
  return fromWire(out);
}

function escapeUri(text: string, allowed: number): string {
  const wire = toWire(text);
  let out = '';
  for (let i = 0; i < wire.length; i++) {
    const code = wire.charCodeAt(i);
    out += (CLASSES[code]! & allowed) !== 0 ? wire[i] : `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
  }
  return out;
}

export const escapeUser = (text: string): string => escapeUri(text, USER);
export const escapeUriParam = (text: string): string => escapeUri(text, URI_PARAM);

/**
 * Splits a header value at its commas, but not inside quoted strings or angle brackets. Elements are trimmed; an empty
 * element stays (the reader decides whether it is an error).
 */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return [value];
  const out: string[] = [];
  let start = 0;
  let bracket = false;
  for (let i = 0; i < value.length; i++) {
    switch (value.charCodeAt(i)) {
      case 0x22: {
        if (bracket) break;
        const end = skipQuoted(value, i);
        i = end < 0 ? value.length : end - 1;
        break;
      }
      case 0x3c:
        bracket = true;
        break;
      case 0x3e:
        bracket = false;
        break;
      case 0x2c:
        if (!bracket) {
          out.push(trimSpace(value.slice(start, i)));
          start = i + 1;
        }
    }
  }
  out.push(trimSpace(value.slice(start)));
  return out;
}
