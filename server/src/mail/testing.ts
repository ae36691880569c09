import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server on loopback that can be told to refuse. */
export class MailServer {
  readonly received: string[] = [];
  refuse = false;
  tooLarge = false;
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, callback) => callback(this.refuse ? new Error('Not today') : undefined),
    onAuth: (auth, _session, callback) => callback(auth.password === 'geheim' ? null : new Error('wrong'), { user: auth.username }),
    onData: (stream, _session, callback) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        if (this.tooLarge) {
          callback(Object.assign(new Error('Message too big'), { responseCode: 552 }));
          return;
        }
        this.received.push(text);
        callback();
      });
    },
  });
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://dialtone:geheim@127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }
  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
