import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { readPrivate, writePrivate } from '../../files/private-file.ts';
import { Environment } from '../../settings/environment.ts';
import { type BackupPlan, backupPlan, DEFAULT_PLAN, PLAN_FILE } from './backup-plan.ts';

export const PASSPHRASE_FILE = 'backup-passphrase';

export const storedPassphrase = z.object({
  passphrase: z.string(),
  kind: z.enum(['typed', 'recovery-key']),
  /** ISO 8601. */
  since: z.iso.datetime(),
});
export type StoredPassphrase = z.infer<typeof storedPassphrase>;

const checked = z.record(
  z.string(),
  z.object({ bytes: z.int(), version: z.string(), verifiedAt: z.int().nullable(), fault: z.string().nullable() }),
);
type Checked = z.infer<typeof checked>;

/** What is known of an archive beyond its name. */
export interface ArchiveMark {
  readonly bytes: number;
  readonly version: string;
  /** Epoch milliseconds of the last time it was decrypted to its end; null when it never was or when that failed. */
  readonly verifiedAt: number | null;
  readonly fault: string | null;
}

/** The plan, the passphrase and what was checked: files of the data folder that only this user reads. None of it goes into the database, whose copies are not encrypted. */
@Injectable()
export class PlanStore {
  readonly #planFile: string;
  readonly #passphraseFile: string;
  readonly #checkedFile: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(environment: Environment) {
    this.#planFile = join(environment.dataDir, PLAN_FILE);
    this.#passphraseFile = join(environment.dataDir, PASSPHRASE_FILE);
    this.#checkedFile = join(environment.dataDir, 'backup-checked.json');
  }

  /** A file that cannot be understood counts as none: the page then shows the default, and the first save mends it. */
  async plan(): Promise<BackupPlan> {
    const read = backupPlan.safeParse(await readPrivate(this.#planFile).catch(() => undefined));
    return read.success ? read.data : DEFAULT_PLAN;
  }

  savePlan(plan: BackupPlan): Promise<void> {
    return writePrivate(this.#planFile, plan);
  }

  async passphrase(): Promise<StoredPassphrase | undefined> {
    const read = storedPassphrase.safeParse(await readPrivate(this.#passphraseFile).catch(() => undefined));
    return read.success ? read.data : undefined;
  }

  savePassphrase(value: StoredPassphrase): Promise<void> {
    return writePrivate(this.#passphraseFile, value);
  }

  /** @param placeKey see keyOfPlace */
  async marks(placeKey: string): Promise<ReadonlyMap<string, ArchiveMark>> {
    const all = await this.#checked();
    const prefix = `${placeKey}|`;
    return new Map(
      Object.entries(all)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, mark]) => [key.slice(prefix.length), mark]),
    );
  }

  /** Remembers an archive; undefined forgets it. */
  mark(placeKey: string, name: string, mark: ArchiveMark | undefined): Promise<void> {
    const work = this.#turn.then(async () => {
      const all = await this.#checked();
      if (mark) all[`${placeKey}|${name}`] = mark;
      else delete all[`${placeKey}|${name}`];
      await writePrivate(this.#checkedFile, all);
    });
    this.#turn = work.catch(() => undefined);
    return work;
  }

  async #checked(): Promise<Checked> {
    const read = checked.safeParse(await readPrivate(this.#checkedFile).catch(() => undefined));
    return read.success ? read.data : {};
  }
}
