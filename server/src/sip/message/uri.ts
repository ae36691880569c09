import { UriParams } from './params.ts';
import { escapeUser, isHostCode, isTokenCode, parseDigits, SipSyntaxError, unescapeUri } from './syntax.ts';

/** Parameters that make two URIs different when only one of them has it (RFC 3261 section 19.1.4). */
const PARAMS_THAT_MUST_MATCH = ['user', 'ttl', 'method', 'maddr', 'transport'];

/**
 * A sip, sips or tel URI (RFC 3261 section 19.1, RFC 3966). A URI of another scheme is kept whole in `opaque`, so that it
 * can be carried or refused with 416.
 */
export class SipUri {
  /** Lower case: 'sip', 'sips', 'tel', or the scheme of a URI we do not understand. */
  scheme: string;
  /** Lower case; an IPv6 address without its brackets; empty for tel and other schemes. */
  host: string;
  port: number | undefined;
  params: UriParams;
  /** The part after "?", as it came, without the "?". */
  headers: string;
  /** What follows the scheme of a URI that is neither sip, sips nor tel. */
  opaque: string | undefined;
  private escapedUser: string | undefined;
  private escapedPassword: string | undefined;

  constructor(scheme: string, user: string | undefined, host: string, port?: number) {
    this.scheme = scheme;
    this.escapedUser = user === undefined ? undefined : escapeUser(user);
    this.host = host;
    this.port = port;
    this.params = new UriParams();
    this.headers = '';
    this.opaque = undefined;
    this.escapedPassword = undefined;
  }

  /** Throws SipSyntaxError. */
  static parse(text: string): SipUri {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code <= 0x20 || code === 0x22 || code === 0x3c || code === 0x3e || code === 0x7f)
        throw new SipSyntaxError('character not allowed in a URI');
    }
    const colon = text.indexOf(':');
    if (colon <= 0) throw new SipSyntaxError('URI without a scheme');
    const scheme = text.slice(0, colon).toLowerCase();
    if (scheme === 'sip' || scheme === 'sips') return parseSip(scheme, text.slice(colon + 1));
    for (let i = 0; i < scheme.length; i++) if (!isTokenCode(scheme.charCodeAt(i))) throw new SipSyntaxError('bad URI scheme');
    const rest = text.slice(colon + 1);
    if (rest === '') throw new SipSyntaxError('empty URI');
    return scheme === 'tel' ? parseTel(rest) : parseOther(scheme, rest);
  }

  /** Sets the parts that are kept in their escaped form. */
  static fromWire(scheme: string, user: string | undefined, password: string | undefined, host: string): SipUri {
    const uri = new SipUri(scheme, undefined, host);
    uri.escapedUser = user;
    uri.escapedPassword = password;
    return uri;
  }

  /** Decoded user part; the number of a tel URI. */
  get user(): string | undefined {
    return this.escapedUser === undefined ? undefined : unescapeUri(this.escapedUser);
  }
  set user(user: string | undefined) {
    this.escapedUser = user === undefined ? undefined : escapeUser(user);
  }

  get password(): string | undefined {
    return this.escapedPassword === undefined ? undefined : unescapeUri(this.escapedPassword);
  }
  set password(password: string | undefined) {
    this.escapedPassword = password === undefined ? undefined : escapeUser(password);
  }

  /** The transport parameter in lower case. */
  get transport(): string | undefined {
    const transport = this.params.get('transport');
    return typeof transport === 'string' ? transport.toLowerCase() : undefined;
  }

  /** True when the URI has the lr parameter, with or without a value (";lr=on" of old elements). */
  get isLooseRouter(): boolean {
    return this.params.has('lr');
  }

  /** Address of record: "sip:user@host" without port, parameters and password; "tel:number" for tel. */
  get aor(): string {
    if (this.opaque !== undefined) return this.toString();
    const raw = this.escapedUser;
    const user = raw?.includes('%') ? escapeUser(unescapeUri(raw)) : raw;
    if (this.scheme === 'tel') return `tel:${user}`;
    return user === undefined ? `sip:${bracketed(this.host)}` : `sip:${user}@${bracketed(this.host)}`;
  }

  clone(): SipUri {
    const copy = SipUri.fromWire(this.scheme, this.escapedUser, this.escapedPassword, this.host);
    copy.port = this.port;
    copy.params = this.params.clone();
    copy.headers = this.headers;
    copy.opaque = this.opaque;
    return copy;
  }

  /** RFC 3261 section 19.1.4; a missing port or transport is not the same as the default one. */
  equals(other: SipUri): boolean {
    if (this.scheme !== other.scheme || this.opaque !== other.opaque) return false;
    if (this.host !== other.host || this.port !== other.port) return false;
    if (this.user !== other.user || this.password !== other.password) return false;
    for (const name of PARAMS_THAT_MUST_MATCH) if (!sameText(this.params.get(name), other.params.get(name))) return false;
    for (const name of this.params.names()) {
      const theirs = other.params.get(name);
      if (theirs !== undefined && !sameText(this.params.get(name), theirs)) return false;
    }
    return sameHeaders(this.headers, other.headers);
  }

  toString(): string {
    if (this.opaque !== undefined) return `${this.scheme}:${this.opaque}`;
    let out = `${this.scheme}:`;
    if (this.escapedUser !== undefined) {
      out += this.escapedUser;
      if (this.escapedPassword !== undefined) out += `:${this.escapedPassword}`;
      if (this.scheme !== 'tel') out += '@';
    }
    out += bracketed(this.host);
    if (this.port !== undefined) out += `:${this.port}`;
    if (this.params.size > 0) out += this.params.toString();
    if (this.headers !== '') out += `?${this.headers}`;
    return out;
  }
}

