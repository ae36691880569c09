import { SMTPServer } from 'smtp-server';
import { freePort } from './ports.ts';
import { eventually } from './wait.ts';

export interface Mail {
  from: string;
  to: string[];
  /** The message as it came over the wire. */
  source: string;
  /** The text part with quoted-printable and base64 undone. */
  text: string;
}

/** An SMTP server that keeps what it receives. */
export class Mailbox {
  readonly url: string;
  readonly mails: Mail[] = [];
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async open(): Promise<Mailbox> {
    const port = await freePort();
    const server: SMTPServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const source = Buffer.concat(chunks).toString();
          const { mailFrom, rcptTo } = session.envelope;
          box.mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map((to) => to.address), source, text: decode(source) });
          done();
        });
      },
    });
    const box = new Mailbox(server, `smtp://127.0.0.1:${port}`);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return box;
  }

  /** Waits for a mail to an address. */
  mailTo(address: string, timeoutMs = 10_000): Promise<Mail> {
    return eventually(`a mail to ${address}`, () => this.mails.find((mail) => mail.to.includes(address)), timeoutMs);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** The first part of a mail that is sound. */
export function soundIn({ source }: Mail): Buffer {
  const part = source.split(/^--.*\r?$/m).find((one) => /content-type: audio\//i.test(one));
  if (!part) throw new Error(`No sound in:\n${source.slice(0, 2000)}`);
  return Buffer.from(part.replace(/^[\s\S]*?\r?\n\r?\n/, ''), 'base64');
}

/** Enough of MIME to find a link in a mail: every part, decoded by its transfer encoding. */
function decode(source: string): string {
  const parts = source.split(/^--.*\r?$/m);
  return parts
    .map((part) => {
      const body = part.replace(/^[\s\S]*?\r?\n\r?\n/, '');
      if (/content-transfer-encoding:\s*base64/i.test(part)) return Buffer.from(body, 'base64').toString();
      if (/content-transfer-encoding:\s*quoted-printable/i.test(part)) {
        const bytes = body
          .replaceAll(/=\r?\n/g, '')
          .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
        return Buffer.from(bytes, 'latin1').toString();
      }
      return body;
    })
    .join('\n');
}
