import { headerKey, usualKey } from './header-names.ts';
import { isToken, SipSyntaxError, toWire, trimSpace } from './syntax.ts';

/** One header field as it stands on the wire: name, colon, value and any folded lines, without the last CRLF. Never changed once made. */
export class HeaderLine {
  /** Long name in lower case. */
  readonly key: string;
  readonly raw: string;
  private readonly colon: number;
  private unfolded: string | undefined;

  constructor(key: string, raw: string, colon: number) {
    this.key = key;
    this.raw = raw;
    this.colon = colon;
    this.unfolded = undefined;
  }

  /** Line of our own making. Refuses what would end the line early (header injection); throws SipSyntaxError. */
  static of(name: string, value: string): HeaderLine {
    const usual = usualKey(name);
    if (usual === undefined && !isToken(name)) throw new SipSyntaxError('header name is not a token');
    return new HeaderLine(usual ?? headerKey(name), `${name}: ${wireText(value)}`, name.length);
  }

  /** Name as written. */
  get name(): string {
    return trimSpace(this.raw.slice(0, this.colon));
  }

  /** Value, unfolded and trimmed. */
  get value(): string {
    this.unfolded ??= trimSpace(unfold(this.raw.slice(this.colon + 1)));
    return this.unfolded;
  }
}

/** Checks and converts text that goes into the head of a message. Throws SipSyntaxError on a line break. */
export function wireText(text: string): string {
  let wide = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x0d || code === 0x0a) throw new SipSyntaxError('line break in a header');
    if (code > 0xff) wide = true;
  }
  // A wire string has no such characters, so this is text for people.
  return wide ? toWire(text) : text;
}

/** A line break followed by white space is one space (RFC 3261 section 7.3.1). */
function unfold(text: string): string {
  return text.includes('\r\n') ? text.replace(/[ \t]*\r\n[ \t]+/g, ' ') : text;
}
