import { createHash } from 'node:crypto';

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

  readonly step = (source: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> => this.#pass(source);

  async *#pass(source: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const chunk of source) {
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      this.#tell(this.bytes);
      yield chunk;
    }
  }
}
