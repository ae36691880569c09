import { connect, type Socket } from 'node:net';

interface Answer {
  return?: unknown;
  error?: { class: string; desc: string };
  event?: string;
}

/** The control line of QEMU (QMP): pictures of the screen, keys, and the plug. */
export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  #text = '';
  #greeted: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('The machine is gone'));
    });
  }

  /** @returns undefined while nobody listens there */
  static async open(path: string): Promise<Qmp | undefined> {
    const socket = connect(path);
    const reached = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (!reached) return undefined;
    const qmp = new Qmp(socket);
    // QEMU listens there before it knows whether it can run at all.
    const greeted = await new Promise<boolean>((resolve) => {
      qmp.#greeted = () => resolve(true);
      socket.once('close', () => resolve(false));
    });
    if (!greeted) return undefined;
    await qmp.command('qmp_capabilities');
    return qmp;
  }

  /** @throws Error with QEMU's words */
  command(execute: string, parameters: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute, arguments: parameters })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const answer = JSON.parse(this.#text.slice(0, end)) as Answer & { QMP?: unknown };
      this.#text = this.#text.slice(end + 1);
      if (answer.QMP) this.#greeted();
      else if (answer.event) continue;
      else if (answer.error) this.#waiting.shift()?.reject(new Error(answer.error.desc));
      else this.#waiting.shift()?.resolve(answer.return);
    }
  }
}
