import { readFile } from 'node:fs/promises';
import { Injectable, Logger, Optional } from '@nestjs/common';
import { type HostState, hostState } from './contract/index.ts';

const KEPT_MS = 2000;

/** What the host agent tells everybody: the state of the data disk, and whether anything is kept at all. Read from its file, so that it costs nothing. */
@Injectable()
export class HostStateReader {
  readonly #log = new Logger('Host');
  readonly #file: string | undefined;
  #read: { at: number; state: HostState | undefined } = { at: -KEPT_MS, state: undefined };

  /** @param file undefined away from the appliance */
  constructor(@Optional() file?: string) {
    this.#file = file;
  }

  /** @returns undefined away from the appliance */
  async current(): Promise<HostState | undefined> {
    const now = performance.now();
    if (now - this.#read.at >= KEPT_MS) this.#read = { at: now, state: await this.#load() };
    return this.#read.state;
  }

  async #load(): Promise<HostState | undefined> {
    if (this.#file === undefined) return undefined;
    try {
      return hostState.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#log.warn(`The state of the appliance cannot be read: ${error}`);
      return undefined;
    }
  }
}
