import { Params } from './params.ts';
import { fromWire, isToken, quote, SipSyntaxError, skipQuoted, skipSpace, toWire, trimSpace, unquote } from './syntax.ts';
import { SipUri } from './uri.ts';

/** `"Display name" <uri>;params` as in From, To, Contact, Route (RFC 3261 section 20.10). */
export class NameAddr {
  uri: SipUri;
  params: Params;
  /** The display name as it stands on the wire (with its quotes), or empty. */
  private wireName: string;

  constructor(uri: SipUri, displayName?: string) {
    this.uri = uri;
    this.params = new Params();
    this.wireName = '';
    this.displayName = displayName;
  }

  /** Throws SipSyntaxError. */
  static parse(text: string): NameAddr {
    const start = skipSpace(text, 0);
    let open: number;
    if (text.charCodeAt(start) === 0x22) {
      const end = skipQuoted(text, start);
      if (end < 0) throw new SipSyntaxError('quoted string without end');
      open = skipSpace(text, end);
      if (text.charCodeAt(open) !== 0x3c) throw new SipSyntaxError('"<" expected after the display name');
    } else {
      open = text.indexOf('<', start);
      if (open < 0) return parseAddrSpec(text, start);
    }
    const close = text.indexOf('>', open);
    if (close < 0) throw new SipSyntaxError('">" expected');
    const wireName = trimSpace(text.slice(start, open));
    // A name without quotes may hold tokens only. More is let through as many phones send it, but nothing that could be
    // taken for the end of the name or of the value.
    if (wireName !== '' && wireName.charCodeAt(0) !== 0x22 && /[",;>]/.test(wireName))
      throw new SipSyntaxError('display name needs quotes');
    const address = new NameAddr(SipUri.parse(text.slice(open + 1, close)));
    address.wireName = wireName;
    if (close + 1 < text.length) address.params = Params.parseHeader(text, close + 1);
    return address;
  }

  /** Decoded, without quotes; undefined when there is none. */
  get displayName(): string | undefined {
    return this.wireName === '' ? undefined : fromWire(unquote(this.wireName));
  }
  set displayName(name: string | undefined) {
    const wire = toWire(name ?? '');
    if (/[\r\n]/.test(wire)) throw new SipSyntaxError('line break in a display name');
    this.wireName = wire === '' || isToken(wire) ? wire : quote(wire);
  }

  get tag(): string | undefined {
    const tag = this.params.get('tag');
    return tag === true ? undefined : tag;
  }
  set tag(tag: string | undefined) {
    if (tag === undefined) this.params.delete('tag');
    else this.params.set('tag', tag);
  }

  clone(): NameAddr {
    const copy = new NameAddr(this.uri.clone());
    copy.wireName = this.wireName;
    copy.params = this.params.clone();
    return copy;
  }

  toString(): string {
    const name = this.wireName === '' ? '' : `${this.wireName} `;
    return `${name}<${this.uri.toString()}>${this.params.toString()}`;
  }
}

/**
 * URI without angle brackets: what follows the first ";" belongs to the header. "," and "?" would be ambiguous and need
 * the brackets (RFC 3261 section 20.10).
 */
function parseAddrSpec(text: string, start: number): NameAddr {
  let end = start;
  while (end < text.length && !' \t;'.includes(text[end]!)) {
    if (text[end] === '?' || text[end] === ',') throw new SipSyntaxError('URI needs angle brackets');
    end++;
  }
  const address = new NameAddr(SipUri.parse(text.slice(start, end)));
  address.params = Params.parseHeader(text, end);
  return address;
}
