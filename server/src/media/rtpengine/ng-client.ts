import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import bencode from 'bencode';

/** What goes into a command: text as is, flags as a list. */
export type NgValue = string | number | Buffer | readonly NgValue[] | { readonly [key: string]: NgValue | undefined };
export type NgCommand = { readonly command: string; readonly [key: string]: NgValue | undefined };

/** An answer; strings are bytes, as the protocol knows no text. */
export type NgAnswer = Readonly<Record<string, unknown>>;

/** Where a daemon listens for commands (`--listen-ng`). */
export interface NgAddress {
  readonly host: string;
  readonly port: number;
}

/** The daemon answered that it cannot do it; its words. */
export class NgRefused extends Error {
  override readonly name = 'NgRefused';
}

/** No answer came. */
export class NgSilent extends Error {
  override readonly name = 'NgSilent';
}

/** When a command is sent again, ms after it was sent first; the daemon answers a repeated cookie with the answer it gave. */
const REPEAT_MS = [250, 500, 1000] as const;
const GIVE_UP_MS = 2000;

interface Waiting {
  readonly resolve: (answer: NgAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timers: NodeJS.Timeout[];
}

/** rtpengine's control protocol "ng": one datagram `<cookie> <bencoded dictionary>` each way. */
export class NgClient {
  readonly #address: NgAddress;
  readonly #socket: Socket;
  readonly #waiting = new Map<string, Waiting>();
  /** Cookies are unique over all who talk to one daemon. */
  readonly #prefix = `${process.pid.toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  #count = 0;

  constructor(address: NgAddress) {
    this.#address = address;
    this.#socket = createSocket(isIPv6(address.host) ? 'udp6' : 'udp4');
    this.#socket.on('message', (bytes) => this.#receive(bytes));
    // An ICMP refusal says no more than the silence that follows it.
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
  }

  /** @throws NgRefused, NgSilent */
  command(command: NgCommand): Promise<NgAnswer> {
    const cookie = `${this.#prefix}_${(++this.#count).toString(36)}`;
    const message = Buffer.concat([Buffer.from(`${cookie} `), bencode.encode(command)]);
    return new Promise((resolve, reject) => {
      const send = () => this.#socket.send(message, this.#address.port, this.#address.host, () => undefined);
      const timers = REPEAT_MS.map((ms) => setTimeout(send, ms));
      timers.push(
        setTimeout(() => {
          this.#waiting.delete(cookie);
          reject(new NgSilent(`No answer from rtpengine at ${this.#address.host}:${this.#address.port}`));
        }, GIVE_UP_MS),
      );
      this.#waiting.set(cookie, { resolve, reject, timers });
      send();
    });
  }

  close(): void {
    for (const { reject, timers } of this.#waiting.values()) {
      timers.forEach(clearTimeout);
      reject(new NgSilent('Closed'));
    }
    this.#waiting.clear();
    this.#socket.close();
  }

  #receive(bytes: Buffer): void {
    const end = bytes.indexOf(0x20);
    const cookie = bytes.toString('latin1', 0, Math.max(0, end));
    const waiting = this.#waiting.get(cookie);
    if (!waiting) return;
    this.#waiting.delete(cookie);
    waiting.timers.forEach(clearTimeout);
    try {
      const answer = bencode.decode(bytes.subarray(end + 1)) as NgAnswer;
      if (textOf(answer.result) === 'error') waiting.reject(new NgRefused(textOf(answer['error-reason']) ?? 'refused without a reason'));
      else waiting.resolve(answer);
    } catch (error) {
      waiting.reject(new NgRefused(`The answer could not be read: ${String(error)}`));
    }
  }
}

/** The text of a string in an answer; undefined when it is none. */
export const textOf = (value: unknown): string | undefined =>
  value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined;
