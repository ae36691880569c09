import { type CSeq, parseCSeq } from './cseq.ts';
import { HeaderLine } from './header-line.ts';
import { headerKey } from './header-names.ts';
import { NameAddr } from './name-addr.ts';
import { parseDigits, SipSyntaxError, splitList } from './syntax.ts';
import { TypedValues } from './typed-values.ts';
import { Via } from './via.ts';

const MAX_UINT32 = 0xffff_ffff;

/**
 * A SIP message: start line, header lines in their order, body. Lines that nobody changes leave as they came, to the octet.
 *
 * Typed values (`from`, `contacts` ...) are parsed when first asked for and shared until the header changes: treat them as
 * read-only, or clone and `set` them. They throw SipSyntaxError when malformed; those of a request that the parser
 * accepted never do.
 */
export abstract class SipMessage {
  abstract readonly kind: 'request' | 'response';
  protected lines: HeaderLine[];
  private content: Buffer;
  /** The octets as they came, while nothing has been changed. */
  private original: Buffer | undefined;
  private readonly typed = new TypedValues();

  protected constructor(lines: HeaderLine[], body: Buffer, original?: Buffer) {
    this.lines = lines;
    this.content = body;
    this.original = original;
  }

  protected abstract startLine(): string;
  abstract clone(): this;

  /** Value of the first field of that name, unfolded and trimmed. Compact and long names are the same name. */
  get(name: string): string | undefined {
    return this.valueOf(headerKey(name));
  }

  /** Value of every field line of that name; lists are not split. */
  getAll(name: string): string[] {
    const key = headerKey(name);
    const values: string[] = [];
    for (const line of this.lines) if (line.key === key) values.push(line.value);
    return values;
  }

  /** The elements of a comma-separated header over all its lines, in order. */
  values(name: string): string[] {
    const key = headerKey(name);
    const values: string[] = [];
    for (const line of this.lines) if (line.key === key) values.push(...splitList(line.value));
    return values;
  }

  /** The elements of a list of tokens (Require, Supported, Allow ...), without empty ones. */
  tokens(name: string): string[] {
    return this.values(name).filter((value) => value !== '');
  }

  has(name: string): boolean {
    return this.first(headerKey(name)) >= 0;
  }

  /** Names of the lines as written, in order. */
  headerNames(): string[] {
    return this.lines.map((line) => line.name);
  }

  /** Replaces all lines of that name by one, in place of the first, or adds it at the end. */
  set(name: string, value: string): void {
    const line = HeaderLine.of(name, value);
    const at = this.first(line.key);
    if (at < 0) this.lines.push(line);
    else {
      this.lines[at] = line;
      if (this.last(line.key) > at) this.lines = this.lines.filter((other, i) => i <= at || other.key !== line.key);
    }
    this.changed(line.key);
  }

  /** Adds a line after the last of that name, or at the end. */
  append(name: string, value: string): void {
    const line = HeaderLine.of(name, value);
    const at = this.last(line.key);
    if (at < 0) this.lines.push(line);
    else this.lines.splice(at + 1, 0, line);
    this.changed(line.key);
  }

  /** Adds a line before the first of that name, or at the top. */
  prepend(name: string, value: string): void {
    const line = HeaderLine.of(name, value);
    this.lines.splice(Math.max(0, this.first(line.key)), 0, line);
    this.changed(line.key);
  }

  remove(name: string): void {
    const key = headerKey(name);
    if (this.first(key) < 0) return;
    this.lines = this.lines.filter((line) => line.key !== key);
    this.changed(key);
  }

  get topVia(): Via | undefined {
    if (this.typed.topVia === undefined) {
      const value = this.valueOf('via');
      if (value !== undefined) this.typed.topVia = Via.parse(splitList(value)[0]!);
    }
    return this.typed.topVia;
  }

  get vias(): Via[] {
    if (this.typed.vias === undefined) {
      const top = this.topVia;
      this.typed.vias = top ? [top, ...this.values('via').slice(1).map(Via.parse)] : [];
    }
    return this.typed.vias;
  }

  /** Takes the topmost Via off. */
  popVia(): Via | undefined {
    const via = this.topVia;
    this.popFirst('via', 'Via');
    return via;
  }

  /** Writes a changed topmost Via back; it belongs to the message then. */
  updateTopVia(via: Via): void {
    const at = this.first('via');
    if (at < 0) throw new SipSyntaxError('no Via to update');
    const rest = splitList(this.lines[at]!.value).slice(1);
    this.lines[at] = HeaderLine.of('Via', [via.toString(), ...rest].join(', '));
    this.changed('via');
    this.typed.topVia = via;
  }

  get from(): NameAddr {
    this.typed.from ??= NameAddr.parse(this.required('from'));
    return this.typed.from;
  }

  get to(): NameAddr {
    this.typed.to ??= NameAddr.parse(this.required('to'));
    return this.typed.to;
  }

