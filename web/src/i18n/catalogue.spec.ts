import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { en } from '#app/i18n/en/index.ts';
import { es } from '#app/i18n/es/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.startsWith('i18n/e') && !file.includes('.spec.') && !file.includes('.gen.'))
  .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
  .join('\n');

const plural = /_(zero|one|two|few|many|other)$/;
const keys = Object.keys(en);
const bases = new Set(keys.map((key) => key.replace(plural, '')));

/** Text of a catalogue key in a string, or the fixed start of one made by a template. */
const quoted = new Set(Array.from(sources.matchAll(/'([a-z][A-Za-z]*(?:\.[A-Za-z0-9-]+)+)'/g), (match) => match[1] ?? ''));
const starts = Array.from(
  sources.matchAll(/\b(?:t|maybe)\(\s*`([a-z][A-Za-z]*\.(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]*)\$\{/g),
  (match) => match[1] ?? '',
);

const values = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();

describe('catalogue', () => {
  it('has the same keys in English and in Spanish', () => {
    expect(Object.keys(es).sort()).toEqual(keys.toSorted());
  });

  it('fills in the same values in both languages', () => {
    for (const [key, text] of Object.entries(en)) expect([key, values(es[key as keyof typeof en])]).toEqual([key, values(text)]);
  });

  it('has no empty text', () => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(es)]) expect([key, text.trim() !== '']).toEqual([key, true]);
  });

  it('has no text that nobody shows', () => {
    const unused = [...bases].filter((key) => !quoted.has(key) && !starts.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it('has every text that a template asks for', () => {
    const missing = starts.filter((start) => ![...bases].some((key) => key.startsWith(start)));
    expect(missing).toEqual([]);
  });

  it('asks for every plural form that its language has', () => {
    for (const [name, texts] of [
      ['en', en],
      ['es', es],
    ] as const) {
      const pluralBases = keys.filter((key) => plural.test(key)).map((key) => key.replace(plural, ''));
      for (const base of pluralBases)
        expect(Object.keys(texts), `${name} ${base}`).toEqual(expect.arrayContaining([`${base}_one`, `${base}_other`]));
    }
  });
});
