import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** A step of a pipeline that changes nothing: counts and sums up what passes. */
export class Meter {
  readonly #hash = createHash('sha256');
  readonly #tell: (bytes: number) => void;
  bytes = 0;

  constructor(tell: (bytes: number) => void = () => undefined) {
    this.#tell = tell;
  }

  /** Once, when all has passed. */
  get sha256(): string {
    return this.#hash.digest('hex');
  }

  readonly step = (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> => this.#pass(source);

  async *#pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      this.#tell(this.bytes);
      yield chunk;
    }
  }
}

/** SHA-256 of a file, hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
