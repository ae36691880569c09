import type { IncomingHttpHeaders } from 'node:http';
import { type Language, language } from '../../../server/src/host/contract/index.ts';

const COOKIE = 'status_language';
const YEAR_S = 31_536_000;

const known = (text: string | undefined): Language | undefined => language.safeParse(text).data;

/** Languages of Accept-Language (RFC 9110 section 12.5.4), the most wanted first; of equal ones the first named. Regions do not matter. */
export function acceptedLanguages(header: string): Language[] {
  return header
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { language: known(tag.split('-')[0]), quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .flatMap(({ language: wanted }) => wanted ?? []);
}

/** The language of whoever reads the page: what they chose on it, else what their browser asks for, else that of the machine. */
export function readerLanguage({ cookie = '', ...headers }: IncomingHttpHeaders, machine: Language): Language {
  const chosen = new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`).exec(cookie)?.[1];
  return known(chosen) ?? acceptedLanguages(headers['accept-language'] ?? '')[0] ?? machine;
}

/** Set-Cookie that keeps a choice; undefined when there is no such language. */
export function languageCookie(chosen: string | null): string | undefined {
  const value = known(chosen ?? undefined);
  return value && `${COOKIE}=${value}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Strict`;
}
