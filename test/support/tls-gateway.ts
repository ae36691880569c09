import { once } from 'node:events';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { readSip, type SipText } from './sip-client.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';

/** A carrier that speaks SIP over TLS: it says yes to everything, and keeps what it was asked. sipp of Debian has no TLS. */
export class TlsGateway {
  readonly asked: SipText[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(identity: { cert: string; key: string }): Promise<TlsGateway> {
    const server = createServer(identity);
    const gateway = new TlsGateway(server);
    server.on('secureConnection', (socket) => gateway.#talk(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return gateway;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get methods(): string[] {
    return this.asked.map(({ start }) => start.split(' ')[0] ?? '');
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #talk(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    let stream = '';
    socket.on('data', (bytes) => {
      stream += bytes.toString('latin1');
      for (;;) {
        const end = stream.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/^content-length\s*:\s*(\d+)/im.exec(stream.slice(0, end))?.[1] ?? 0);
        if (stream.length < end + 4 + length) return;
        const message = readSip(stream.slice(0, end + 4 + length));
        stream = stream.slice(end + 4 + length);
        this.asked.push(message);
        const answer = answerTo(message, this.port);
        if (answer) socket.write(answer);
      }
    });
  }
}

function answerTo({ start, headers }: SipText, port: number): string | undefined {
  const method = start.split(' ')[0];
  if (method === 'ACK' || start.startsWith('SIP/2.0')) return undefined;
  const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
    (headers.get(name) ?? []).map((value) => `${name}: ${value}`),
  );
  const to = headers.get('to')?.[0] ?? '';
  const body = method === 'INVITE' ? SDP : '';
  const own = [`To: ${to.includes(';tag=') ? to : `${to};tag=carrier`}`, `Contact: <sip:carrier@127.0.0.1:${port};transport=tls>`];
  if (body) own.push('Content-Type: application/sdp');
  return ['SIP/2.0 200 OK', ...copied, ...own, `Content-Length: ${body.length}`, '', body].join('\r\n');
}
