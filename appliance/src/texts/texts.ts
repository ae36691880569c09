import type { Language } from '../../../server/src/host/contract/index.ts';
import { en } from './en/index.ts';
import { es } from './es/index.ts';

/** Each by its own name, for those who read no other. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };

export type MessageKey = keyof typeof en;

type Placeholders<T extends string> = T extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Placeholders<Rest> : never;
/** What a text of the catalogue wants filled in; nothing at all when it has no placeholder. */
type Values<K extends MessageKey> = [Placeholders<(typeof en)[K]>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<(typeof en)[K]>, string | number>>];

export type Translate = <K extends MessageKey>(key: K, ...values: Values<K>) => string;

/**
 * A sentence for people before it is known who reads it: one of ours, as a function of the reader's language, or what a program or another machine
 * said, as it came.
 */
export type Text = string | ((texts: Texts) => string);

/** One language: its catalogue, and the saying of sentences in it. */
export interface Texts {
  readonly language: Language;
  readonly t: Translate;
  readonly say: (text: Text) => string;
}

function speak(language: Language, catalogue: Readonly<Record<MessageKey, string>>): Texts {
  const texts: Texts = {
    language,
    t: (key, ...[values]) => {
      const filled = new Map(Object.entries<string | number>(values ?? {}));
      return catalogue[key].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(filled.get(name) ?? ''));
    },
    say: (text) => (typeof text === 'string' ? text : text(texts)),
  };
  return texts;
}

const ALL: Readonly<Record<Language, Texts>> = { en: speak('en', en), es: speak('es', es) };

export const textsIn = (language: Language): Texts => ALL[language];

/** For the log, the socket and the state file: machines and the server read them. */
export const inEnglish = (text: Text): string => ALL.en.say(text);

/** Sentences one after the other. */
export const together = (sentences: readonly Text[]): Text => {
  const said = sentences.filter((sentence) => sentence !== '');
  return said.length === 0 ? '' : ({ say }) => said.map(say).join(' ');
};
