import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { log } from '../log.ts';
import { words } from '../problem.ts';
import { type Key, KeyReader } from './keys.ts';

const ESCAPE_MS = 80;
const RETRY_MS = 30_000;

/** A terminal device (tty1, ttyS0): raw keys in, text out. Comes back by itself when it went away. */
export class Terminal {
  readonly #path: string;
  readonly #opened: () => void;
  readonly #key: (key: Key) => void;
  #out: WriteStream | undefined;
  #said = false;

  constructor(path: string, on: { opened: () => void; key: (key: Key) => void }) {
    this.#path = path;
    this.#opened = on.opened;
    this.#key = on.key;
  }

  write(text: string): void {
    // A serial line nobody listens to must not fill the memory: what it cannot take is not kept.
    if (this.#out && this.#out.writableLength < 65_536) this.#out.write(text);
  }

  open(): void {
    let fd: number | undefined;
    try {
      // NOCTTY: it must not become the terminal that a hang-up ends us by. NONBLOCK: a serial line without carrier would wait.
      fd = openSync(this.#path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
      const input = new ReadStream(fd);
      const out = new WriteStream(openSync(this.#path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
      input.setRawMode(true);
      input.setEncoding('utf8');
      this.#read(input);
      const gone = (error?: Error) => {
        if (this.#out !== out) return;
        this.#out = undefined;
        input.destroy();
        out.destroy();
        this.#again(error?.message ?? 'it was closed');
      };
      input.on('error', gone).on('close', () => gone());
      out.on('error', gone);
      this.#out = out;
      this.#said = false;
      this.#opened();
    } catch (error) {
      if (fd !== undefined && !this.#out) {
        try {
          closeSync(fd);
        } catch {
          // The stream took it along.
        }
      }
      this.#again(words(error));
    }
  }

  #read(input: ReadStream): void {
    const reader = new KeyReader();
    let timer: NodeJS.Timeout | undefined;
    input.on('data', (text: string) => {
      clearTimeout(timer);
      for (const key of reader.push(text)) this.#key(key);
      if (!reader.waits) return;
      timer = setTimeout(() => {
        for (const key of reader.flush()) this.#key(key);
      }, ESCAPE_MS);
    });
  }

  #again(why: string): void {
    // A machine without a serial port has no console there; once is enough to say so.
    if (!this.#said) log.info(`No console on ${this.#path}: ${why}`);
    this.#said = true;
    setTimeout(() => this.open(), RETRY_MS).unref();
  }
}
