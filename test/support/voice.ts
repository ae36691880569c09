import { createSocket, type Socket } from 'node:dgram';
import { decodeUlaw, encodeUlaw } from '../../server/src/media/codecs/g711.ts';

const RATE = 8000;
const SAMPLES = 160;
const HEAD = 12;

/** Where the first medium of a session description is to be sent. */
export function mediaOf(message: string): { address: string; port: number } {
  const address = /^c=IN IP[46] (\S+)/m.exec(message)?.[1];
  const port = Number(/^m=audio (\d+)/m.exec(message)?.[1]);
  if (address === undefined || Number.isNaN(port)) throw new Error(`No session description in:\n${message}`);
  return { address, port };
}

/** The sound of a phone whose signalling somebody else does, as sipp: says a tone in G.711 and keeps what it hears. */
export class Voice {
  readonly #socket: Socket;
  #heard: Int16Array[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (packet) => {
      if (packet.length > HEAD && (packet[1]! & 0x7f) === 0) this.#heard.push(decodeUlaw(packet.subarray(HEAD)));
    });
  }

  static async open(port: number, address = '127.0.0.1'): Promise<Voice> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, address, resolve));
    return new Voice(socket);
  }

  /** Until it is stopped or says something else. */
  speak(hertz: number, to: { address: string; port: number }): void {
    this.hush();
    const ssrc = Math.floor(Math.random() * 2 ** 32);
    let count = 0;
    this.#timer = setInterval(() => {
      const at = count * SAMPLES;
      const sound = Int16Array.from({ length: SAMPLES }, (_, n) => Math.round(12_000 * Math.sin((2 * Math.PI * hertz * (at + n)) / RATE)));
      const head = Buffer.alloc(HEAD);
      head[0] = 0x80;
      head.writeUInt16BE(count & 0xffff, 2);
      head.writeUInt32BE(at >>> 0, 4);
      head.writeUInt32BE(ssrc, 8);
      this.#socket.send(Buffer.concat([head, encodeUlaw(sound)]), to.port, to.address);
      count += 1;
    }, 20);
  }

  hush(): void {
    clearInterval(this.#timer);
  }

  /** Forgets what it has heard. */
  forget(): void {
    this.#heard = [];
  }

  /** The last half second of what it has heard, less when it has heard less. */
  get heard(): Int16Array {
    return Int16Array.from(this.#heard.slice(-25).flatMap((part) => [...part]));
  }

  close(): void {
    this.hush();
    this.#socket.close();
  }
}
