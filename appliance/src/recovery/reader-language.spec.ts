import { describe, expect, it } from 'vitest';
import { acceptedLanguages, languageCookie, readerLanguage } from './reader-language.ts';

describe('the language of the status page', () => {
  it('is the best one the browser asks for', () => {
    expect(acceptedLanguages('es-PE,es;q=0.9,en;q=0.8')[0]).toBe('es');
    expect(acceptedLanguages('fr-CH, en;q=0.5, es;q=0.8')).toEqual(['es', 'en']);
    expect(acceptedLanguages('es;q=0, en;q=0.1')).toEqual(['en']);
    expect(acceptedLanguages('fr, *;q=0.1')).toEqual([]);
    expect(acceptedLanguages('es;q=x, ,;;=')).toEqual([]);
  });

  it('is that of the machine for whoever asks for none we have', () => {
    expect(readerLanguage({}, 'es')).toBe('es');
    expect(readerLanguage({ 'accept-language': 'de' }, 'es')).toBe('es');
    expect(readerLanguage({ 'accept-language': 'en-GB' }, 'es')).toBe('en');
  });

  it('is what was chosen on the page, before all', () => {
    expect(readerLanguage({ cookie: 'a=b; status_language=es', 'accept-language': 'en' }, 'en')).toBe('es');
    expect(readerLanguage({ cookie: 'status_language=xx', 'accept-language': 'es' }, 'en')).toBe('es');
    expect(languageCookie('es')).toMatch(/^status_language=es; Path=\/; .*SameSite=Strict/);
    expect(languageCookie('es; Path=/x')).toBeUndefined();
    expect(languageCookie(null)).toBeUndefined();
  });
});
