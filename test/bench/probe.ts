import { createSocket, type Socket } from 'node:dgram';
import { digest, readSip, type SipText } from '../support/sip-client.ts';
import { sleep } from '../support/wait.ts';

export interface ProbeOptions {
  server: { host: string; port: number };
  domain: string;
  caller: { user: string; password: string };
  /** Dialled prefix that leads to the gateway of this probe; a serial number follows. */
  prefix: string;
  /** Probing calls a second. */
  rate: number;
}

/**
 * Measures how long an authenticated INVITE takes through the server: this process is the phone and the gateway, so that both times are
 * read from one clock. Each call is refused by the gateway (486): nothing stays behind.
 */
export class Probe {
  readonly #phone: Socket = createSocket('udp4');
  readonly #gateway: Socket = createSocket('udp4');
  readonly #options: ProbeOptions;
  readonly #sentAt = new Map<string, number>();
  /** Numbers dialled a second time, with credentials: a challenge that is repeated is not answered again. */
  readonly #answered = new Set<string>();
  /** Milliseconds from INVITE sent to INVITE received at the gateway. */
  readonly samples: number[] = [];
  #serial = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#phone.on('message', (bytes) => this.#answerPhone(readSip(bytes.toString('latin1'))));
    this.#gateway.on('message', (bytes, from) => {
      const at = performance.now();
      const request = readSip(bytes.toString('latin1'));
      if (!request.start.startsWith('INVITE ')) return;
      const number = /sip:([^@]+)@/.exec(request.start)?.[1] ?? '';
      const sent = this.#sentAt.get(number);
      if (sent !== undefined) {
        this.#sentAt.delete(number);
        this.samples.push(at - sent);
      }
      this.#gateway.send(respond(request, '486 Busy Here'), from.port, from.address);
    });
  }

  async open(gatewayPort: number): Promise<void> {
    await new Promise<void>((resolve) => this.#phone.bind(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => this.#gateway.bind(gatewayPort, '127.0.0.1', resolve));
  }

  /** Probes for so many seconds. */
  async run(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      this.#serial += 1;
      this.#send('INVITE', `${this.#options.prefix}${String(this.#serial).padStart(6, '0')}`, 1, `z9hG4bKa${this.#serial}`);
      await sleep(1000 / this.#options.rate);
    }
    await sleep(500);
  }

  /** Probes that never reached the gateway. */
  get lost(): number {
    return this.#sentAt.size;
  }

  close(): void {
    this.#phone.close();
    this.#gateway.close();
  }

  #send(method: string, dialled: string, cseq: number, branch: string, more = ''): void {
    const { server, domain, caller } = this.#options;
    const body = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';
    const at = `127.0.0.1:${this.#phone.address().port}`;
    const text = `${method} sip:${dialled}@${domain} SIP/2.0\r
Via: SIP/2.0/UDP ${at};rport;branch=${branch}\r
From: <sip:${caller.user}@${domain}>;tag=p${dialled}\r
To: <sip:${dialled}@${domain}>\r
Call-ID: probe-${dialled}-${at}\r
CSeq: ${cseq} ${method}\r
Contact: <sip:${caller.user}@${at}>\r
Max-Forwards: 70\r
${more}Content-Type: application/sdp\r
Content-Length: ${method === 'INVITE' ? body.length : 0}\r
\r
${method === 'INVITE' ? body : ''}`;
    this.#phone.send(text, server.port, server.host);
  }

  #answerPhone(response: SipText): void {
    if (response.status < 200) return;
    const dialled = /sip:([^@]+)@/.exec(response.headers.get('to')?.[0] ?? '')?.[1] ?? '';
    const branch = /branch=([^;]+)/.exec(response.headers.get('via')?.[0] ?? '')?.[1] ?? '';
    const cseq = Number.parseInt(response.headers.get('cseq')?.[0] ?? '1', 10);
    this.#send('ACK', dialled, cseq, branch);
    if (response.status !== 407 || cseq > 1 || this.#answered.has(dialled)) return;
    this.#answered.add(dialled);
    const challenge = response.headers.get('proxy-authenticate')?.find((one) => !one.includes('SHA-256')) ?? '';
    const uri = `sip:${dialled}@${this.#options.domain}`;
    const credentials = digest(challenge, this.#options.caller, { method: 'INVITE', uri });
    this.#sentAt.set(dialled.replace(/^00/, ''), performance.now());
    this.#send('INVITE', dialled, 2, `${branch}b`, `Proxy-Authorization: ${credentials}\r\n`);
  }
}

function respond(request: SipText, status: string): string {
  const copied = ['via', 'from', 'call-id', 'cseq'].flatMap((name) =>
    (request.headers.get(name) ?? []).map((value) => `${name}: ${value}\r\n`),
  );
  return `SIP/2.0 ${status}\r\n${copied.join('')}To: ${request.headers.get('to')?.[0]};tag=gw\r\nContent-Length: 0\r\n\r\n`;
}
