import i18next from 'i18next';
import { useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { en } from '#app/i18n/en/index.ts';
import { readSetting, writeSetting } from '#app/lib/storage.ts';

export type Language = 'en' | 'es';
export const languages: readonly Language[] = ['en', 'es'];

type PluralSuffix = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type WithoutPlural<K extends string> = K extends `${infer Base}_${PluralSuffix}` ? Base : K;
/** A key of the catalogue; a plural form is asked for by its base name and `count`. */
export type MessageKey = WithoutPlural<keyof typeof en>;
export type MessageValues = Record<string, string | number>;
export type Translate = (key: MessageKey, values?: MessageValues) => string;

const isLanguage = (text: string | null | undefined): text is Language => languages.some((language) => language === text);

function startLanguage(): Language {
  const saved = readSetting('language');
  if (isLanguage(saved)) return saved;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

async function load(language: Language): Promise<void> {
  if (language === 'es' && !i18next.hasResourceBundle('es', 'translation')) {
    const { es } = await import('#app/i18n/es/index.ts');
    i18next.addResourceBundle('es', 'translation', es);
  }
}

/** English lies in the first bundle, other languages come when they are asked for. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  await setLanguage(startLanguage());
}

export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The person's own choice: remembered in this browser. */
export function chooseLanguage(language: Language): Promise<void> {
  writeSetting('language', language);
  return setLanguage(language);
}

/** Uses the account's language, unless this browser has a choice of its own. */
export async function preferLanguage(language: string | undefined): Promise<void> {
  if (isLanguage(language) && !isLanguage(readSetting('language'))) await setLanguage(language);
}

export interface Texts {
  t: Translate;
  /** For keys made from what the server sent (codes): undefined when the catalogue has no such text. */
  maybe: (key: string, values?: MessageValues) => string | undefined;
  language: Language;
  /** For Intl: the reader's own region of the language (en-GB, es-AR), where the browser names one. */
  locale: string;
}

export function useTexts(): Texts {
  const { t, i18n } = useTranslation();
  const language = isLanguage(i18n.resolvedLanguage) ? i18n.resolvedLanguage : 'en';
  return useMemo(
    () => ({
      t: (key, values) => t(key as string, values ?? {}),
      maybe: (key, values) => (i18n.exists(key, values) ? t(key as string, values ?? {}) : undefined),
      language,
      locale: navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language,
    }),
    [t, i18n, language],
  );
}

export const useT = (): Translate => useTexts().t;
