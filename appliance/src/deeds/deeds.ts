import { z } from 'zod';
import { type Deed, deed } from '../../../server/src/host/contract/index.ts';
import type { SettingsFile } from '../settings-file.ts';

export const deedFile = z.array(deed);

/** More than anybody does on a console between two lives of the server. */
const LIMIT = 500;

/**
 * What was changed on the console and is not in the audit log of the server yet. Kept on the data disk: the server may not run at that moment,
 * and the machine may be switched off before it does.
 */
export class Deeds {
  readonly #file: SettingsFile<Deed[]>;
  /** Changes of the list are made one after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(file: SettingsFile<Deed[]>) {
    this.#file = file;
  }

  get list(): readonly Deed[] {
    return this.#file.value;
  }

  /** @param action as the audit writes it, such as `network.change` */
  record(action: string, entity: string, details: Record<string, unknown>): Promise<void> {
    const done: Deed = { at: new Date().toISOString(), action, entity, details };
    return this.#alone(() => this.#file.save([...this.list, done].slice(-LIMIT)));
  }

  taken(count: number): Promise<void> {
    return this.#alone(() => this.#file.save(this.list.slice(count)));
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const next = this.#work.then(work);
    this.#work = next.catch(() => undefined);
    return next;
  }
}
