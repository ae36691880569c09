import { Params } from './params.ts';
import { isSpaceCode, parseDigits, SipSyntaxError, skipSpace, skipToken } from './syntax.ts';
import { bracketed, parseHostPort } from './uri.ts';

/** One Via value: "SIP/2.0/UDP host:port;branch=..." (RFC 3261 section 20.42, RFC 3581). */
export class Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS, ... */
  protocol: string;
  /** Lower case; an IPv6 address without its brackets. */
  host: string;
  port: number | undefined;
  params: Params;

  constructor(protocol: string, host: string, port?: number) {
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.params = new Params();
  }

  /** Throws SipSyntaxError. */
  static parse(text: string): Via {
    let i = text.startsWith('SIP/2.0/') ? 8 : skipProtocolName(text);
    const protocolEnd = skipToken(text, i);
    if (protocolEnd === i || !isSpaceCode(text.charCodeAt(protocolEnd))) throw new SipSyntaxError('Via without a transport');
    const protocol = text.slice(i, protocolEnd).toUpperCase();
    i = skipSpace(text, protocolEnd);
    const sentBy = parseHostPort(text, i);
    i = skipSpace(text, sentBy.end);
    let port = sentBy.port;
    // White space is allowed around the colon before the port.
    if (port === undefined && text.charCodeAt(i) === 0x3a) {
      const start = skipSpace(text, i + 1);
      i = skipToken(text, start);
      port = parseDigits(text.slice(start, i), 65535);
      if (port === undefined || port > 65535) throw new SipSyntaxError('bad port in Via');
    }
    const via = new Via(protocol, sentBy.host, port);
    via.params = Params.parseHeader(text, i);
    return via;
  }

  get branch(): string | undefined {
    return this.text('branch');
  }
  set branch(branch: string | undefined) {
    this.setOrDelete('branch', branch);
  }

  /** Address the message came from, written by the one who received it. IPv6 without brackets. */
  get received(): string | undefined {
    const received = this.text('received');
    return received?.startsWith('[') ? received.slice(1, -1) : received;
  }
  set received(address: string | undefined) {
    this.setOrDelete('received', address);
  }

  /** True when asked for and not yet filled in (RFC 3581). */
  get rport(): number | true | undefined {
    const rport = this.params.get('rport');
    if (rport === undefined || rport === true) return rport;
    const port = parseDigits(rport, 65535);
    return port !== undefined && port <= 65535 ? port : undefined;
  }
  set rport(port: number | true | undefined) {
    if (port === true) this.params.set('rport');
    else this.setOrDelete('rport', port?.toString());
  }

  /** "host" or "host:port" as in the message. */
  get sentBy(): string {
    return this.port === undefined ? bracketed(this.host) : `${bracketed(this.host)}:${this.port}`;
  }

  clone(): Via {
    const copy = new Via(this.protocol, this.host, this.port);
    copy.params = this.params.clone();
    return copy;
  }

  toString(): string {
    return `SIP/2.0/${this.protocol} ${this.sentBy}${this.params.toString()}`;
  }

  private text(name: string): string | undefined {
    const value = this.params.get(name);
    return value === true ? undefined : value;
  }

  private setOrDelete(name: string, value: string | undefined): void {
    if (value === undefined) this.params.delete(name);
    else this.params.set(name, value);
  }
}

/** "SIP / 2.0 / " in any case and with white space around the slashes. */
function skipProtocolName(text: string): number {
  const match = /^\s*SIP\s*\/\s*2\.0\s*\/\s*/i.exec(text);
  if (!match) throw new SipSyntaxError('Via does not say SIP/2.0');
  return match[0].length;
}