  get callId(): string {
    return this.required('call-id');
  }

  get cseq(): CSeq {
    this.typed.cseq ??= parseCSeq(this.required('cseq'));
    return this.typed.cseq;
  }

  get contacts(): NameAddr[] | '*' {
    // `*` must stand alone (RFC 3261 10.2.2): beside other lines it is no address and fails to parse.
    this.typed.contacts ??= this.valueOf('contact') === '*' && this.values('contact').length === 1 ? '*' : this.addresses('contact');
    return this.typed.contacts;
  }

  get routes(): NameAddr[] {
    this.typed.routes ??= this.addresses('route');
    return this.typed.routes;
  }

  /** Takes the topmost Route off. */
  popRoute(): NameAddr | undefined {
    const route = this.routes[0];
    this.popFirst('route', 'Route');
    return route;
  }

  get recordRoutes(): NameAddr[] {
    this.typed.recordRoutes ??= this.addresses('record-route');
    return this.typed.recordRoutes;
  }

  /** 0 to 255; undefined when there is none. */
  get maxForwards(): number | undefined {
    const text = this.valueOf('max-forwards');
    if (text === undefined) return undefined;
    const value = parseDigits(text, 255);
    if (value === undefined || value > 255) throw new SipSyntaxError('bad Max-Forwards');
    return value;
  }

  get contentLength(): number | undefined {
    const text = this.valueOf('content-length');
    if (text === undefined) return undefined;
    const value = parseDigits(text, MAX_UINT32);
    if (value === undefined || value > MAX_UINT32) throw new SipSyntaxError('bad Content-Length');
    return value;
  }

  /** Seconds, at most 2^32-1; undefined when missing or malformed (RFC 3261 section 20.19: then the default counts). */
  get expires(): number | undefined {
    const value = parseDigits(this.get('expires') ?? '', MAX_UINT32);
    return value === undefined ? undefined : Math.min(value, MAX_UINT32);
  }

  get body(): Buffer {
    return this.content;
  }

  /** Sets body, Content-Length and, when given, Content-Type; without a body Content-Type goes too. */
  setBody(body: Buffer | string, contentType?: string): void {
    this.content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    if (this.content.length === 0) this.remove('content-type');
    else if (contentType !== undefined) this.set('Content-Type', contentType);
    this.set('Content-Length', String(this.content.length));
  }

  /** The message as it goes out. A message that nobody changed is returned as it came. */
  toBuffer(): Buffer {
    if (this.original !== undefined) return this.original;
    const parts = [this.startLine()];
    for (const line of this.lines) parts.push(line.raw);
    if (this.first('content-length') < 0) parts.push(`Content-Length: ${this.content.length}`);
    parts.push('', '');
    const head = parts.join('\r\n');
    if (this.content.length === 0) return Buffer.from(head, 'latin1');
    const bytes = Buffer.allocUnsafe(head.length + this.content.length);
    bytes.write(head, 0, 'latin1');
    this.content.copy(bytes, head.length);
    return bytes;
  }

  toString(): string {
    return this.toBuffer().toString('latin1');
  }

  /** The lines themselves, for those who copy whole fields into another message. */
  headerLines(): readonly HeaderLine[] {
    return this.lines;
  }

  /** For the reader of the network: the body and octets that belong to this head. */
  receive(body: Buffer, original: Buffer): void {
    this.content = body;
    this.original = original;
  }

  /** Copies what is not in the constructor's hands to a clone. */
  protected copyState(copy: SipMessage): void {
    copy.original = this.original;
  }

  /** To be called after every change of the line with this key, or of the start line. */
  protected changed(key: string): void {
    this.original = undefined;
    this.typed.forget(key);
  }

  private required(key: string): string {
    const value = this.valueOf(key);
    if (value === undefined || value === '') throw new SipSyntaxError(`missing ${key}`);
    return value;
  }

  private addresses(key: string): NameAddr[] {
    return this.values(key).map(NameAddr.parse);
  }

  /** Takes the first element off the first line of that name. */
  private popFirst(key: string, name: string): void {
    const at = this.first(key);
    if (at < 0) return;
    const rest = splitList(this.lines[at]!.value).slice(1);
    if (rest.length === 0) this.lines.splice(at, 1);
    else this.lines[at] = HeaderLine.of(name, rest.join(', '));
    this.changed(key);
  }

  /** `get` for those who have the key of a header (its long name in lower case) at hand. */
  private valueOf(key: string): string | undefined {
    const at = this.first(key);
    return at < 0 ? undefined : this.lines[at]!.value;
  }

  private first(key: string): number {
    const lines = this.lines;
    for (let i = 0; i < lines.length; i++) if (lines[i]!.key === key) return i;
    return -1;
  }

  private last(key: string): number {
    for (let i = this.lines.length - 1; i >= 0; i--) if (this.lines[i]!.key === key) return i;
    return -1;
  }
}
