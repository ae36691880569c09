import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket as TcpSocket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { eventually, sleep } from './wait.ts';

/** A SIP message as a test sees it: start line, headers by lower-case name, body. */
export interface SipText {
  start: string;
  /** Of a response; 0 for a request. */
  status: number;
  headers: Map<string, string[]>;
  body: string;
  text: string;
}

export type Header = [name: string, value: string];
type Algorithm = 'MD5' | 'SHA-256';

export function readSip(text: string): SipText {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [start = '', ...lines] = head.split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { start, status: Number(/^SIP\/2\.0 (\d{3})/.exec(start)?.[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text };
}

const hash = (algorithm: Algorithm, text: string) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');

/** The Authorization value for a challenge (RFC 7616), made here and not with the server's own code. */
export function digest(
  challenge: string,
  login: { user: string; password: string },
  request: { method: string; uri: string },
  options: { nonce?: string; count?: number; withoutQop?: boolean } = {},
): string {
  const field = (name: string) => new RegExp(`${name}="?([^",]+)"?`, 'i').exec(challenge)?.[1] ?? '';
  const algorithm: Algorithm = field('algorithm') === 'SHA-256' ? 'SHA-256' : 'MD5';
  const realm = field('realm');
  const nonce = options.nonce ?? field('nonce');
  const ha1 = hash(algorithm, `${login.user}:${realm}:${login.password}`);
  const ha2 = hash(algorithm, `${request.method}:${request.uri}`);
  const start = `Digest username="${login.user}", realm="${realm}", nonce="${nonce}", uri="${request.uri}", algorithm=${algorithm}`;
  if (options.withoutQop || field('qop') === '') return `${start}, response="${hash(algorithm, `${ha1}:${nonce}:${ha2}`)}"`;
  const count = (options.count ?? 1).toString(16).padStart(8, '0');
  const cnonce = randomBytes(6).toString('hex');
  return `${start}, qop=auth, nc=${count}, cnonce="${cnonce}", response="${hash(algorithm, `${ha1}:${nonce}:${count}:${cnonce}:auth:${ha2}`)}"`;
}

/** A bare socket that speaks SIP as a test spells it: for what sipp cannot do (SHA-256, made-up nonces, broken bytes, floods). */
export class SipClient {
  readonly #server: { host: string; port: number };
  readonly #udp: UdpSocket | undefined;
  readonly #tcp: TcpSocket | undefined;
  readonly received: SipText[] = [];
  /** Whether the server has closed the TCP connection. */
  closed = false;
  local = { address: '', port: 0 };
  #stream = '';

  private constructor(server: { host: string; port: number }, udp?: UdpSocket, tcp?: TcpSocket) {
    this.#server = server;
    this.#udp = udp;
    this.#tcp = tcp;
    udp?.on('message', (bytes) => this.received.push(readSip(bytes.toString('latin1'))));
    tcp?.on('data', (bytes) => this.#cut(bytes.toString('latin1')));
    tcp?.on('close', () => (this.closed = true));
    tcp?.on('error', () => (this.closed = true));
  }

  static async open(host: string, port: number, transport: 'udp' | 'tcp' | 'tls' = 'udp', address = '127.0.0.1'): Promise<SipClient> {
    if (transport === 'tls') {
      // Whom the certificate stands for is looked at by the tests that are about it.
      const tls = connectTls({ host, port, rejectUnauthorized: false });
      await new Promise<void>((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject));
      const client = new SipClient({ host, port }, undefined, tls);
      client.local = { address, port: tls.localPort ?? 0 };
      return client;
    }
    if (transport === 'tcp') {
      const tcp = connect({ host, port, localAddress: address });
      await new Promise<void>((resolve, reject) => tcp.once('connect', resolve).once('error', reject));
      const client = new SipClient({ host, port }, undefined, tcp);
      client.local = { address, port: tcp.localPort ?? 0 };
      return client;
    }
    const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => udp.bind(0, address, resolve));
    const client = new SipClient({ host, port }, udp);
    client.local = { address, port: udp.address().port };
    return client;
  }

  /** Where this client can be reached, as a Contact or Via spells it. */
  get at(): string {
    return `${this.local.address.includes(':') ? `[${this.local.address}]` : this.local.address}:${this.local.port}`;
  }

  get #protocol(): string {
    if (this.#udp) return 'UDP';
    return this.#tcp instanceof TLSSocket ? 'TLS' : 'TCP';
  }

  send(bytes: string | Buffer): Promise<void> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      if (this.#udp) this.#udp.send(data, this.#server.port, this.#server.host, done);
      else this.#tcp?.write(data, done);
    });
  }

  /** The text of a request of a client of its own; headers given replace the usual ones, an empty value leaves them out. */
  text(method: string, uri: string, headers: Header[] = [], body = ''): string {
    const given = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
    const usual: Header[] = [
      ['Via', `SIP/2.0/${this.#protocol} ${this.at};rport;branch=z9hG4bK${randomBytes(8).toString('hex')}`],
      ['From', `<sip:tester@${this.local.address}>;tag=${randomBytes(4).toString('hex')}`],
      ['To', `<${uri}>`],
      ['Call-ID', randomBytes(8).toString('hex')],
      ['CSeq', `1 ${method}`],
      ['Max-Forwards', '70'],
      ['Content-Length', String(Buffer.byteLength(body, 'latin1'))],
    ];
    const lines = [...usual.filter(([name]) => !given.has(name.toLowerCase())), ...headers].filter(([, value]) => value !== '');
    return `${method} ${uri} SIP/2.0\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`;
  }

  /** Sends a text and waits for the final response with the Call-ID and CSeq of it; repeated as RFC 3261 says for UDP. */
  async exchange(text: string, timeoutMs = 8000): Promise<SipText> {
    const request = readSip(text);
    const [callId, cseq] = [request.headers.get('call-id')?.[0], request.headers.get('cseq')?.[0]];
    const answer = () =>
      this.received.find((one) => one.status >= 200 && one.headers.get('call-id')?.[0] === callId && one.headers.get('cseq')?.[0] === cseq);
    const deadline = Date.now() + timeoutMs;
    for (let wait = 500; Date.now() < deadline; wait = Math.min(wait * 2, 4000)) {
      await this.send(text);
      const found = await eventually('a final response', answer, Math.min(this.#udp ? wait : timeoutMs, deadline - Date.now())).catch(
        () => undefined,
      );
      if (found) return found;
    }
    throw new Error(`No final response to:\n${text}`);
  }

  request(method: string, uri: string, headers: Header[] = [], body = ''): Promise<SipText> {
    return this.exchange(this.text(method, uri, headers, body));
  }

  /** REGISTER with digest of the wanted algorithm. Answers with the final response after the challenge. */
  async register(
    login: { user: string; password: string; domain: string },
    options: { contact?: string; expires?: number; algorithm?: Algorithm; withoutQop?: boolean; headers?: Header[] } = {},
  ): Promise<SipText> {
    const uri = `sip:${login.domain}`;
    const dialog = { id: randomBytes(8).toString('hex'), tag: randomBytes(4).toString('hex') };
    const headers = (cseq: number): Header[] => [
      ['From', `<sip:${login.user}@${login.domain}>;tag=${dialog.tag}`],
      ['To', `<sip:${login.user}@${login.domain}>`],
      ['Call-ID', dialog.id],
      ['CSeq', `${cseq} REGISTER`],
      ['Contact', options.contact ?? `<sip:${login.user}@${this.at}>`],
      ['Expires', String(options.expires ?? 600)],
      ...(options.headers ?? []),
    ];
    const first = await this.request('REGISTER', uri, headers(1));
    const challenges = first.headers.get('www-authenticate') ?? [];
    const challenge = challenges.find((one) => (/algorithm="?SHA-256/.test(one) ? 'SHA-256' : 'MD5') === (options.algorithm ?? 'MD5'));
    if (!challenge) throw new Error(`Not challenged for ${options.algorithm ?? 'MD5'}:\n${first.text}`);
    const credentials = digest(challenge, login, { method: 'REGISTER', uri }, { withoutQop: options.withoutQop });
    return this.request('REGISTER', uri, [...headers(2), ['Authorization', credentials]]);
  }

  /** Waits until nothing has come for a while; for "there must be no answer". */
  async quiet(ms = 300): Promise<void> {
    for (let seen = -1; seen !== this.received.length; ) {
      seen = this.received.length;
      await sleep(ms);
    }
  }

  close(): void {
    this.#udp?.close();
    this.#tcp?.destroy();
  }

  /** Cuts a stream into messages by Content-Length. */
  #cut(more: string): void {
    this.#stream += more;
    for (;;) {
      this.#stream = this.#stream.replace(/^(\r\n)+/, '');
      const end = this.#stream.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(this.#stream.slice(0, end))?.[1] ?? 0);
      if (this.#stream.length < end + 4 + length) return;
      this.received.push(readSip(this.#stream.slice(0, end + 4 + length)));
      this.#stream = this.#stream.slice(end + 4 + length);
    }
  }
}
