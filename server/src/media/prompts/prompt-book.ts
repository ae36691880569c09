/**
 * What the answering services say, by name and language. A prompt is looked for among those the operator replaced, then among the core
 * sounds of the system, then in the small set that comes with the product; where a language lacks it, in English.
 */
import { type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Playable } from '../endpoint/endpoint.ts';
import { ownWords } from './catalogue.ts';
import { digitPrompts, numberPrompts } from './numbers.ts';
import { datePrompts, durationPrompts, moneyPrompts } from './phrases.ts';

const FALLBACK = 'en';
/** Wideband first: it is played to narrowband phones as well, and to the others as it is. */
const EXTENSIONS = ['.g722', '.wav'] as const;

/** Where a prompt comes from: replaced by the operator, of the system, of the product. */
export type PromptSource = 'own' | 'installed' | 'shipped';

export interface PromptFolder {
  readonly source: PromptSource;
  readonly path: string;
}

export interface FoundPrompt {
  readonly file: string;
  readonly source: PromptSource;
}

/** The folders of each language, those looked into first in front. Language: ISO 639-1, as 'en'. */
export type PromptFolders = Readonly<Record<string, readonly PromptFolder[]>>;

const SHIPPED = join(import.meta.dirname, '../../../prompts');
const INSTALLED = '/usr/share/asterisk/sounds';

/** The folders of this machine. Those of the core sounds have names such as en_US_f_Allison. @param own folder of replaced prompts */
export function promptFolders(own: string, installed = INSTALLED, shipped = SHIPPED): PromptFolders {
  const folders: Record<string, PromptFolder[]> = {};
  const add = (source: PromptSource, parent: string): void => {
    for (const { name } of entries(parent).filter((entry) => !entry.isFile())) {
      const language = /^([a-z]{2})(?:$|_)/.exec(name)?.[1];
      if (language === undefined) continue;
      folders[language] ??= [];
      folders[language].push({ source, path: join(parent, name) });
    }
  };
  add('installed', installed);
  add('shipped', shipped);
  for (const [language, list] of Object.entries(folders)) list.unshift({ source: 'own', path: join(own, language) });
  return folders;
}

/** @param own folder of the prompts the operator replaced, with a folder for each language */
export const openPromptBook = (own: string): PromptBook => new PromptBook({ folders: promptFolders(own) });

export class PromptBook {
  private readonly folders: PromptFolders;
  /** Name -> file, for each folder that was looked into. */
  private readonly indexes = new Map<string, Map<string, string>>();

  constructor(o: { folders: PromptFolders }) {
    this.folders = o.folders;
  }

  /** Languages there are prompts for. */
  languages(): string[] {
    return Object.keys(this.folders).sort();
  }

  /** Nothing where no language has it: a service goes on, only without these words. */
  say(language: string, name: string): readonly Playable[] {
    const found = this.find(language, name) ?? this.find(FALLBACK, name);
    return found === undefined ? [] : [{ file: found.file }];
  }

  number(language: string, value: number): readonly Playable[] {
    return this.sayAll(language, numberPrompts(language, value));
  }

  /** One by one, letters too. */
  digits(language: string, text: string): readonly Playable[] {
    return this.sayAll(language, digitPrompts(text));
  }

  duration(language: string, seconds: number): readonly Playable[] {
    return this.sayAll(language, durationPrompts(language, seconds));
  }

  /** Day and time of something past. @param timeZone IANA name */
  date(language: string, epochMs: number, timeZone: string, now = Date.now()): readonly Playable[] {
    return this.sayAll(language, datePrompts(language, epochMs, timeZone, now));
  }

  /** @param micros millionths of the currency unit @param currency ISO 4217 */
  money(language: string, micros: number, currency: string): readonly Playable[] {
    return this.sayAll(language, moneyPrompts(language, micros, currency));
  }

  /** The prompt of this very language. @param besides a source that is not looked into */
  find(language: string, name: string, besides?: PromptSource): FoundPrompt | undefined {
    const folders = (this.folders[language] ?? []).filter(({ source }) => source !== besides);
    // What the core sounds say in these stands for another product.
    const ordered =
      name in ownWords ? [...folders].sort((a, b) => Number(a.source === 'installed') - Number(b.source === 'installed')) : folders;
    for (const { source, path } of ordered) {
      const file = this.index(path).get(name);
      if (file !== undefined) return { file, source };
    }
    return undefined;
  }

  /** After a prompt was replaced or given back. */
  refresh(): void {
    for (const folder of Object.values(this.folders).flat()) if (folder.source === 'own') this.indexes.delete(folder.path);
  }

  private sayAll(language: string, names: readonly string[]): Playable[] {
    return names.flatMap((name) => this.say(language, name));
  }

  private index(folder: string): Map<string, string> {
    const known = this.indexes.get(folder);
    if (known !== undefined) return known;
    const index = new Map<string, string>();
    const files = entries(folder, true).filter((entry) => !entry.isDirectory());
    for (const extension of [...EXTENSIONS].reverse()) {
      for (const { name, parentPath } of files) {
        if (!name.endsWith(extension)) continue;
        const file = join(parentPath, name);
        index.set(relative(folder, file).slice(0, -extension.length), file);
      }
    }
    this.indexes.set(folder, index);
    return index;
  }
}

/** None where there is no such folder. */
function entries(folder: string, recursive = false): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive });
  } catch {
    return [];
  }
}
