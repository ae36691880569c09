import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { decodeAlaw } from '../../server/src/media/codecs/g711.ts';
import type { Person } from './provision.ts';
import { domain, type TestServer } from './server.ts';
import { digest, type Header, SipClient, type SipText } from './sip-client.ts';
import { eventually } from './wait.ts';

/** A call of a bare client, header by header: for what softphones do not show (early media, Reason, INFO). It hears its RTP and is silent. */
export class PlainCall {
  /** Payload of every RTP packet that came, without its header. */
  readonly heard: Buffer[] = [];
  readonly #client: SipClient;
  readonly #rtp: Socket;
  readonly #person: Person;
  readonly #number: string;
  readonly #callId = randomBytes(8).toString('hex');
  readonly #tag = randomBytes(4).toString('hex');
  #cseq = 1;
  #to: string;
  #target: string;

  private constructor(client: SipClient, rtp: Socket, person: Person, number: string) {
    this.#client = client;
    this.#rtp = rtp;
    this.#person = person;
    this.#number = number;
    this.#target = `sip:${number}@${domain}`;
    this.#to = `<${this.#target}>`;
    rtp.on('message', (packet) => this.heard.push(packet.subarray(12)));
  }

  static async open(server: TestServer, person: Person, number: string): Promise<PlainCall> {
    const rtp = createSocket('udp4');
    await new Promise<void>((resolve) => rtp.bind(0, '127.0.0.1', resolve));
    return new PlainCall(await SipClient.open('127.0.0.1', server.sipPort), rtp, person, number);
  }

  /** What it offers: a-law, and digits by RFC 4733. */
  offer(direction = 'sendrecv'): string {
    const lines = [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#rtp.address().port} RTP/AVP 8 101`,
    ];
    return [...lines, 'a=rtpmap:101 telephone-event/8000', `a=${direction}`, ''].join('\r\n');
  }

  /** Where it sends from: a gateway is known by it. */
  get at(): string {
    return this.#client.at;
  }

  /** The sound it has heard, at 8000 samples a second. */
  get sound(): Int16Array {
    return decodeAlaw(Buffer.concat(this.heard));
  }

  /** Sends the INVITE, answers the challenge if there is one, and returns the first final response; everything before it is in `responses`. */
  async invite(body = this.offer()): Promise<SipText> {
    let final = await this.#client.exchange(this.#text('INVITE', [], body));
    if (final.status === 407) {
      await this.#ack(final);
      const challenge = final.headers.get('proxy-authenticate')?.find((one) => !/SHA-256/.test(one)) ?? '';
      const login = { user: this.#person.number, password: this.#person.password };
      const credentials = digest(challenge, login, { method: 'INVITE', uri: this.#target });
      this.#cseq += 1;
      final = await this.#client.exchange(this.#text('INVITE', [['Proxy-Authorization', credentials]], body), 60_000);
    }
    this.#to = final.headers.get('to')?.[0] ?? this.#to;
    if (final.status < 300) this.#target = /<([^>]+)>/.exec(final.headers.get('contact')?.[0] ?? '')?.[1] ?? this.#target;
    await this.#ack(final);
    return final;
  }

  /** All responses to the INVITE with credentials, in order, each once. */
  get responses(): SipText[] {
    const mine = this.#client.received.filter((one) => one.status > 100 && one.headers.get('cseq')?.[0] === '2 INVITE');
    return mine.filter((one, index) => mine.findIndex(({ status }) => status === one.status) === index);
  }

  /** A request inside the dialog. */
  async request(method: string, headers: Header[] = [], body = ''): Promise<SipText> {
    this.#cseq += 1;
    const answer = await this.#client.exchange(this.#text(method, headers, body));
    if (method === 'INVITE') await this.#ack(answer);
    return answer;
  }

  /** Digits by SIP INFO, as old phones send them. */
  async info(digits: string): Promise<void> {
    for (const digit of digits) {
      const { status } = await this.request('INFO', [['Content-Type', 'application/dtmf-relay']], `Signal=${digit}\r\nDuration=120\r\n`);
      if (status !== 200) throw new Error(`INFO was answered with ${status}`);
    }
  }

  /** Waits for a BYE of the server, and answers it. */
  async ended(timeoutMs = 10_000): Promise<SipText> {
    const bye = await eventually('BYE of the server', () => this.#client.received.find(({ start }) => start.startsWith('BYE ')), timeoutMs);
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
      (bye.headers.get(name.toLowerCase()) ?? []).map((value) => `${name}: ${value}`),
    );
    await this.#client.send(`${['SIP/2.0 200 OK', ...copied, 'Content-Length: 0'].join('\r\n')}\r\n\r\n`);
    return bye;
  }

  close(): void {
    this.#client.close();
    this.#rtp.close();
  }

  #ack(answer: SipText): Promise<void> {
    const [cseq = ''] = answer.headers.get('cseq') ?? [];
    const [via = ''] = answer.headers.get('via') ?? [];
    const extra: Header[] = [
      ['To', answer.headers.get('to')?.[0] ?? this.#to],
      ['CSeq', cseq.replace('INVITE', 'ACK')],
      // RFC 3261 17.1.1.3: the ACK of a refusal belongs to the transaction of its INVITE.
      ...(answer.status >= 300 ? [['Via', via.replace(/;received=[^;]*|;rport=\d+/g, '')] as Header] : []),
    ];
    return this.#client.send(this.#text('ACK', extra));
  }

  #text(method: string, more: Header[], body = ''): string {
    const given = new Set(more.map(([name]) => name));
    const usual: Header[] = [
      ['From', `<sip:${this.#person.number}@${domain}>;tag=${this.#tag}`],
      ['To', this.#to],
      ['Call-ID', this.#callId],
      ['CSeq', `${this.#cseq} ${method}`],
      ['Contact', `<sip:${this.#person.number}@${this.#client.at}>`],
      ...(body === '' || given.has('Content-Type') ? [] : [['Content-Type', 'application/sdp'] as Header]),
    ];
    const target = method === 'INVITE' && this.#cseq <= 2 ? `sip:${this.#number}@${domain}` : this.#target;
    return this.#client.text(method, target, [...usual.filter(([name]) => !given.has(name)), ...more], body);
  }
}
