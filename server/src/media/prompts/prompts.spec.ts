import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { levelOf } from '../testing/sound.ts';
import { readWav } from '../wav/wav-reader.ts';
import { coreWords, replaceableNames, textsOf } from './catalogue.ts';
import { digitPrompts, numberPrompts } from './numbers.ts';
import { datePrompts, durationPrompts, moneyPrompts } from './phrases.ts';
import { PromptBook, promptFolders } from './prompt-book.ts';

/** Prompts as words: digits/20 digits/1 -> "20 1". */
const said = (names: readonly string[]): string => names.map((name) => name.replace(/^(digits|letters)\//, '')).join(' ');

describe('numbers', () => {
  it.each([
    [0, '0'],
    [13, '13'],
    [30, '30'],
    [42, '40 2'],
    [100, '1 hundred'],
    [999, '9 hundred 90 9'],
    [1_000_007, '1 million 7'],
    [12_345, '12 thousand 3 hundred 40 5'],
    [-5, 'minus 5'],
  ])('%d in English', (n, words) => expect(said(numberPrompts('en', n))).toBe(words));

  it.each([
    [0, '0'],
    [21, '21'],
    [35, '30 and 5'],
    [100, 'hundred'],
    [101, '100-and 1'],
    [555, '500 50 and 5'],
    [1000, 'thousand'],
    [21_900, '21 thousand 900'],
    [1_000_000, '1M million'],
    [2_000_100, '2 millions hundred'],
  ])('%d in Spanish', (n, words) => expect(said(numberPrompts('es', n))).toBe(words));

  it('are spoken digit by digit elsewhere, and when nobody could follow', () => {
    expect(said(numberPrompts('fr', 421))).toBe('4 2 1');
    expect(said(numberPrompts('en', 1e12))).toBe('1 0 0 0 0 0 0 0 0 0 0 0 0');
    expect(said(digitPrompts('+44*1#a '))).toBe('plus 4 4 star 1 pound a');
  });
});

describe('durations, money and dates', () => {
  it.each([
    [0, '0 seconds', '0 seconds'],
    [61, '1 minute 1 second', '1M minute 1M second'],
    [125, '2 minutes 5 seconds', '2 minutes 5 seconds'],
    [7200, '2 hours', '2 hours'],
  ])('%d s', (seconds, en, es) => expect([said(durationPrompts('en', seconds)), said(durationPrompts('es', seconds))]).toEqual([en, es]));

  it.each([
    [0, 'EUR', '0 money-euros'],
    [1_010_000, 'usd', '1 money-dollar vm-and 1 money-cent'],
    [250_000, 'EUR', '20 5 money-cents'],
    [-3_000_000, 'CHF', 'minus 3 money-units'],
    [12_499_999, 'GBP', '12 money-pounds vm-and 50 money-cents'],
  ])('%d millionths of %s', (micros, currency, words) => expect(said(moneyPrompts('en', micros, currency))).toBe(words));

  const now = Date.UTC(2026, 2, 5, 20, 0);
  it.each([
    ['2026-03-05T17:05:00Z', 'today at 5 oh 5 p-m', 'today at 17 5'],
    ['2026-03-05T00:30:00Z', 'today at 12 30 a-m', 'today at 0 30'],
    ['2026-03-04T12:00:00Z', 'yesterday at 12 oclock p-m', 'yesterday at 12'],
    ['2026-02-22T09:41:00Z', 'day-0 mon-1 20 h-2 at 9 40 1 a-m', 'day-0 22 es-de mon-1 at 9 40 and 1'],
  ])('%s', (at, en, es) => {
    expect(said(datePrompts('en', Date.parse(at), 'UTC', now))).toBe(en);
    expect(said(datePrompts('es', Date.parse(at), 'UTC', now))).toBe(es);
  });

  it('are those of the time zone, and digits in other languages', () => {
    expect(said(datePrompts('en', Date.parse('2026-03-05T03:00:00Z'), 'America/New_York', now))).toBe('yesterday at 10 oclock p-m');
    expect(said(datePrompts('it', Date.parse('2026-03-05T09:05:00Z'), 'UTC', now))).toBe('day-4 5 mon-2 0 9 0 5');
  });
});

describe('the prompts of the repository', () => {
  const book = new PromptBook({ folders: promptFolders('/nowhere', '/nowhere') });

  it('speak every text of the catalogue', () => {
    for (const language of ['en', 'es'] as const) {
      const names = [...textsOf(language).keys()].filter((name) => language === 'en' || !(name in coreWords));
      expect(names.filter((name) => book.find(language, name) === undefined)).toEqual([]);
    }
    expect(replaceableNames.filter((name) => book.say('ru', name).length === 0)).toEqual([]);
    expect(book.find('en', 'beep')).toBeDefined();
  });

  it('are what a phone can play', () => {
    for (const name of ['vm-intro', 'digits/7', 'refusal-no-credit', 'beep']) {
      const sound = readWav(readFileSync(book.find('en', name)!.file));
      expect([sound.rate, sound.channels]).toEqual([8000, 1]);
      expect(levelOf(sound.pcm)).toBeGreaterThan(500);
    }
  });

  it('have all that numbers, durations, money and dates are made of', () => {
    for (const language of ['en', 'es']) {
      for (let n = 0; n <= 1_100_000; n += n < 1000 ? 1 : 9973) {
        const names = numberPrompts(language, n);
        expect(names.filter((name) => book.find(language, name) === undefined)).toEqual([]);
      }
      for (let day = 0; day < 366; day++) {
        const names = datePrompts(language, Date.UTC(2025, 0, 1 + day, day % 24, day % 60), 'UTC', Date.UTC(2026, 6, 1));
        expect(names.filter((name) => book.find(language, name) === undefined)).toEqual([]);
      }
      expect(book.money(language, 12_340_000, 'EUR').length).toBe(moneyPrompts(language, 12_340_000, 'EUR').length);
      expect(book.duration(language, 3661).length).toBe(6);
    }
  });
});

describe('PromptBook', () => {
  let root: string;
  const put = (...path: string[]): void => {
    const file = join(root, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
  };
  const open = (): PromptBook => new PromptBook({ folders: promptFolders(join(root, 'own'), join(root, 'system'), join(root, 'repo')) });
  const file = (book: PromptBook, language: string, name: string): string =>
    book
      .say(language, name)
      .map((one) => ('file' in one ? one.file.slice(root.length + 1) : ''))
      .join();

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prompts-'));
    put('system', 'en_US_f_Allison', 'vm-intro.wav');
    put('system', 'en_US_f_Allison', 'vm-intro.g722');
    put('system', 'en_US_f_Allison', 'digits', '1.wav');
    put('system', 'en_US_f_Allison', 'vm-login.wav');
    put('system', 'ru_RU_f_IvrvoiceRU', 'vm-intro.wav');
    put('repo', 'en', 'vm-intro.wav');
    put('repo', 'en', 'vm-login.wav');
    put('repo', 'en', 'refusal-busy.wav');
    put('own', 'en', 'vm-intro.wav');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('takes what was replaced, then what is installed, then what is shipped, then English', () => {
    const book = open();
    expect(file(book, 'en', 'vm-intro')).toBe('own/en/vm-intro.wav');
    expect(file(book, 'en', 'digits/1')).toBe('system/en_US_f_Allison/digits/1.wav');
    expect(file(book, 'ru', 'vm-intro')).toBe('system/ru_RU_f_IvrvoiceRU/vm-intro.wav');
    expect(file(book, 'ru', 'refusal-busy')).toBe('repo/en/refusal-busy.wav');
    expect(book.languages()).toEqual(['en', 'ru']);
    expect(book.say('en', 'no-such-prompt')).toEqual([]);
  });

  it('prefers wideband, and our words where the core sounds speak of another product', () => {
    const book = open();
    expect(basename(book.find('en', 'vm-intro', 'own')!.file)).toBe('vm-intro.g722');
    expect(file(book, 'en', 'vm-login')).toBe('repo/en/vm-login.wav');
  });

  it('sees a replaced prompt after refresh, and the original again', () => {
    const book = open();
    expect(book.find('en', 'vm-login')?.source).toBe('shipped');
    put('own', 'en', 'vm-login.wav');
    book.refresh();
    expect(book.find('en', 'vm-login')?.source).toBe('own');
    rmSync(join(root, 'own', 'en', 'vm-login.wav'));
    book.refresh();
    expect(book.find('en', 'vm-login')?.source).toBe('shipped');
  });
});

describe('what services say', () => {
  const rooms = join(import.meta.dirname, '../..');
  const files = globSync('{voicemail,conference,prompts,calls/answer}/**/*.ts', {
    cwd: rooms,
    exclude: (name) => name.endsWith('.spec.ts'),
  });
  const names = files.flatMap(
    (file) => readFileSync(join(rooms, file), 'utf8').match(/(?<=')(vm|conf|demo|mailbox|minutes|your)-[a-z0-9-]+(?=')/gi) ?? [],
  );

  it.each([...new Set(names)].sort())('%s is among the words we ship', (name) => expect(textsOf('en').has(name)).toBe(true));
  it('is found in the code at all', () => expect(names.length).toBeGreaterThan(40));
});