/** Host as it stands in a URI or Via: an IPv6 address gets its brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export interface HostPort {
  host: string;
  port: number | undefined;
  /** Position after what was read. */
  end: number;
}

/** Reads "host", "host:port" or "[v6]:port" at `from`. Throws SipSyntaxError. */
export function parseHostPort(text: string, from: number): HostPort {
  let end = from;
  let host: string;
  if (text.charCodeAt(from) === 0x5b) {
    end = text.indexOf(']', from);
    if (end < 0) throw new SipSyntaxError('IPv6 address without "]"');
    host = text.slice(from + 1, end);
    if (!/^[0-9a-fA-F:.]+$/.test(host) || !host.includes(':')) throw new SipSyntaxError('bad IPv6 address');
    end++;
  } else {
    while (end < text.length && isHostCode(text.charCodeAt(end))) end++;
    host = text.slice(from, end);
  }
  if (host === '') throw new SipSyntaxError('empty host');
  let port: number | undefined;
  if (text.charCodeAt(end) === 0x3a) {
    const start = end + 1;
    end = start;
    while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
    port = parseDigits(text.slice(start, end), 65535);
    if (port === undefined || port > 65535) throw new SipSyntaxError('bad port');
  }
  return { host: host.toLowerCase(), port, end };
}

function parseSip(scheme: string, rest: string): SipUri {
  const at = rest.indexOf('@');
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    user = rest.slice(0, at);
    const colon = user.indexOf(':');
    if (colon >= 0) {
      password = user.slice(colon + 1);
      user = user.slice(0, colon);
    }
    if (user === '') throw new SipSyntaxError('empty user part');
    checkEscapes(user);
    if (password !== undefined) checkEscapes(password);
  }
  const { host, port, end } = parseHostPort(rest, at + 1);
  const uri = SipUri.fromWire(scheme, user, password, host);
  uri.port = port;
  if (end === rest.length) return uri;
  const question = rest.indexOf('?', end);
  const paramsEnd = question < 0 ? rest.length : question;
  if (paramsEnd > end) {
    if (rest.charCodeAt(end) !== 0x3b) throw new SipSyntaxError('bad text after the host');
    uri.params = UriParams.parseUri(rest.slice(end, paramsEnd));
  }
  if (question >= 0) uri.headers = rest.slice(question + 1);
  return uri;
}

function parseTel(rest: string): SipUri {
  const semicolon = rest.indexOf(';');
  const number = semicolon < 0 ? rest : rest.slice(0, semicolon);
  if (!/^\+?[0-9A-Fa-f*#().-]+$/.test(number)) throw new SipSyntaxError('bad telephone number');
  const uri = SipUri.fromWire('tel', number, undefined, '');
  if (semicolon >= 0) uri.params = UriParams.parseUri(rest.slice(semicolon));
  return uri;
}

function parseOther(scheme: string, rest: string): SipUri {
  const uri = SipUri.fromWire(scheme, undefined, undefined, '');
  uri.opaque = rest;
  return uri;
}

function checkEscapes(text: string): void {
  if (text.includes('%')) unescapeUri(text);
}

function sameText(a: string | true | undefined, b: string | true | undefined): boolean {
  return a === b || (typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase());
}

function sameHeaders(a: string, b: string): boolean {
  if (a === b) return true;
  const order = (text: string) =>
    text
      .split('&')
      .map((header) => {
        const eq = header.indexOf('=');
        return eq < 0 ? header.toLowerCase() : header.slice(0, eq).toLowerCase() + header.slice(eq);
      })
      .sort()
      .join('&');
  return order(a) === order(b);
}
