import { rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

const MEGABYTE = 1024 * 1024;

/** Below this much free room the reserve is given up without waiting for a write that fails. */
export const NEARLY_NOTHING = 4 * MEGABYTE;

/**
 * Room on the disk that is kept for money: a file of this size, really written (a sparse one would keep nothing), given up when the disk is
 * full. A CDR with its ledger entry takes about half a kilobyte.
 */
export class ReserveFile {
  readonly #path: string;
  readonly #bytes: number;

  constructor(path: string, bytes = 32 * MEGABYTE) {
    this.#path = path;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Is it there, whole? */
  get kept(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes;
  }

  /** Writes it when it is not there. @throws what the disk says; nothing is left behind then */
  async keep(): Promise<void> {
    if (this.kept) return;
    const part = `${this.#path}.part`;
    const zeros = Buffer.alloc(MEGABYTE);
    try {
      const file = await open(part, 'w', 0o600);
      try {
        for (let at = 0; at < this.#bytes; at += zeros.length) {
          await file.write(zeros, 0, Math.min(zeros.length, this.#bytes - at), at);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, this.#path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /** Gives the room up at once. @returns false when there was none */
  free(): boolean {
    const there = statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    rmSync(this.#path, { force: true });
    return there;
  }
}
