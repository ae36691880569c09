import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { answerBinding } from './stun-message.ts';

export interface StunListener {
  /** Textual IP; IPv6 without brackets. */
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Counters since the start. */
export interface StunStats {
  answered: number;
  /** Asked for something we do not understand (420). */
  refused: number;
  /** No binding requests, or broken ones. */
  dropped: number;
  /** More than one address may ask. */
  limited: number;
}

export interface StunServerOptions {
  /** Something that an operator should see. */
  readonly warn: (message: string) => void;
  readonly isBanned?: (address: string) => boolean;
  /** Milliseconds, of any clock. */
  readonly now?: () => number;
}

/** Questions of one address, and of how many addresses, in one second: STUN is asked by phones, a few times at their start. */
const PER_ADDRESS = 50;
const ADDRESSES = 10_000;
const WINDOW_MS = 1_000;

/** Tells phones the address their router gives them (RFC 5389 binding). Each listener has a socket, of one family. */
export class StunServer {
  readonly stats: StunStats = { answered: 0, refused: 0, dropped: 0, limited: 0 };
  readonly #options: StunServerOptions;
  readonly #now: () => number;
  readonly #sockets: Socket[] = [];
  #listening: readonly StunListener[] = [];
  #asked = new Map<string, number>();
  #windowEnds = 0;

  constructor(options: StunServerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Where it listens, once started. */
  get listening(): readonly StunListener[] {
    return this.#listening;
  }

  /** Opens the listeners it can open; one that is refused, as its port is taken, is told and left out. */
  async start(listeners: readonly StunListener[]): Promise<void> {
    const opened: StunListener[] = [];
    for (const listener of listeners) {
      try {
        opened.push(await this.#open(listener));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // A machine without IPv6 needs no warning.
        if (listener.address === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) continue;
        const why = code === 'EADDRINUSE' ? 'another program uses that port' : message;
        this.#options.warn(`No STUN on ${listener.address} port ${listener.port}: ${why}`);
      }
    }
    this.#listening = opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  /** The answer to a datagram, if it gets one: also for those that come in elsewhere, such as on the port of SIP. */
  answer(bytes: Buffer, address: string, port: number): Buffer | undefined {
    if (!this.#admits(address)) {
      this.stats.limited++;
      return undefined;
    }
    const answer = answerBinding(bytes, address, port);
    if (answer.kind === 'dropped') {
      this.stats.dropped++;
      return undefined;
    }
    if (answer.kind === 'binding') this.stats.answered++;
    else this.stats.refused++;
    return answer.bytes;
  }

  #open({ address, port }: StunListener): Promise<StunListener> {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address) });
    socket.on('message', (bytes, remote) => {
      if (this.#options.isBanned?.(remote.address)) return;
      const answer = this.answer(bytes, remote.address, remote.port);
      if (answer && remote.port !== 0) socket.send(answer, remote.port, remote.address, () => undefined);
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, () => {
        socket.off('error', reject);
        socket.on('error', (error) => this.#options.warn(`STUN on ${address} port ${port}: ${error.message}`));
        this.#sockets.push(socket);
        resolve({ address, port: socket.address().port });
      });
    });
  }

  #admits(address: string): boolean {
    const now = this.#now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS;
      this.#asked = new Map();
    }
    const count = (this.#asked.get(address) ?? 0) + 1;
    if (count > PER_ADDRESS || (count === 1 && this.#asked.size >= ADDRESSES)) return false;
    this.#asked.set(address, count);
    return true;
  }
}
