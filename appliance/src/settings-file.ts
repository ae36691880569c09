import { join } from 'node:path';
import { z } from 'zod';
import { DATA_ROOT } from '../../server/src/host/contract/index.ts';
import { readText, replaceFile } from './files.ts';
import { log } from './log.ts';

/** Whether the data disk is mounted: settings are read from it and written to it only then. */
export interface Keeper {
  readonly ready: boolean;
}

/**
 * Settings of one kind in `system/` of the data disk. Before there is a data disk they live in memory, and what was set then is written to the disk
 * once one is there, unless it has settings of its own.
 */
export class SettingsFile<T> {
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  readonly #keeper: Keeper;
  readonly #initial: T;
  #value: T;
  #unsaved = false;

  constructor(name: string, schema: z.ZodType<T>, initial: T, keeper: Keeper, root = DATA_ROOT) {
    this.#path = join(root, 'system', name);
    this.#schema = schema;
    this.#initial = initial;
    this.#value = initial;
    this.#keeper = keeper;
  }

  get value(): T {
    return this.#value;
  }

  /** Reads what the data disk has. A file that is wrong is left alone and said; the settings stay what they are. */
  async load(): Promise<void> {
    const text = await readText(this.#path);
    if (text === undefined) {
      if (this.#unsaved) await this.save(this.#value);
      return;
    }
    try {
      this.#value = this.#schema.parse(JSON.parse(text));
    } catch (error) {
      log.error(`${this.#path} is wrong and is not used: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
    }
  }

  /** Takes back what was set before there is a data disk: no installation that is found later shall get it. */
  forget(): void {
    if (!this.#unsaved) return;
    this.#value = this.#initial;
    this.#unsaved = false;
  }

  async save(value: T): Promise<void> {
    this.#value = value;
    this.#unsaved = !this.#keeper.ready;
    if (this.#keeper.ready) await replaceFile(this.#path, `${JSON.stringify(value, null, 2)}\n`);
  }
}
