import { randomBytes } from 'node:crypto';
import { TestPhone } from '../../server/src/media/testing/phone.ts';
import type { Person } from './provision.ts';
import { domain, type TestServer } from './server.ts';
import { digest, type Header, SipClient, type SipText } from './sip-client.ts';
import { eventually } from './wait.ts';

/** A phone in the hands of the test: it calls services of the server, says tones, presses keys and keeps what it hears. */
export class TalkingPhone {
  readonly voice: TestPhone;
  /** Requests of the server, each answered with 200. */
  readonly requests: SipText[] = [];
  readonly #client: SipClient;
  readonly #person: Person;
  readonly #timer: NodeJS.Timeout;
  #read = 0;
  #dialog: { target: string; headers: Header[]; cseq: number } | undefined;

  private constructor(client: SipClient, voice: TestPhone, person: Person) {
    this.#client = client;
    this.voice = voice;
    this.#person = person;
    this.#timer = setInterval(() => this.#answer(), 20);
  }

  static async open(server: TestServer, person: Person): Promise<TalkingPhone> {
    return new TalkingPhone(await SipClient.open('127.0.0.1', server.sipPort), await TestPhone.open(), person);
  }

  async register(expires = 600): Promise<void> {
    const { number: user, password } = this.#person;
    const answer = await this.#client.register({ user, password, domain }, { expires });
    if (answer.status !== 200) throw new Error(`Not registered:\n${answer.text}`);
  }

  /** Calls and waits until it is answered. */
  async call(number: string): Promise<void> {
    const answer = await this.#ask('INVITE', number, [['Content-Type', 'application/sdp']], String(this.voice.sdp()));
    if (answer.status !== 200) throw new Error(`${number} was not answered:\n${answer.text}`);
    this.voice.meet(Buffer.from(answer.body));
    const { target, headers, cseq } = this.#keepDialog(answer);
    await this.#client.send(this.#client.text('ACK', target, [...headers, ['CSeq', `${cseq} ACK`]]));
  }

  async hangUp(): Promise<void> {
    const dialog = this.#dialog;
    if (!dialog) throw new Error('There is no call');
    this.#dialog = undefined;
    await this.#client.request('BYE', dialog.target, [...dialog.headers, ['CSeq', `${dialog.cseq + 1} BYE`]]);
  }

  /** Has the server ended the call? */
  get isOver(): boolean {
    return this.requests.some((request) => request.start.startsWith('BYE'));
  }

  /** Wants to be told of waiting messages. */
  async subscribe(number = this.#person.number): Promise<SipText> {
    return this.#ask('SUBSCRIBE', number, [
      ['Event', 'message-summary'],
      ['Accept', 'application/simple-message-summary'],
      ['Expires', '600'],
    ]);
  }

  /** Waits for word of so many new and saved messages. */
  async told(count: string): Promise<SipText> {
    return eventually(`a NOTIFY with Voice-Message: ${count}`, () =>
      this.requests.findLast((request) => request.start.startsWith('NOTIFY') && request.body.includes(`Voice-Message: ${count} `)),
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.voice.close();
    this.#client.close();
  }

  /** A request with credentials, once it has been challenged. */
  async #ask(method: string, number: string, more: Header[], body = ''): Promise<SipText> {
    const uri = `sip:${number}@${domain}`;
    const { number: user, password } = this.#person;
    const [callId, tag] = [randomBytes(8).toString('hex'), randomBytes(4).toString('hex')];
    const headers = (cseq: number): Header[] => [
      ['From', `<sip:${user}@${domain}>;tag=${tag}`],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', `<sip:${user}@${this.#client.at}>`],
      ...more,
    ];
    const first = await this.#client.request(method, uri, headers(1), body);
    const kind = first.status === 401 ? 'WWW' : 'Proxy';
    const challenge = first.headers.get(`${kind.toLowerCase()}-authenticate`)?.find((one) => !/SHA-256/.test(one));
    if (!challenge) return first;
    if (method === 'INVITE') await this.#acknowledge(uri, headers(1), first);
    const credentials = digest(challenge, { user, password }, { method, uri });
    const name = kind === 'WWW' ? 'Authorization' : 'Proxy-Authorization';
    return this.#client.request(method, uri, [...headers(2), [name, credentials]], body);
  }

  /** The ACK that ends a refused INVITE; the server waits for none of those it dismissed, and minds none. */
  async #acknowledge(uri: string, headers: Header[], answer: SipText): Promise<void> {
    const kept = headers.filter(([name]) => name === 'From' || name === 'Call-ID');
    const via = answer.headers.get('via')?.[0]?.replace(/;(received|rport)=[^;,]*/g, '') ?? '';
    await this.#client.send(
      this.#client.text('ACK', uri, [...kept, ['Via', via], ['To', answer.headers.get('to')?.[0] ?? ''], ['CSeq', '1 ACK']]),
    );
  }

  #keepDialog(answer: SipText) {
    const value = (name: string) => answer.headers.get(name)?.[0] ?? '';
    const target = /<([^>]+)>/.exec(value('contact'))?.[1] ?? '';
    const headers: Header[] = [
      ['From', value('from')],
      ['To', value('to')],
      ['Call-ID', value('call-id')],
    ];
    this.#dialog = { target, headers, cseq: Number.parseInt(value('cseq'), 10) };
    return this.#dialog;
  }

  #answer(): void {
    for (const message of this.#client.received.slice(this.#read)) {
      this.#read++;
      if (message.status !== 0) continue;
      const name = (header: string) => (message.headers.get(header) ?? []).map((value) => `${header}: ${value}\r\n`).join('');
      const to = message.headers.get('to')?.[0] ?? '';
      const answer = `SIP/2.0 200 OK\r\n${name('via')}${name('from')}to: ${/;tag=/.test(to) ? to : `${to};tag=phone`}\r\n${name('call-id')}${name('cseq')}content-length: 0\r\n\r\n`;
      void this.#client.send(answer);
      const again = this.requests.some(
        (one) => one.start === message.start && String(one.headers.get('via')) === String(message.headers.get('via')),
      );
      if (!again) this.requests.push(message);
    }
  }
}
