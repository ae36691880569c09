import { z } from 'zod';
import { type Language, language } from '../../../server/src/host/contract/index.ts';
import { log } from '../log.ts';
import type { SettingsFile } from '../settings-file.ts';
import { type Texts, textsIn } from '../texts/texts.ts';

/** Kept on the data disk (system/language.json). */
export const languageSettings = z.strictObject({ language });
export type LanguageSettings = z.infer<typeof languageSettings>;

export const DEFAULT_LANGUAGE: LanguageSettings = { language: 'en' };

/** The language of the machine: its console, and the status page for browsers that ask for none we have. */
export class MachineLanguage {
  readonly #file: SettingsFile<LanguageSettings>;
  readonly #changed: () => void;

  /** @param changed called when everything is to be shown anew */
  constructor(file: SettingsFile<LanguageSettings>, changed: () => void) {
    this.#file = file;
    this.#changed = changed;
  }

  get value(): Language {
    return this.#file.value.language;
  }

  get texts(): Texts {
    return textsIn(this.value);
  }

  async set(value: Language): Promise<void> {
    await this.#file.save({ language: value });
    log.notice(`Language of the console: ${value}`);
    this.#changed();
  }
}
