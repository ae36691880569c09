import { SipSyntaxError } from './syntax.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Origin {
  username: string;
  sessionId: string;
  sessionVersion: string;
  netType: string;
  addressType: string;
  address: string;
}

export interface Connection {
  netType: string;
  addressType: string;
  address: string;
}

const MAX_LINES = 2_000;
const MAX_MEDIA = 64;
const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** Lines of a session or of one medium, each with the line end it came with; what is not touched leaves as it came. */
abstract class SdpSection {
  protected lines: string[];

  constructor(lines: string[]) {
    this.lines = lines;
  }

  /** Values of the lines of this type, such as 'b'. */
  values(type: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${type}=`)).map(valueIn);
  }

  /** Values of "a=name:value"; an empty text for "a=name". */
  attributes(name: string): string[] {
    return this.values('a')
      .filter((value) => value === name || value.startsWith(`${name}:`))
      .map((value) => value.slice(name.length + 1));
  }

  addAttribute(name: string, value?: string): void {
    this.endLastLine();
    this.lines.push(lineOf('a', value === undefined ? name : `${name}:${value}`));
  }

  removeAttribute(name: string): void {
    this.lines = this.lines.filter((line) => {
      const value = line.startsWith('a=') ? valueIn(line) : '';
      return value !== name && !value.startsWith(`${name}:`);
    });
  }

  get connection(): Connection | undefined {
    const value = this.values('c')[0];
    if (value === undefined) return undefined;
    const [netType, addressType, address] = fields(value, 3, 'c');
    return { netType: netType!, addressType: addressType!, address: address! };
  }
  set connection(connection: Connection) {
    const line = lineOf('c', `${connection.netType} ${connection.addressType} ${connection.address}`);
    this.endLastLine();
    const at = this.lines.findIndex((other) => other.startsWith('c='));
    if (at >= 0) this.lines[at] = line;
    else this.lines.splice(this.placeOfConnection(), 0, line);
  }

  /** The direction stated in this section. */
  protected get ownDirection(): Direction | undefined {
    return this.values('a').find((value) => DIRECTIONS.includes(value)) as Direction | undefined;
  }

  /** RFC 4566 section 5: the order of lines is fixed; "c=" comes before these. */
  private placeOfConnection(): number {
    const at = this.lines.findIndex((line) => 'btzrka'.includes(line[0]!));
    return at < 0 ? this.lines.length : at;
  }

  toString(): string {
    return this.lines.join('');
  }

  /** The last line of a body often has no line end; before lines are added it needs one. */
  private endLastLine(): void {
    const last = this.lines.length - 1;
    if (!this.lines[last]!.endsWith('\n')) this.lines[last] += '\r\n';
  }
}

/** One "m=" line and what belongs to it. */
export class SdpMedia extends SdpSection {
  private readonly session: SdpSession;

  constructor(lines: string[], session: SdpSession) {
    super(lines);
    this.session = session;
    this.checkPort();
  }

  /** audio, video, image ... */
  get type(): string {
    return this.parts[0]!;
  }

  /** 0 refuses the medium (RFC 3264 section 6). */
  get port(): number {
    return Number(this.parts[1]!.split('/')[0]);
  }
  set port(port: number) {
    const parts = this.parts;
    parts[1] = [String(port), ...parts[1]!.split('/').slice(1)].join('/');
    this.lines[0] = lineOf('m', parts.join(' '));
  }

  /** RTP/AVP, RTP/SAVPF, udptl ... */
  get proto(): string {
    return this.parts[2]!;
  }

  /** Payload types, or what the protocol calls a format, in order of preference. */
  get formats(): string[] {
    return this.parts.slice(3);
  }
  set formats(formats: string[]) {
    this.lines[0] = lineOf('m', [...this.parts.slice(0, 3), ...formats].join(' '));
  }

  /** Its own, else that of the session, else sendrecv. */
  get direction(): Direction {
    return this.ownDirection ?? this.session.direction;
  }
  set direction(direction: Direction) {
    for (const other of DIRECTIONS) this.removeAttribute(other);
    this.addAttribute(direction);
  }

  /** Where the medium is sent to: its own "c=" line, else that of the session. */
  get effectiveConnection(): Connection | undefined {
    return this.connection ?? this.session.connection;
  }

  private get parts(): string[] {
    return fields(valueIn(this.lines[0]!), 4, 'm');
  }

  private checkPort(): void {
    const port = this.parts[1]!;
    if (!/^\d{1,5}(?:\/\d+)?$/.test(port) || this.port > 65535) throw new SipSyntaxError('bad port in an m= line');
  }
}

/** A session description (RFC 4566). */
export class SdpSession extends SdpSection {
  media: SdpMedia[] = [];

  get origin(): Origin {
    const parts = fields(this.values('o')[0] ?? '', 6, 'o');
    const [username, sessionId, sessionVersion, netType, addressType, address] = parts as [string, string, string, string, string, string];
    return { username, sessionId, sessionVersion, netType, addressType, address };
  }
  set origin(origin: Origin) {
    const { username, sessionId, sessionVersion, netType, addressType, address } = origin;
    const at = this.lines.findIndex((line) => line.startsWith('o='));
    this.lines[at] = lineOf('o', [username, sessionId, sessionVersion, netType, addressType, address].join(' '));
  }

  get direction(): Direction {
    return this.ownDirection ?? 'sendrecv';
  }

  override toString(): string {
    return super.toString() + this.media.join('');
  }
}

/** Parses a body of type application/sdp; lines may end in CRLF or LF. Throws SipSyntaxError. */
export function parseSdp(body: Buffer | string): SdpSession {
  const lines = splitLines(typeof body === 'string' ? body : body.toString('latin1'));
  if (lines.length > MAX_LINES) throw new SipSyntaxError('session description too long');
  for (const line of lines) if (!/^[a-z]=/.test(line)) throw new SipSyntaxError('bad line in the session description');
  if (lines[0] === undefined || valueIn(lines[0]) !== '0' || !lines[0].startsWith('v=')) throw new SipSyntaxError('not SDP version 0');
  const starts = lines.flatMap((line, i) => (line.startsWith('m=') ? [i] : []));
  if (starts.length > MAX_MEDIA) throw new SipSyntaxError('too many media');
  const session = new SdpSession(lines.slice(0, starts[0] ?? lines.length));
  session.media = starts.map((start, i) => new SdpMedia(lines.slice(start, starts[i + 1] ?? lines.length), session));
  // Read now what must be there, so that no getter throws later.
  for (const section of [session, ...session.media]) void section.connection;
  void session.origin;
  return session;
}

export function serialiseSdp(session: SdpSession): Buffer {
  return Buffer.from(session.toString(), 'latin1');
}

function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function valueIn(line: string): string {
  let end = line.length;
  while (end > 2 && (line[end - 1] === '\n' || line[end - 1] === '\r')) end--;
  return line.slice(2, end);
}

function lineOf(type: string, value: string): string {
  if (/[\r\n]/.test(value)) throw new SipSyntaxError('line break in a session description');
  return `${type}=${value}\r\n`;
}

function fields(value: string, atLeast: number, type: string): string[] {
  const parts = value.trim().split(/ +/);
  if (parts.length < atLeast) throw new SipSyntaxError(`bad ${type}= line`);
  return parts;
}
