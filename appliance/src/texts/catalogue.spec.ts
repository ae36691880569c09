import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { es } from './es/index.ts';
import { inEnglish, type MessageKey, type Text, textsIn, together } from './texts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('**/*.ts', { cwd: root })
  .filter((file) => !file.startsWith('texts/e') && !file.includes('.spec.'))
  .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
  .join('\n');

const keys = Object.keys(en) as MessageKey[];
/** Keys in a string, and the fixed start and end of those made by a template. */
const quoted = new Set(Array.from(sources.matchAll(/'([a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)'/g), (match) => match[1] ?? ''));
const templates = Array.from(sources.matchAll(/`([a-z]+\.(?:[a-zA-Z0-9]+\.)*)\$\{[^}]+\}(\w*)`/g), (match) => [
  match[1] ?? '',
  match[2] ?? '',
]);
const made = (key: string): boolean => templates.some(([start = '', end = '']) => key.startsWith(start) && key.endsWith(end));

const values = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();

/** What the kernel's own letters show: ASCII, and of code page 437 what Spanish needs. It has no Á, Í, Ó, Ú, no long dash and no dots in one sign. */
const SHOWN = /^[\n -~áéíóúñÑ¿¡üÜéÉ«»ºª]*$/u;

describe('the catalogue', () => {
  it('has the same keys in English and in Spanish', () => {
    expect(Object.keys(es).sort()).toEqual(keys.toSorted());
  });

  it('loses no text to another one of the same key', () => {
    const files = globSync('texts/en/*.ts', { cwd: root }).map((file) => readFileSync(`${root}/${file}`, 'utf8'));
    expect(files.join('\n').match(/^ {2}'[a-zA-Z0-9.]+':/gm)).toHaveLength(keys.length);
  });

  it('fills in the same values in both languages', () => {
    for (const key of keys) expect([key, values(es[key])]).toEqual([key, values(en[key])]);
  });

  it('has no empty text, and none that the screen cannot show', () => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(es)]) {
      expect([key, text.trim() !== '', SHOWN.test(text), text.normalize('NFC') === text]).toEqual([key, true, true, true]);
    }
  });

  it('has no text that nobody shows', () => {
    expect(keys.filter((key) => !quoted.has(key) && !made(key))).toEqual([]);
  });
});

describe('a sentence', () => {
  const why: Text = ({ t }) => t('disk.refused.inUse');
  const sentence: Text = ({ t, say }) => t('refusal.diskRefused', { device: 'sda', why: say(why) });

  it('is said in the language of whoever reads it', () => {
    expect(inEnglish(sentence)).toBe('sda cannot be used: it is in use.');
    expect(textsIn('es').say(sentence)).toBe('sda no se puede usar: está en uso.');
  });

  it('stands beside what a program said as it came', () => {
    expect(textsIn('es').say(together([sentence, '', 'Inode 5 was zeroed.']))).toBe(
      'sda no se puede usar: está en uso. Inode 5 was zeroed.',
    );
    expect(together(['', ''])).toBe('');
  });

  it('takes a value for nothing but a value', () => {
    expect(inEnglish(({ t }) => t('refusal.noSuchDisk', { device: '{{device}} $& $1' }))).toBe('There is no disk {{device}} $& $1.');
  });
});
